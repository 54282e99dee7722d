"""Charts of a class: the board, who is ahead, what was guessed."""
