"""Interprets a fitted model: best and worst movies, the map of movies, neighbours, single predictions."""
