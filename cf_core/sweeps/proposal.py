"""What a sweep tries next, by Optuna's samplers.

Optuna keeps nothing: the study is built anew for every proposal from the trials that have ended, which the store has.
So a sweep can die at any moment, and goes on with the proposal that it would have made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

from cf_core.settings import SETTINGS, Setting
from cf_core.sweeps.grid import grid_of, is_spent, tidy
from cf_core.sweeps.space import Domain, Interval
from cf_core.sweeps.spec import SweepSpec, Trial

N_STARTUP_TRIALS = 10
"""So many trials TPE draws evenly, before it knows enough to choose."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


def next_settings(
    spec: SweepSpec, trials: Sequence[Trial], under_way: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any] | None:
    """The settings of the trial that follows `trials`, those that have ended, and those with the settings `under_way`,
    near which TPE looks less; None where the budget is spent. Of a budget of minutes, trials under way count nothing.

    A pure function: the same specification and the same trials give the same settings. Where several trials train at
    once, which of them have ended is a matter of time, so that a second sweep may take another way.
    """
    number = len(trials) + len(under_way)
    if is_spent(spec, number, trials):
        return None
    if spec.method == "grid":
        return grid_of(spec)[number]
    distributions = {name: _distribution(name, domain) for name, domain in spec.space.varied.items()}
    study = optuna.create_study(sampler=_sampler(spec, number), direction="minimize")
    study.add_trials([_told(trial, distributions) for trial in trials])
    study.add_trials([_told_running(settings, distributions) for settings in under_way])
    params = study.ask(distributions).params
    return {name: _plain(name, spec.space.varied[name], params[name]) for name in distributions}


def _sampler(spec: SweepSpec, number: int) -> optuna.samplers.BaseSampler:
    seed = int(np.random.SeedSequence((spec.seed, number)).generate_state(1)[0])
    if spec.method == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=N_STARTUP_TRIALS)


def _told(trial: Trial, distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    """The trial as Optuna's. One that diverged or failed is told as given up before its first epoch, which to TPE is
    the worst that a trial can be; told as failed, it would be left out, and its settings tried again."""
    curve = dict(enumerate(trial.curve, start=1)) if trial.state in ("finished", "pruned") else {}
    is_finished = trial.state == "finished" and trial.inner_rmse is not None
    return optuna.trial.create_trial(
        state=TrialState.COMPLETE if is_finished else TrialState.PRUNED,
        value=trial.inner_rmse if is_finished else None,
        params=trial.settings,
        distributions=distributions,
        intermediate_values=curve,
    )


def _told_running(settings: Mapping[str, Any], distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    """A trial under way as Optuna's, without what its curve says until now: that changes by the second."""
    return optuna.trial.create_trial(state=TrialState.RUNNING, params=dict(settings), distributions=distributions)


def _distribution(name: str, domain: Domain) -> BaseDistribution:
    if not isinstance(domain, Interval):
        return CategoricalDistribution(domain.values)
    setting = SETTINGS[name]
    assert isinstance(setting, Setting)
    if setting.kind is int:
        return IntDistribution(int(domain.low), int(domain.high), log=domain.log)
    return FloatDistribution(domain.low, domain.high, log=domain.log)


def _plain(name: str, domain: Domain, value: Any) -> Any:
    return tidy(name, domain, value) if isinstance(domain, Interval) else value
