"""How much of a difference between two runs is chance."""

from cf_core.rating_scale import star_size

SEED_NOISE = 0.003
"""Stars of RMSE: the largest gap seen between runs of the lesson's recipes that differ only in their seed."""


def seed_noise(rating_range: tuple[float, float]) -> float:
    """The same on a scale of ratings: a run is the same on every scale, its errors in proportion (see `star_size`)."""
    return SEED_NOISE * star_size(rating_range)
