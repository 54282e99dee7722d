"""Charts of many runs at once."""
