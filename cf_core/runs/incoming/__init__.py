"""Files that visitors upload, on their way to become data sets."""
