"""In which settings two configurations differ, in words. Nothing in here trains."""

from typing import Any, NamedTuple

from cf_core.config import Phase, TrainingConfig
from cf_core.settings import ModelKind


class Difference(NamedTuple):
    """One setting and its value in either configuration, as text; "–" where the other has no such setting."""

    setting: str
    first: str
    second: str


def differing_settings(first: TrainingConfig, second: TrainingConfig) -> list[Difference]:
    """The settings in which the two differ, in the order of the configuration; none where they are equal."""
    ours, theirs = _flat(first), _flat(second)
    names = [*ours, *(name for name in theirs if name not in ours)]
    pairs = [(name, ours.get(name, "–"), theirs.get(name, "–")) for name in names]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _flat(config: TrainingConfig) -> dict[str, str]:
    """Every setting by a name that a reader knows."""
    record = config.to_json()
    model = record.pop("model")
    del record["phases"]
    settings = {"recipe": record.pop("recipe"), **model, **record}
    for kind, names in _OWN_SETTINGS.items():
        if config.model.kind != kind:
            settings = {name: value for name, value in settings.items() if name not in names}
    flat = {name.removeprefix("n_").replace("_", " "): _text(value) for name, value in settings.items()}
    for number, phase in enumerate(config.phases, start=1):
        flat |= {f"phase {number}, {name}": text for name, text in _phase(phase).items()}
    return flat


_OWN_SETTINGS: dict[ModelKind, tuple[str, ...]] = {
    "net": ("n_hidden", "dropout", "hidden_dropout"),
    "implicit": ("implicit_weight", "rating_decay"),
}
"""What one kind of model alone has a use for."""


def _phase(phase: Phase) -> dict[str, str]:
    """What a phase does, without the settings that its schedule does not use."""
    settings = {
        "epochs": _text(phase.n_trained),
        "learning rate": _text(phase.learning_rate),
        "schedule": phase.schedule,
    }
    if phase.schedule == "cosine":
        settings |= {"first cycle": _text(phase.cycle_length), "cycle multiplier": _text(phase.cycle_multiplier)}
    if phase.cut_after is not None:
        settings["schedule planned for"] = f"{phase.n_epochs} epochs"
    return settings


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
