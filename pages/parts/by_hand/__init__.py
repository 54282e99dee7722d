"""Parts of the page By hand."""
