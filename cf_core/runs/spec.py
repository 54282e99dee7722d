"""Describes a run: its specification (`RunSpec`, to and from JSON) and what became of it (`Run`)."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError, DataMismatchError
from cf_core.remote.url import is_url
from cf_core.sweeps.spec import SweepMark
from cf_core.tasks.task import TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.events import Outcome

DeviceName = Literal["auto", "cpu", "cuda"]
Purpose = Literal["train", "rate-search", "trial"]
RunOutcome = Literal["queued", "running", "interrupted"] | Outcome
"""Two of runs that have not ended, one of runs that were cut off, and those of `fit`."""

UNFINISHED: tuple[RunOutcome, ...] = ("queued", "running")
RESUMABLE: tuple[RunOutcome, ...] = ("interrupted", "stopped", "failed")
CONTINUABLE: tuple[RunOutcome, ...] = ("finished", "stopped")


@dataclass(frozen=True)
class RunSpec:
    """Everything that is needed to train a run again to the same numbers.

    `data` is the folder of the data set, made absolute, or its URL in an object store; `device` is "auto", "cpu" or
    "cuda". `purpose` is
    "rate-search" for a run that only searches for a learning rate, and "trial" for a trial of a sweep; neither keeps a
    model. `sweep` says of which sweep a trial is, and of a run that trains the winner, which trial won.

    Raises:
        ConfigError: an unknown device or purpose, or a trial that is not on an inner split, or another run that is.
    """

    data: str
    split: SplitConfig
    config: TrainingConfig
    device: DeviceName = "auto"
    purpose: Purpose = "train"
    sweep: SweepMark | None = None

    def __post_init__(self) -> None:
        if not is_url(self.data):
            object.__setattr__(self, "data", os.path.abspath(self.data))
        if self.device not in get_args(DeviceName):
            raise ConfigError(f"There is no device '{self.device}'. Choose one of: {', '.join(get_args(DeviceName))}.")
        if self.purpose not in get_args(Purpose):
            raise ConfigError(f"There is no purpose '{self.purpose}'. Choose one of: {', '.join(get_args(Purpose))}.")
        if self.split.inner != (self.purpose == "trial"):
            raise ConfigError("An inner split is for the trials of a sweep, and for nothing else. Split anew.")

    def to_json(self) -> dict[str, Any]:
        """The specification as plain JSON, from which `from_json` makes an equal one."""
        return {**asdict(self), "config": self.config.to_json()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "RunSpec":
        """The specification that `to_json` wrote.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            split, config = SplitConfig(**record["split"]), TrainingConfig.from_json(record["config"])
            sweep = SweepMark(**record["sweep"]) if record.get("sweep") else None
            return cls(**{**record, "split": split, "config": config, "sweep": sweep})
        except (KeyError, TypeError) as error:
            raise ConfigError(f"Not the record of a run: {error}. Train the run anew.") from error


@dataclass(frozen=True)
class Run:
    """A run as the store knows it.

    `seconds` is the time that `FitEnded` reports, None until then; `valid_loss` (squared stars) and `rmse` (stars) are
    those of the last epoch, None before the first; `fingerprint` is that of the data, "" until they have been read;
    `has_factors` says whether `RunStore.factors` returns any, `has_checkpoint` whether the run can continue from one;
    `message` says in words why a run ended early. `name` and `note` are the owner's; `deleted` is when they deleted it,
    None if they did not; `share_token` is the secret part of its link, None where it is not shared; `guess` is what
    they guessed of it before it started, None if they did not; `axis_names` are their names for its components, see
    `Workspace.name_axis`; `task` says for which task of a teacher it was trained, None for none.
    """

    run_id: str
    spec: RunSpec
    owner: str = field(repr=False)  # a secret, like the token of its link
    outcome: RunOutcome
    message: str
    created: datetime
    seconds: float | None = None
    n_epochs_done: int = 0
    valid_loss: float | None = None
    rmse: float | None = None
    fingerprint: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    has_factors: bool = False
    has_checkpoint: bool = False
    name: str = ""
    note: str = ""
    deleted: datetime | None = None
    share_token: str | None = field(default=None, repr=False)
    guess: Guess | None = None
    axis_names: dict[str, str] = field(default_factory=dict)
    task: TaskMark | None = None

    @property
    def unfinished(self) -> bool:
        """Whether it is queued or running."""
        return self.outcome in UNFINISHED

    @property
    def version(self) -> tuple[str, int, float | None]:
        """Changes whenever the trained model does: the key under which anything computed from it is cached."""
        return self.run_id, self.n_epochs_done, self.seconds

    @property
    def resumable(self) -> bool:
        """Whether it can be trained to its end: it was cut off, stopped, or failed for a reason that may be fixed. A
        diverged run cannot, since it would diverge again; its message says what to change."""
        return self.outcome in RESUMABLE and self.deleted is None

    @property
    def continuable(self) -> bool:
        """Whether it can go through a further phase: it finished or was stopped, and its checkpoint is there."""
        return self.outcome in CONTINUABLE and self.has_checkpoint and self.deleted is None

    def check_data(self, ratings: Ratings) -> None:
        """Raise if the run was trained on other data than `ratings`.

        Raises:
            DataMismatchError: the files of the data set have changed since, or `ratings` are not of its data set.
        """
        if ratings.fingerprint != self.fingerprint:
            raise DataMismatchError(
                f"Run {self.run_id} was trained on other ratings than '{ratings.name}' holds now. "
                "Put the old files back, or train a new run."
            )
