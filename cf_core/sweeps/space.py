"""Which settings a sweep varies, and between which values."""

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cf_core.config import TrainingConfig, with_settings
from cf_core.errors import ConfigError
from cf_core.settings import SETTINGS, Choice, read_setting
from cf_core.teaching.config_diff import differing_settings

MOST_VARIED = 8


@dataclass(frozen=True)
class Interval:
    """All values of a setting from `low` to `high`, both included; `log` has each decade tried as often as the next."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Values:
    """A few values of a setting."""

    values: tuple[float | str, ...]


Domain = Interval | Values


@dataclass(frozen=True)
class SearchSpace:
    """The settings that are varied (keys of `SETTINGS`), each with what it may be. The others are those of the recipe.

    Raises:
        ConfigError: no setting or more than `MOST_VARIED`; one that is unknown, or the seed, by which only luck would
            be chosen; a value out of range; ends that are no interval, or fewer than two values.
    """

    varied: Mapping[str, Domain]

    def __post_init__(self) -> None:
        if not 1 <= len(self.varied) <= MOST_VARIED:
            raise ConfigError(f"{len(self.varied)} settings are to be varied. Name from 1 to {MOST_VARIED}.")
        for name, domain in self.varied.items():
            _check(name, domain)

    def corners(self) -> list[dict[str, float | str]]:
        """All combinations of the ends of the intervals and of the values, in the order of the settings."""
        ends = [(d.low, d.high) if isinstance(d, Interval) else d.values for d in self.varied.values()]
        return [dict(zip(self.varied, corner, strict=True)) for corner in itertools.product(*ends)]

    def check_for(self, config: TrainingConfig) -> None:
        """Raise `ConfigError` where a combination makes no run with the other settings of `config`, or where a varied
        setting has no effect there, as the hidden units of a model without any."""
        configs = [(corner, with_settings(config, corner)) for corner in self.corners()]
        for name in self.varied:
            by_others: dict[tuple[tuple[str, Any], ...], list[TrainingConfig]] = {}
            for corner, made in configs:
                others = tuple((other, value) for other, value in corner.items() if other != name)
                by_others.setdefault(others, []).append(made)
            if not any(differing_settings(made[0], other) for made in by_others.values() for other in made[1:]):
                raise ConfigError(f"{name} has no effect on a run of '{config.recipe}'. Vary another setting.")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the equal space back."""
        return {name: asdict(domain) for name, domain in self.varied.items()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "SearchSpace":
        """The space that `to_json` wrote."""
        return cls(
            {
                name: Values(tuple(domain["values"])) if "values" in domain else Interval(**domain)
                for name, domain in record.items()
            }
        )

    @classmethod
    def read(cls, texts: list[str]) -> "SearchSpace":
        """The space that texts such as "learning_rate=0.001:0.1:log" and "optimizer=sgd,adam" describe.

        Raises:
            ConfigError: a text of another form, a setting that is named twice, or as for any space.
        """
        varied: dict[str, Domain] = {}
        for text in texts:
            name, equals, rest = text.partition("=")
            if not equals or name in varied:
                what = "this setting stands there twice" if equals else "this is not KEY=LOW:HIGH"
                raise ConfigError(f"{text}: {what}. {_FORM}")
            varied[name] = _read_domain(name, rest)
        return cls(varied)


_FORM = "Write it as in learning_rate=0.001:0.1:log, n_factors=5:50 or optimizer=sgd,adam."


def _read_domain(name: str, text: str) -> Domain:
    _check_name(name)
    if ":" not in text:
        return Values(tuple(read_setting(name, value) for value in text.split(",")))
    if isinstance(SETTINGS[name], Choice):
        raise ConfigError(f"{name}={text}: this setting has no range. {_FORM}")
    low, high, *scale = text.split(":")
    if scale not in ([], ["log"]):
        raise ConfigError(f"{name}={text}: '{':'.join(scale)}' is no scale. {_FORM}")
    return Interval(read_setting(name, low), read_setting(name, high), scale == ["log"])


def _check_name(name: str) -> None:
    if name not in SETTINGS:
        raise ConfigError(f"There is no setting '{name}'. Settings are: {', '.join(SETTINGS)}.")
    if name == "seed":
        raise ConfigError("The seed is not varied: the best of many seeds is luck, not a setting. Vary another one.")


def _check(name: str, domain: Domain) -> None:
    _check_name(name)
    if isinstance(domain, Values):
        if len({read_setting(name, value) for value in domain.values}) < max(2, len(domain.values)):
            raise ConfigError(f"{name}: the values to vary it between are one, or some are equal. Name two or more.")
        return
    if isinstance(SETTINGS[name], Choice):
        raise ConfigError(f"{name} has no range. Name some of its values.")
    for end in (domain.low, domain.high):
        read_setting(name, end)
    if domain.low >= domain.high:
        raise ConfigError(f"{name}={domain.low}:{domain.high} is no range: the first end is the lower one. Swap them.")
    if domain.log and domain.low <= 0:
        raise ConfigError(f"{name}={domain.low}:{domain.high}:log cannot begin at 0. Begin above it, or leave out log.")
