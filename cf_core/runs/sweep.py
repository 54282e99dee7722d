"""A sweep as the store knows it (`Sweep`), and how its trials are runs, and runs trials again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from cf_core.config import with_settings
from cf_core.runs.spec import Run, RunOutcome, RunSpec
from cf_core.sweeps.pruning import give_up_bounds
from cf_core.sweeps.spec import SweepMark, SweepSpec, Trial, TrialState

SweepState = Literal["running", "paused", "stopped"]
"""What its owner wants of it: to go on, to wait, or to search no further."""

_STATES: dict[RunOutcome, TrialState] = {
    "finished": "finished",
    "stopped": "pruned",
    "diverged": "diverged",
    "failed": "failed",
}


@dataclass(frozen=True)
class Sweep:
    """A sweep.

    Attributes:
        base: the run that it varies, on the split whose validation rows only the winner sees.
        message: why it pauses by itself, or has no winner; "" where there is nothing to say.
        ended: when its winner was there, or it was clear that it has none; None until then, and for the command line's.
        address: the mark of the address that it comes from, see visitor.py; "" where that is not known.
    """

    sweep_id: str
    created: datetime
    owner: str = field(repr=False)
    base: RunSpec
    spec: SweepSpec
    state: SweepState = "running"
    message: str = ""
    ended: datetime | None = None
    address: str = ""

    def trial_run(self, settings: Mapping[str, Any], trials: Sequence[Trial], under_way: Sequence[int] = ()) -> RunSpec:
        """The run of the trial that follows `trials`, which have ended, and those with the numbers `under_way`: on the
        inner split of the training rows."""
        base, number = self.base, len(trials) + len(under_way)
        split, config = replace(base.split, inner=True), with_settings(base.config, settings)
        bounds = give_up_bounds(self.spec, config.n_epochs, trials)
        mark = SweepMark(self.sweep_id, number, dict(settings), tuple(under_way), bounds)
        return replace(base, split=split, config=config, purpose="trial", sweep=mark)

    def winner_run(self, best: Trial) -> RunSpec:
        """The run that trains the settings of `best` on all training rows and validates on the validation rows."""
        mark = SweepMark(self.sweep_id, best.number, dict(best.settings))
        return replace(self.base, config=with_settings(self.base.config, best.settings), sweep=mark)


def trial_of(run: Run, curve: Sequence[float]) -> Trial | None:
    """The trial that a run was, with that RMSE after each of its epochs; None where it has not ended, or was cut off
    and is to be trained again, or failed before it began, as where the data are gone, which says nothing about its
    settings. A trial that was stopped, by the rule or by a person, is "pruned"."""
    state, mark = _STATES.get(run.outcome), run.spec.sweep
    if state is None or mark is None or (state == "failed" and not run.fingerprint):
        return None
    return Trial(mark.number, mark.settings, state, tuple(curve), run.seconds or 0.0)
