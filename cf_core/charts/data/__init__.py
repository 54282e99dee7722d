"""Charts of ratings, ids, splits and the small table."""
