"""Parts of the page One movie or user."""
