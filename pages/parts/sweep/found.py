"""What a sweep has found so far, as the views show it."""

from dataclasses import dataclass
from functools import cached_property

from cf_core.runs.experiment import Experiment, experiment_of_trials
from cf_core.runs.own_sweeps import SweepProgress
from cf_core.settings import format_value
from cf_core.sweeps.spec import Trial
from pages.shared.run.settings_form import LABELS


@dataclass(frozen=True)
class Found:
    """The trials of a sweep, by the ids of their runs."""

    progress: SweepProgress

    @cached_property
    def trials(self) -> dict[str, Trial]:
        """Those that have ended, by number."""
        ids = {run.spec.sweep.number: run.run_id for run in self.progress.runs if run.spec.sweep is not None}
        return {ids[trial.number]: trial for trial in self.progress.trials if trial.number in ids}

    @cached_property
    def given_up(self) -> set[str]:
        """Those that were given up as hopeless."""
        return {run_id for run_id, trial in self.trials.items() if trial.state == "pruned"}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each trial is called, those under way, too."""
        marks = {run.run_id: run.spec.sweep for run in self.progress.runs if run.spec.sweep is not None}
        return {
            run_id: f"trial {mark.number + 1}: {settings_in_words(mark.settings)}" for run_id, mark in marks.items()
        }

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """The settings that are varied."""
        return tuple(self.progress.sweep.spec.space.varied)

    @cached_property
    def experiment(self) -> Experiment:
        """Those with an RMSE, as a table."""
        return experiment_of_trials(self.trials, self.varied)

    @cached_property
    def finished(self) -> Experiment:
        """Those that finished, as a table: their RMSEs are of the same number of epochs."""
        finished = {run_id: trial for run_id, trial in self.trials.items() if trial.state == "finished"}
        return experiment_of_trials(finished, self.varied)


def settings_in_words(settings: dict[str, float | str]) -> str:
    """Settings in a line: "factors 20, learning rate 0.05"."""
    return ", ".join(f"{LABELS[name].lower()} {format_value(value)}" for name, value in settings.items())
