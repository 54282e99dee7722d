"""Charts of the movie map."""
