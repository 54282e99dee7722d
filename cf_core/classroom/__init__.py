"""A class that searches together: who teaches it, who is in it, and the board of all its runs."""
