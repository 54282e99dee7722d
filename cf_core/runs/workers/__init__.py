"""The processes that train runs, and who is next."""
