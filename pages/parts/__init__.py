"""What one page alone is made of."""
