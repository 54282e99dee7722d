"""The layouts in which ratings come, one file each."""
