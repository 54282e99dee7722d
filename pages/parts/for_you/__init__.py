"""Parts of the page What to watch."""
