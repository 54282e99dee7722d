"""Figures of made-up ratings: what was planted against what was found."""
