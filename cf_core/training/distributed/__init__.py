"""One run in several processes: who they are, whose part of a batch is whose, what they tell each other."""
