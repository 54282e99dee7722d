"""Any table of ratings: what its columns are, what is wrong with it, and how it becomes a data set of the lab."""
