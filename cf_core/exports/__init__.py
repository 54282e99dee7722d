"""A run as files for other programs and other labs, and back."""
