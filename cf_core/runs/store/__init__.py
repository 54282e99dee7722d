"""The database and the files of the runs."""
