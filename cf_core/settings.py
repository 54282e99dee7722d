"""The hyperparameters that a student can set: type, range, help, and the check that a value fits.

No torch in here, so that pages and the command line can offer and check settings at once.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from cf_core.errors import ConfigError

ModelKind = Literal["dot", "bias", "net", "implicit"]
OptimizerKind = Literal["sgd", "adam", "adamw"]
UpdateKind = Literal["dense", "sparse"]
RankingKind = Literal["stars", "interests"]
ScheduleKind = Literal["constant", "cosine", "one-cycle", "rising"]
OFFERED_SCHEDULES = ("constant", "cosine", "one-cycle")
"""Those to train by; a rate search only looks for a rate."""


@dataclass(frozen=True)
class Setting:
    """One hyperparameter: its range and how to present it.

    `low` and `high` are inclusive and given in `unit`; `log` says that a slider should move in decades;
    `kind` is the type that the value is read as; `help` is one sentence for the student.
    """

    kind: type
    low: float
    high: float
    help: str
    unit: str = ""
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One setting with a few named values."""

    values: tuple[str, ...]
    help: str


SETTINGS: dict[str, Setting | Choice] = {
    "n_factors": Setting(int, 1, 500, "How many numbers describe each user and each movie.", "factors"),
    "n_hidden": Setting(int, 1, 1_000, "Width of the hidden layer of the neural net.", "units"),
    "dropout": Setting(float, 0, 0.95, "Share of the net's inputs that are zeroed at each training step.", "share"),
    "hidden_dropout": Setting(float, 0, 0.95, "Share of hidden units that are zeroed at each training step.", "share"),
    "implicit_weight": Setting(
        float, 0, 1_000, "How much predicting who rated which movie counts, beside predicting the stars.", log=True
    ),
    "rating_decay": Setting(
        float, 0, 10, "Pull of the factors of a rating's user and movie towards zero, once per rating.", log=True
    ),
    "star_weight": Setting(
        float,
        0,
        2,
        "How much more a movie counts as picked per fifth of the scale above the mean rating; at 0 all alike.",
    ),
    "init_low": Setting(float, -100, 100, "Lowest initial value of factors and biases."),
    "init_high": Setting(float, -100, 100, "Highest initial value of factors and biases."),
    "range_margin": Setting(
        float, -2, 10, "How far the sigmoid's range goes beyond the ratings; below 0 it stops short of them.", "stars"
    ),
    "optimizer": Choice(get_args(OptimizerKind), "How a gradient becomes a step."),
    "update": Choice(
        get_args(UpdateKind),
        "A dense step moves all users and movies, a sparse one only those of its batch: much less work on large data, "
        "the same for plain SGD, an approximation with momentum, Adam or decay.",
    ),
    "learning_rate": Setting(float, 1e-6, 100, "Size of the steps; later phases keep in proportion.", log=True),
    "weight_decay": Setting(float, 0, 10, "Pull of every weight towards zero (L2; AdamW decouples it).", log=True),
    "momentum": Setting(float, 0, 0.999, "Share of the last step that the next one keeps (Adam's first beta)."),
    "batch_size": Setting(int, 1, 10_000_000, "Ratings per step.", "ratings", log=True),
    "n_epochs": Setting(int, 1, 1_000, "Passes over the training ratings, all phases together.", "epochs"),
    "schedule": Choice(OFFERED_SCHEDULES, "How the learning rate moves during a phase."),
    "cycle_length": Setting(int, 1, 1_000, "Epochs of the first cosine cycle.", "epochs"),
    "cycle_multiplier": Setting(int, 1, 10, "Each cosine cycle is this many times as long as the one before."),
    "seed": Setting(int, 0, 2**31 - 1, "Where the random numbers start; the same seed gives the same run."),
}


def format_value(value: float | str) -> str:
    """The value of a setting as a student reads it: 0.00001, not 1e-05."""
    return value if isinstance(value, str) else np.format_float_positional(value, trim="-")


def read_setting(name: str, value: Any) -> Any:
    """`value`, text or number, as the type of setting `name`.

    Raises:
        ConfigError: the text is not of that type, or the value is out of range.
    """
    setting = SETTINGS[name]
    if isinstance(setting, Choice):
        check_choice(name, value, setting.values)
        return value
    try:
        number = setting.kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        what = "a whole number" if setting.kind is int else "a number"
        raise ConfigError(f"{name}={value!r} is not {what}. {_range_of(name)}") from error
    if isinstance(value, float) and number != value:
        raise ConfigError(f"{name}={value!r} is not a whole number. {_range_of(name)}")
    check_setting(name, number)
    return number


def check_setting(name: str, value: Any) -> None:
    """Raise `ConfigError` where `value` is not a finite number within the range of setting `name`."""
    setting = SETTINGS[name]
    assert isinstance(setting, Setting)
    allowed = int if setting.kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise ConfigError(f"{name}={value!r} is not of type {setting.kind.__name__}. {_range_of(name)}")
    if not math.isfinite(value) or not setting.low <= value <= setting.high:
        raise ConfigError(f"{name}={value} is out of range. {_range_of(name)}")


def check_choice(name: str, value: object, values: tuple[str, ...]) -> None:
    """Raise `ConfigError` where `value` is none of `values`."""
    if value not in values:
        raise ConfigError(f"{name}={value!r} is not known. Choose one of: {', '.join(values)}.")


def _range_of(name: str) -> str:
    setting = SETTINGS[name]
    assert isinstance(setting, Setting)
    return f"Choose from {setting.low:g} to {setting.high:g}{' ' + setting.unit if setting.unit else ''}."
