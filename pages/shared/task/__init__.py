"""A task that a teacher sets: the form that makes one, and how a student sees and works on it."""
