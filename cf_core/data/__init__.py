"""Ratings: read and checked at one door, indexed, split and tabulated. Nothing in here trains or draws."""
