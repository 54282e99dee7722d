"""A task that a teacher sets (`Task`), and how a run says that it was trained for one (`TaskMark`)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError, LockedSettingError
from cf_core.settings import SETTINGS
from cf_core.training.recipes import recipe

TITLE_LENGTH, TEXT_LENGTH = 80, 2_000
MOST_RUNS = 200


@dataclass(frozen=True)
class Task:
    """A task: everything about the runs that are trained for it, except the settings that students choose.

    Attributes:
        title: one line.
        text: the task in words.
        data: the data set, as `RunSpec.data` names it.
        split: who trains and who validates.
        recipe: the name of the recipe.
        fixed: settings (keys of `SETTINGS`) that differ from the recipe's and that nobody changes.
        free: the settings that students choose; all that is neither fixed nor free is the recipe's.
        most_runs: how many runs each student may have; None for any number.
        asks_guesses: whether students guess before each run.
        goal: the validation RMSE to reach, in the unit of the ratings; None where there is none.

    Raises:
        ConfigError: a text that is missing or too long, an unknown recipe or setting, a value out of range, no free
            setting, or one that is both free and fixed.
    """

    title: str
    text: str
    data: str
    split: SplitConfig
    recipe: str
    fixed: dict[str, Any] = field(default_factory=dict, hash=False)
    free: tuple[str, ...] = ("n_factors", "learning_rate")
    most_runs: int | None = None
    asks_guesses: bool = False
    goal: float | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ConfigError("A task needs a title. Give it one.")
        for what, text, length in (("title", self.title, TITLE_LENGTH), ("task", self.text, TEXT_LENGTH)):
            if len(text) > length:
                raise ConfigError(f"The {what} has {len(text):,} characters. Shorten it to {length:,}.")
        unknown = next((name for name in self.free if name not in SETTINGS), None)
        if unknown is not None:
            raise ConfigError(f"There is no setting '{unknown}'. Settings are: {', '.join(SETTINGS)}.")
        if not self.free or len(set(self.free)) < len(self.free):
            raise ConfigError("A task leaves at least one setting free, and names each once. Free one.")
        both = next((name for name in self.free if name in self.fixed), None)
        if both is not None:
            raise ConfigError(f"{both} is both free and locked. Leave out one of the two.")
        if self.most_runs is not None and not 1 <= self.most_runs <= MOST_RUNS:
            raise ConfigError(f"most_runs={self.most_runs} is out of range. Choose from 1 to {MOST_RUNS}.")
        if self.goal is not None and not 0 < self.goal < float("inf"):
            raise ConfigError(f"goal={self.goal} is no RMSE to reach. Choose one above 0.")
        self.config({})

    def config(self, settings: Mapping[str, Any]) -> TrainingConfig:
        """The configuration of a run with these free settings; those that are not named are the recipe's.

        Raises:
            LockedSettingError: a setting that students may not change.
            ConfigError: a value out of its range.
        """
        locked = next((name for name in settings if name not in self.free), None)
        if locked is not None:
            free = ", ".join(self.free)
            raise LockedSettingError(f"{locked} is locked in the task '{self.title}'. Change one of these: {free}.")
        return with_settings(recipe(self.recipe).config, {**self.fixed, **settings})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal task back."""
        return {**asdict(self), "free": list(self.free)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Task":
        """The task that `to_json` wrote.

        Raises:
            ConfigError: a field is missing, unknown or out of range.
        """
        try:
            split, free = SplitConfig(**record["split"]), tuple(record["free"])
            return cls(**{**record, "split": split, "free": free})
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"Not the record of a task: {error}. Make it anew.") from error


@dataclass(frozen=True)
class TaskMark:
    """For which task a run was trained, by the task's id, and by which member of a class; "" outside a class."""

    task_id: str
    member_id: str = ""

    @property
    def class_id(self) -> str:
        """The class; "" outside one."""
        return self.task_id if self.member_id else ""
