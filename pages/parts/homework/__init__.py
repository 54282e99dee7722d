"""Homework in one link: how a teacher makes it, how a student works on it, and the result."""
