"""A small table of ratings, factored step by step: every prediction, error, gradient and weight can be looked at."""
