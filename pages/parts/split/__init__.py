"""Parts of the page Split."""
