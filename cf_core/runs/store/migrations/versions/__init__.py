"""The changes; each names the one before it. A change, once released, is never edited."""
