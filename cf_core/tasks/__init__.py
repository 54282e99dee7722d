"""Tasks that a teacher sets: what may be changed, what is locked, and by what it is judged."""
