"""What a run is: what was asked for (`RunSpec`) and what became of it (`Run`). Plain data, to and from JSON.

Nothing in here touches the store or imports torch.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError
from cf_core.teaching.guesses import Guess
from cf_core.training.events import Outcome

DeviceName = Literal["auto", "cpu", "cuda"]
Purpose = Literal["train", "sweep"]
RunOutcome = Literal["queued", "running", "interrupted"] | Outcome
"""Two that a process has yet to move on, one for a run that was cut off, and those of `fit`."""

UNFINISHED: tuple[RunOutcome, ...] = ("queued", "running")
RESUMABLE: tuple[RunOutcome, ...] = ("interrupted", "stopped", "failed")
CONTINUABLE: tuple[RunOutcome, ...] = ("finished", "stopped")


@dataclass(frozen=True)
class RunSpec:
    """All that it takes to train a run again to the same numbers.

    `data` is the folder of the data set, made absolute; `device` is "auto", "cpu" or "cuda". `purpose` is "sweep" for a
    run that only looks for a learning rate and keeps no model.

    Raises:
        ConfigError: an unknown device or purpose.
    """

    data: str
    split: SplitConfig
    config: TrainingConfig
    device: DeviceName = "auto"
    purpose: Purpose = "train"

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", os.path.abspath(self.data))
        if self.device not in get_args(DeviceName):
            raise ConfigError(f"There is no device '{self.device}'. Choose one of: {', '.join(get_args(DeviceName))}.")
        if self.purpose not in get_args(Purpose):
            raise ConfigError(f"There is no purpose '{self.purpose}'. Choose one of: {', '.join(get_args(Purpose))}.")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal specification back."""
        return {**asdict(self), "config": self.config.to_json()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "RunSpec":
        """The specification that `to_json` wrote.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            split, config = SplitConfig(**record["split"]), TrainingConfig.from_json(record["config"])
            return cls(**{**record, "split": split, "config": config})
        except (KeyError, TypeError) as error:
            raise ConfigError(f"Not the record of a run: {error}. Train the run anew.") from error


@dataclass(frozen=True)
class Run:
    """A run as the store knows it.

    `seconds` is the time that `FitEnded` reports, None until then; `valid_loss` (squared stars) and `rmse` (stars) are
    those of the last epoch, None before the first; `fingerprint` is that of the data, "" until they were read;
    `has_factors` tells whether `RunStore.factors` has something to give, `has_checkpoint` whether there is a place to
    go on from; `message` says in words why a run ended early. `name` and `note` are the owner's; `deleted` is when he
    deleted it, None where he did not; `share_token` is the secret of its link, None where there is no link; `guess` is
    what he guessed of it before, None where he did not; `axis_names` is what he calls its components, see
    `Workspace.name_axis`.
    """

    run_id: str
    spec: RunSpec
    owner: str
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
    share_token: str | None = None
    guess: Guess | None = None
    axis_names: dict[str, str] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        """Whether it waits for its turn or is in training."""
        return self.outcome in UNFINISHED

    @property
    def version(self) -> tuple[str, int, float | None]:
        """What changes when what the run learnt does: the key of everything that is computed from it and cached."""
        return self.run_id, self.n_epochs_done, self.seconds

    @property
    def resumable(self) -> bool:
        """Whether it can be trained to its end: it was cut off, stopped, or failed for a reason that may be mended. A
        diverged run cannot, since it would diverge again; its message says what to change."""
        return self.outcome in RESUMABLE and self.deleted is None

    @property
    def continuable(self) -> bool:
        """Whether a further phase can follow: it finished or was stopped, and its weights and optimiser are there."""
        return self.outcome in CONTINUABLE and self.has_checkpoint and self.deleted is None
