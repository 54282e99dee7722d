"""Parts of the page Break it."""
