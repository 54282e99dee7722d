"""What the page Made-up ratings alone is made of."""
