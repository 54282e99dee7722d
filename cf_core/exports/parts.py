"""The parts that an export can have, and the choice among them."""

from collections.abc import Iterable

from cf_core.errors import ConfigError
from cf_core.exports import (
    factor_tables,
    history_tables,
    notebook_part,
    predictions,
    projector,
    recommendations,
    weights,
)
from cf_core.exports.part import Part
from cf_core.runs.spec import Run

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        weights.PART,
        factor_tables.PART,
        projector.PART,
        recommendations.PART,
        predictions.PART,
        history_tables.PART,
        notebook_part.PART,
    )
}
"""By name, in the order in which they are written."""


def parts_of(run: Run, names: Iterable[str] | None = None) -> list[Part]:
    """The named parts, or without names all that the run can have.

    Raises:
        ConfigError: there is no such part.
    """
    if names is None:
        return [part for part in PARTS.values() if _can_have(run, part)]
    chosen = set(names)
    unknown = sorted(chosen - PARTS.keys())
    if unknown or not chosen:
        raise ConfigError(f"There is no part '{', '.join(unknown)}' of an export. Parts are: {', '.join(PARTS)}.")
    return [part for part in PARTS.values() if part.name in chosen]


def _can_have(run: Run, part: Part) -> bool:
    return (run.has_factors or not part.needs_factors) and (run.n_epochs_done > 0 or not part.needs_epoch)
