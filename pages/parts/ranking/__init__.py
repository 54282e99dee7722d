"""Parts of the page Ranking."""
