"""The commands of the command line, which `cf_core.__main__` puts together."""
