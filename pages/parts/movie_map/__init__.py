"""Parts of the page Movie map."""
