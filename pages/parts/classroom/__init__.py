"""Parts of the page Class."""
