"""Parts of the page Best & worst."""
