"""A sweep as the store knows it (`Sweep`), and how its trials are runs, and runs trials again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cf_core.config import with_settings
from cf_core.runs.spec import Run, RunOutcome, RunSpec
from cf_core.sweeps.spec import SweepMark, SweepSpec, Trial, TrialState
from cf_core.training.history import History

_STATES: dict[RunOutcome, TrialState] = {
    "finished": "finished",
    "stopped": "pruned",
    "diverged": "diverged",
    "failed": "failed",
}


@dataclass(frozen=True)
class Sweep:
    """A sweep: `base` is the run that it varies, on the split whose validation rows only the winner sees."""

    sweep_id: str
    created: datetime
    owner: str = field(repr=False)
    base: RunSpec
    spec: SweepSpec

    def trial_run(self, number: int, settings: Mapping[str, Any]) -> RunSpec:
        """The run of a trial: on the inner split of the training rows."""
        base, mark = self.base, SweepMark(self.sweep_id, number, dict(settings))
        split, config = replace(base.split, inner=True), with_settings(base.config, settings)
        return replace(base, split=split, config=config, purpose="trial", sweep=mark)

    def winner_run(self, best: Trial) -> RunSpec:
        """The run that trains the settings of `best` on all training rows and validates on the validation rows."""
        mark = SweepMark(self.sweep_id, best.number, dict(best.settings))
        return replace(self.base, config=with_settings(self.base.config, best.settings), sweep=mark)


def trial_of(run: Run, history: History) -> Trial | None:
    """The trial that a run with that history was; None where it has not ended, or was cut off and is to be trained
    again. A trial that was stopped, by the rule or by a person, is "pruned"."""
    state, mark = _STATES.get(run.outcome), run.spec.sweep
    if state is None or mark is None:
        return None
    curve = tuple(epoch.rmse for epoch in history.epochs)
    return Trial(mark.number, mark.settings, state, curve, run.seconds or 0.0)
