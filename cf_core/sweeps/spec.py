"""What a sweep searches, by which method, and for how long (`SweepSpec`), and what has come of it so far (`Trial`)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from cf_core.errors import ConfigError
from cf_core.settings import check_choice, check_setting
from cf_core.sweeps.space import Interval, SearchSpace

Method = Literal["tpe", "random", "grid"]
TrialState = Literal["finished", "pruned", "diverged", "failed"]
MOST_TRIALS, MOST_MINUTES = 1_000, 7 * 24 * 60


@dataclass(frozen=True)
class SweepSpec:
    """How to search.

    Attributes:
        space: the settings that are varied.
        method: "tpe" looks most where trials went well (tree-structured Parzen estimator, Bergstra et al. 2011);
            "random" draws evenly; "grid" takes evenly spaced values of each setting in all combinations.
        n_trials: the trials at most, those that were given up included; a grid is as fine as they allow.
        minutes: the training time of all trials at most: none is begun after it. None: no such end.
        seed: of the proposals, not of the runs.

    Raises:
        ConfigError: an unknown method, a value out of range, or too few trials for the coarsest grid.
    """

    space: SearchSpace
    method: Method = "tpe"
    n_trials: int = 20
    minutes: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("method", self.method, get_args(Method))
        check_setting("seed", self.seed)
        if isinstance(self.n_trials, bool) or not isinstance(self.n_trials, int):
            raise ConfigError(f"trials={self.n_trials!r} is not a whole number. Choose from 1 to {MOST_TRIALS:,}.")
        if not 1 <= self.n_trials <= MOST_TRIALS:
            raise ConfigError(f"trials={self.n_trials} is out of range. Choose from 1 to {MOST_TRIALS:,}.")
        if self.minutes is not None and not 0 < self.minutes <= MOST_MINUTES:
            raise ConfigError(f"minutes={self.minutes} is out of range. Choose above 0, up to {MOST_MINUTES:,}.")
        n_corners = math.prod(2 if isinstance(d, Interval) else len(d.values) for d in self.space.varied.values())
        if self.method == "grid" and n_corners > self.n_trials:
            raise ConfigError(
                f"The coarsest grid of these settings has {n_corners} points, more than {self.n_trials} trials. "
                "Allow more trials, vary fewer settings, or search by tpe."
            )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal specification back."""
        return {**vars(self), "space": self.space.to_json()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "SweepSpec":
        """The specification that `to_json` wrote.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            return cls(**{**record, "space": SearchSpace.from_json(record["space"])})
        except (KeyError, TypeError) as error:
            raise ConfigError(f"Not the record of a sweep: {error}. Start the sweep anew.") from error


@dataclass(frozen=True)
class SweepMark:
    """To which trial of which sweep a run belongs, by number from 0, and the varied settings of it.

    Attributes:
        under_way: the trials before it that had not ended when it was proposed; with those that had, its settings can
            be proposed again (see `next_settings`).
        give_up_above: when to give it up, see `give_up_bounds`.
    """

    sweep_id: str
    number: int
    settings: dict[str, Any] = field(hash=False)
    under_way: tuple[int, ...] = ()
    give_up_above: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        for name in ("under_way", "give_up_above"):  # JSON has lists
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of the fields."""
        return asdict(self)


@dataclass(frozen=True)
class Trial:
    """A trial that has ended. `curve` has the RMSE on the inner validation rows (stars) after each of its epochs;
    `seconds` is what it trained. "pruned" is one that was given up as hopeless."""

    number: int
    settings: dict[str, Any]
    state: TrialState
    curve: tuple[float, ...]
    seconds: float = 0.0

    @property
    def inner_rmse(self) -> float | None:
        """The RMSE after its last epoch, stars; None where no epoch ended."""
        return self.curve[-1] if self.curve else None


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The finished trial with the lowest RMSE after its last epoch, the earlier if two are equal; None where none
    finished.

    It is the RMSE on an inner split of the training rows (see `SplitConfig.inner`); the validation rows have no say.
    The lowest of many figures is partly luck, and on the rows that it was chosen by it looks better than it is: the
    more trials, the more so. Chosen on the validation rows, the winner would have no honest figure left. So it is
    chosen on inner rows, trained anew on all training rows, and only then shown on validation rows, which no trial has
    seen.
    """
    finished = [trial for trial in trials if trial.state == "finished" and trial.curve]
    return min(finished, key=lambda trial: (trial.curve[-1], trial.number), default=None)
