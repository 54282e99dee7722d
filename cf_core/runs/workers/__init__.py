"""The processes that train runs, and the queue for them."""
