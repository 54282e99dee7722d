"""The store of runs, and the workers that train in the background."""
