"""What a fitted model says: best and worst movies, the map of movies. Nothing in here imports torch."""
