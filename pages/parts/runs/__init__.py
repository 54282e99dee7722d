"""Parts of the page Your runs."""
