"""What made-up ratings are made of: sizes, strengths, noise, and who rates what."""

import math
from dataclasses import dataclass, fields

from cf_core.errors import ConfigError
from cf_core.settings import Setting

MOST_CELLS = 100_000_000
"""Users × items at most: a random number is drawn for each, some 30 million in a second."""

MOST_STEPS = 1_000
"""Between the lowest and the highest rating at most."""

OPTIONS: dict[str, Setting] = {
    "n_factors": Setting(int, 1, 32, "How many factors are planted.", "factors"),
    "noise": Setting(
        float, 0, 1_000, "Standard deviation of what no model can know, added to each rating before it is rounded."
    ),
    "n_ratings": Setting(int, 10, 5_000_000, "How many ratings there are.", "ratings", log=True),
    "n_users": Setting(int, 2, 200_000, "How many users rate.", "users", log=True),
    "n_items": Setting(int, 2, 200_000, "How many items there are to rate.", "items", log=True),
    "factor_spread": Setting(
        float, 0.01, 1_000, "Standard deviation of what all factors together add to a rating: how far tastes differ."
    ),
    "factor_decay": Setting(
        float, 0.05, 1, "How strong each factor is beside the one before; at 1 all are alike.", "times"
    ),
    "user_spread": Setting(float, 0, 1_000, "Standard deviation of the users' biases: how kind and harsh they are."),
    "item_spread": Setting(float, 0, 1_000, "Standard deviation of the items' biases: how good and bad they are."),
    "popularity_skew": Setting(
        float, 0, 2, "How far a few items draw the ratings: the n-th is picked in proportion to n to minus this power."
    ),
    "activity_skew": Setting(float, 0, 2, "How far a few users give the ratings, in the same way."),
    "liking": Setting(
        float, 0, 10, "How much likelier people rate what they like: e to this power for each unit of the planted sum."
    ),
    "lowest": Setting(float, -1_000, 1_000, "The lowest rating of the scale."),
    "highest": Setting(float, -1_000, 1_000, "The highest rating of the scale."),
    "step": Setting(float, 0.001, 1_000, "What ratings are rounded to."),
    "seed": Setting(int, 0, 2**31 - 1, "Where the random numbers start; the same seed gives the same ratings."),
}
"""The range of each option and what it does; spreads and noise are in the unit of the scale, by default stars."""


@dataclass(frozen=True)
class MadeUpOptions:
    """All that determines a made-up data set: equal options give equal files. See `OPTIONS` for what each does.

    Raises:
        ConfigError: a value is out of its range, the ratings do not fit between the users and items, there are more
            factors than users or items can tell apart, or the scale is not a whole number of steps.
    """

    n_factors: int = 3
    noise: float = 0.5
    n_ratings: int = 40_000
    n_users: int = 600
    n_items: int = 400
    factor_spread: float = 0.7
    factor_decay: float = 0.75
    user_spread: float = 0.35
    item_spread: float = 0.35
    popularity_skew: float = 0.5
    activity_skew: float = 0.3
    liking: float = 0.0
    lowest: float = 0.5
    highest: float = 5.0
    step: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            check_option(field.name, getattr(self, field.name))
        self._check_sizes()
        n_steps = (self.highest - self.lowest) / self.step
        if not 1 <= round(n_steps) <= MOST_STEPS or not math.isclose(n_steps, round(n_steps), rel_tol=1e-9):
            raise ConfigError(
                f"From {self.lowest:g} to {self.highest:g} there are no 1 to {MOST_STEPS:,} whole steps of "
                f"{self.step:g}. Choose a scale such as 0.5 to 5 by 0.5."
            )

    def _check_sizes(self) -> None:
        n_cells = self.n_users * self.n_items
        if n_cells > MOST_CELLS:
            raise ConfigError(
                f"{self.n_users:,} users × {self.n_items:,} items are over {MOST_CELLS:,} cells. Choose fewer."
            )
        if not self.n_users <= self.n_ratings <= n_cells:
            raise ConfigError(
                f"n_ratings={self.n_ratings:,} is out of range. Each user rates, and no item twice: choose from "
                f"{self.n_users:,} to {n_cells:,}, or other numbers of users and items."
            )
        most_factors = min(self.n_users, self.n_items) - 1
        if self.n_factors > most_factors:
            raise ConfigError(
                f"n_factors={self.n_factors} is out of range: {self.n_users:,} users and {self.n_items:,} items can "
                f"tell {most_factors:,} apart. Choose fewer factors, or more users and items."
            )

    @property
    def n_steps(self) -> int:
        """How many steps the scale has: one less than ratings that differ."""
        return round((self.highest - self.lowest) / self.step)

    @property
    def mean(self) -> float:
        """The constant of the planted sum: two thirds up the scale, where people's ratings lie (3.5 of 0.5 to 5)."""
        return self.lowest + (self.highest - self.lowest) * 2 / 3


def check_option(name: str, value: object) -> None:
    """Raise `ConfigError` where `value` is not a finite number within the range of option `name`."""
    option = OPTIONS[name]
    wanted = int if option.kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise ConfigError(f"{name}={value!r} is not {'a whole number' if option.kind is int else 'a number'}.")
    assert isinstance(value, int | float)
    if not option.low <= value <= option.high:
        raise ConfigError(f"{name}={value} is out of range. Choose from {option.low:,g} to {option.high:,g}.")
