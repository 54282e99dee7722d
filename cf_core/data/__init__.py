"""Ratings: reading and checking them, raw ids and indices, splits, the crosstab, filters and summaries."""
