"""The corner of the ratings, factored in the open: every prediction, error, gradient and step of 225 cells."""
