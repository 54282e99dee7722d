"""How much of a difference between two runs is chance."""

SEED_NOISE = 0.003
"""Stars of RMSE: the largest gap seen between runs of the lesson's recipes that differ only in their seed."""
