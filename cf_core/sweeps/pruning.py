"""When a trial is given up, by Optuna's median rule."""

from collections.abc import Sequence

import optuna
from optuna.trial import TrialState, create_trial

from cf_core.sweeps.spec import SweepSpec, Trial

N_STARTUP_TRIALS = 5
"""No trial is given up before so many have finished."""


def is_hopeless(spec: SweepSpec, curve: Sequence[float], n_epochs: int, trials: Sequence[Trial]) -> bool:
    """Whether to give up a trial of `n_epochs` epochs whose inner RMSE after each epoch until now is `curve`.

    It is where its lowest RMSE until now is above the median, over the trials that finished, of theirs after the same
    epoch. Not in the first third of the epochs nor in the first epoch, where curves still cross; not after the last,
    when there is nothing to spare; and not at all where the number of epochs is varied, since schedules of different
    lengths are not equally far after the same epoch.
    """
    n_finished = sum(trial.state == "finished" for trial in trials)
    if "n_epochs" in spec.space.varied or n_finished < N_STARTUP_TRIALS or not 0 < len(curve) < n_epochs:
        return False
    pruner = optuna.pruners.MedianPruner(N_STARTUP_TRIALS, n_warmup_steps=1 + max(1, n_epochs // 3))
    study = optuna.create_study(direction="minimize", pruner=pruner)
    for trial in trials:
        if trial.state == "finished":
            steps = dict(enumerate(trial.curve, start=1))
            study.add_trial(create_trial(value=trial.inner_rmse, intermediate_values=steps))
    steps = dict(enumerate(curve, start=1))
    return bool(pruner.prune(study, create_trial(state=TrialState.RUNNING, intermediate_values=steps)))
