"""The result of a homework: what was reached for which task, by which run, and everything that trains the run again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, DamagedTextError
from cf_core.tasks.task import Task

MOST_POINTS = 60
"""Of the curve that goes along; those of longer runs are thinned."""
NAME_LENGTH = 60


@dataclass(frozen=True)
class Result:
    """What a student hands in.

    Attributes:
        name: what the student calls themself; nobody has checked it.
        task_id: of the task's link.
        task: its `data` is the name of the data set here, not a folder.
        run_id: of the run.
        settings: the free settings of the run.
        rmse: validation RMSE of the run, in the unit of the ratings.
        seconds: that it trained.
        curve: pairs of an epoch and its validation RMSE.
        created: when the run was submitted.
        handed_in: when the result was made; both in UTC.
        n_runs: how many runs the student had submitted for the task by then.
        fingerprint: of the data that it was trained on.
        versions: of the libraries that its numbers depend on.
    """

    name: str
    task_id: str
    task: Task
    run_id: str
    settings: dict[str, Any]
    rmse: float
    seconds: float
    curve: tuple[tuple[int, float], ...]
    created: datetime
    handed_in: datetime
    n_runs: int
    fingerprint: str
    versions: dict[str, str]

    @property
    def reached(self) -> bool | None:
        """Whether the run reaches the task's goal; None where it has none."""
        return None if self.task.goal is None else is_reached(self.rmse, self.task.goal)

    @property
    def config(self) -> TrainingConfig:
        """With which the run was trained."""
        return self.task.config(self.settings)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal result back."""
        times = {"created": self.created.isoformat(), "handed_in": self.handed_in.isoformat()}
        return {**asdict(self), **times, "task": self.task.to_json(), "curve": [list(point) for point in self.curve]}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Result":
        """The result that `to_json` wrote.

        Raises:
            DamagedTextError: a field is missing, unknown or out of range.
        """
        try:
            times = {name: datetime.fromisoformat(record[name]) for name in ("created", "handed_in")}
            curve = tuple((int(epoch), float(rmse)) for epoch, rmse in record["curve"])
            numbers = {name: float(record[name]) for name in ("rmse", "seconds")}
            task = Task.from_json(record["task"])
            result = cls(**{**record, **times, **numbers, "task": task, "curve": curve})
            result.task.config(result.settings)
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise DamagedTextError(f"This is not a result as this lab hands them in: {error}.") from error
        return result


def is_reached(rmse: float, goal: float) -> bool:
    """Whether an RMSE reaches a goal, to the four digits that the screen shows."""
    return round(rmse, 4) <= round(goal, 4)


def record_lines(result: Result) -> list[tuple[str, str]]:
    """Everything that trains the run again to the same numbers, as names and values."""
    config, split = result.config, result.task.split
    size = f"k {split.k}" if split.kind == "last-k" else f"{split.valid_fraction:.0%} to validate"
    seed = f", seed {split.seed}" if split.kind == "random" else ""
    phases = ", then ".join(f"{phase.n_trained} epochs at {phase.learning_rate:g}" for phase in config.phases)
    return [
        ("run", result.run_id),
        ("data", result.task.data),
        ("fingerprint", result.fingerprint[:32]),
        ("split", f"{split.kind}, {size}{seed}"),
        ("recipe", config.recipe),
        ("model", f"{config.model.kind}, {config.model.n_factors} factors"),
        ("phases", f"{phases} ({config.phases[0].schedule})"),
        ("optimiser", f"{config.optimizer}, momentum {config.momentum:g}, weight decay {config.weight_decay:g}"),
        ("batches", f"{config.batch_size:,} ratings, seed {config.seed}"),
        ("versions", ", ".join(f"{name} {version}" for name, version in sorted(result.versions.items()))),
        ("submitted", f"{result.created:%Y-%m-%d %H:%M} UTC"),
    ]


def thinned(curve: list[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """At most `MOST_POINTS` of the curve's points, evenly over the epochs, the last one among them."""
    step = -(-len(curve) // MOST_POINTS)
    return tuple(curve[::-1][::step][::-1]) if curve else ()
