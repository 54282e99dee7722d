"""Parts of the page Compare runs."""
