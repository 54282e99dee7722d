"""Records and files of the runs."""
