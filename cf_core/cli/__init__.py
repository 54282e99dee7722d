"""The command line: one module a concern; `cf_core.__main__` is the door. Nothing in here computes."""
