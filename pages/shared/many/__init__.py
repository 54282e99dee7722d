"""How many runs are shown and chosen, wherever."""
