"""Lists the settings in which two configurations differ."""

from typing import Any, NamedTuple

from cf_core.config import Phase, TrainingConfig
from cf_core.settings import ModelKind


class Difference(NamedTuple):
    """One setting and its value in each configuration, as text; "–" where a configuration has no such setting."""

    setting: str
    first: str
    second: str


def differing_settings(first: TrainingConfig, second: TrainingConfig) -> list[Difference]:
    """The settings in which the two differ, in the order of the configuration; empty if they are equal."""
    one, other = ({name: _text(value) for name, value in settings_of(each).items()} for each in (first, second))
    names = [*one, *(name for name in other if name not in one)]
    differences = [Difference(name, one.get(name, "–"), other.get(name, "–")) for name in names]
    return [difference for difference in differences if difference.first != difference.second]


def settings_of(config: TrainingConfig) -> dict[str, Any]:
    """Every setting that has an effect, by its name on the screen."""
    record = config.to_json()
    model = record.pop("model")
    del record["phases"]
    settings = {"recipe": record.pop("recipe"), **model, **record}
    for kind, names in _OWN_SETTINGS.items():
        if config.model.kind != kind:
            settings = {name: value for name, value in settings.items() if name not in names}
    flat = {name.removeprefix("n_").replace("_", " "): value for name, value in settings.items()}
    for number, phase in enumerate(config.phases, start=1):
        flat |= {f"phase {number}, {name}": value for name, value in _phase(phase).items()}
    return flat


_OWN_SETTINGS: dict[ModelKind, tuple[str, ...]] = {
    "net": ("n_hidden", "dropout", "hidden_dropout"),
    "implicit": ("implicit_weight", "rating_decay", "star_weight", "ranking"),
}
"""Settings that only one kind of model uses."""


def _phase(phase: Phase) -> dict[str, Any]:
    """The settings of a phase, without those that its schedule ignores."""
    settings: dict[str, Any] = {
        "epochs": phase.n_trained,
        "learning rate": phase.learning_rate,
        "schedule": phase.schedule,
    }
    if phase.schedule == "cosine":
        settings |= {"first cycle": phase.cycle_length, "cycle multiplier": phase.cycle_multiplier}
    if phase.cut_after is not None:
        settings["schedule planned for"] = f"{phase.n_epochs} epochs"
    return settings


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
