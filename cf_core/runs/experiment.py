"""Runs as the rows of a table: the settings in which they differ, and what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cf_core.runs.spec import Run
from cf_core.sweeps.spec import Trial
from cf_core.teaching.config_diff import settings_of

RMSE, GAP, SECONDS, INNER_RMSE = "RMSE", "gap", "seconds", "inner RMSE"
RESULTS = (RMSE, GAP, SECONDS)
"""Validation RMSE in the unit of the ratings, how far it lies above the training RMSE, and seconds of training: of all
three, less is better."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """Runs that have an RMSE, and how they differ.

    Attributes:
        table: a row per run, by its id, the newest first; the columns are `settings` and `results`. A setting is
            numeric where it is a number in each run that has it; a run without it has NaN, or None in a column of text.
        settings: in which the runs differ, in the order of the configuration.
        results: of `RESULTS`, those that any run has.
    """

    table: pd.DataFrame
    settings: tuple[str, ...]
    results: tuple[str, ...]

    def telling(self, most: int) -> list[str]:
        """At most so many settings that say most about how the runs differ: those with the most values first, and of
        those that divide the runs into the same groups, such as all that come with a recipe, the first alone."""
        divided: dict[object, str] = {}
        for name in self.settings:
            codes, values = pd.factorize(self.table[name])
            makes_groups = len(values) < len(codes)
            divided.setdefault(codes.tobytes() if makes_groups else name, name)
        return sorted(divided.values(), key=lambda name: -self.table[name].nunique(dropna=False))[:most]


def experiment(runs: Sequence[Run], train_losses: Mapping[str, float]) -> Experiment:
    """The runs that have an RMSE, on the same data.

    Args:
        runs: of one data set, the newest first; those that diverged or have no epoch yet are left out.
        train_losses: the training loss (MSE) of a run's last epoch, by its id, where it is known.
    """
    shown = [run for run in runs if run.rmse is not None and run.outcome != "diverged" and np.isfinite(run.rmse)]
    ids = pd.Index([run.run_id for run in shown], name="run_id")
    settings = {name: pd.Series(values, ids) for name, values in _columns(shown).items()}
    differing = {name: column for name, column in settings.items() if column.nunique(dropna=False) > 1}
    losses = np.array([train_losses.get(run.run_id, np.nan) for run in shown])
    rmse = np.array([run.rmse for run in shown], dtype=np.float64)
    results = pd.DataFrame(
        {RMSE: rmse, GAP: rmse - np.sqrt(losses), SECONDS: [run.seconds for run in shown]}, ids, dtype=np.float64
    )
    known = tuple(name for name in RESULTS if results[name].notna().any())
    table = pd.concat([pd.DataFrame(differing, ids), results[list(known)]], axis=1)
    return Experiment(table, tuple(differing), known)


def experiment_of_trials(trials: Mapping[str, Trial], varied: Sequence[str]) -> Experiment:
    """The trials of a sweep that have an RMSE, by the ids of their runs: the varied settings of each, the RMSE on the
    inner validation rows, and the seconds of training. Those that were given up have the RMSE of their last epoch."""
    shown = {run_id: trial for run_id, trial in trials.items() if trial.state in ("finished", "pruned") and trial.curve}
    ids = pd.Index(list(shown), name="run_id", dtype=object)
    settings = {setting_name(name): [trial.settings[name] for trial in shown.values()] for name in varied}
    columns = {name: _numbers(values) or values for name, values in settings.items()}
    results = {
        INNER_RMSE: [trial.curve[-1] for trial in shown.values()],
        SECONDS: [trial.seconds for trial in shown.values()],
    }
    table = pd.DataFrame({**columns, **results}, ids).replace([np.inf, -np.inf], np.nan).dropna(subset=[INNER_RMSE])
    return Experiment(table, tuple(settings), tuple(results))


def setting_name(name: str) -> str:
    """What a setting (a key of `SETTINGS`) is called on the screen, as `settings_of` does."""
    return name.removeprefix("n_").replace("_", " ")


def _columns(runs: Sequence[Run]) -> dict[str, list[object]]:
    """Every setting, and its value in each run; split and recipe among them. The settings of the first phase go
    without its number: most runs have no other."""
    each = [{**settings_of(run.spec.config), **_split(run)} for run in runs]
    names = list(dict.fromkeys(name for settings in each for name in settings))
    columns = {name: [settings.get(name) for settings in each] for name in names}
    return {
        name.removeprefix("phase 1, "): _numbers(values) or [_text(value) for value in values]
        for name, values in columns.items()
    }


def _split(run: Run) -> dict[str, object]:
    return {f"split, {name.replace('_', ' ')}": value for name, value in vars(run.spec.split).items()}


def _numbers(values: list[object]) -> list[object] | None:
    """The values as floats with NaN where there is none; None unless all are numbers."""
    known = [value for value in values if value is not None]
    if not known or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return None
    return [np.nan if value is None else float(value) for value in values]  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)
