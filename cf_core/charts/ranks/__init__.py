"""Charts of movies in order."""
