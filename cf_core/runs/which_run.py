"""Which of several runs a page shows where nobody has chosen one. `runs` are the newest first, as a workspace lists
them; the answer is None where none will do."""

from collections.abc import Sequence

from cf_core.runs.spec import Run
from cf_core.teaching.failures import is_made_to_fail


def is_healthy(run: Run) -> bool:
    """Whether it went well, or may still, and was not made to fail."""
    return run.outcome not in ("diverged", "failed", "interrupted") and not is_made_to_fail(run.spec.config)


def newest(runs: Sequence[Run]) -> Run | None:
    """The newest healthy run, else the newest that was not made to fail."""
    willing = [run for run in runs if not is_made_to_fail(run.spec.config)]
    return next((run for run in willing if is_healthy(run)), next(iter(willing), None))


def best(runs: Sequence[Run]) -> Run | None:
    """The healthy run of the lowest RMSE; of equals the newest."""
    ended = [run for run in runs if run.outcome == "finished" and is_healthy(run) and run.has_factors]
    return min((run for run in ended if run.rmse is not None), key=lambda run: run.rmse or 0.0, default=None)


def best_with_biases(runs: Sequence[Run]) -> Run | None:
    """The best of the runs whose movies have biases; where none of them finished, the newest healthy one."""
    willing = [run for run in runs if has_biases(run)]
    return best(willing) or next((run for run in willing if is_healthy(run) and run.has_factors), None)


def made_to_fail_last(runs: Sequence[Run]) -> list[Run]:
    """The runs in the order given, but those that were made to fail behind all others."""
    return sorted(runs, key=lambda run: is_made_to_fail(run.spec.config))


def best_to_fold_in(runs: Sequence[Run]) -> Run | None:
    """The best of the runs that somebody new can be folded in."""
    return best([run for run in runs if can_fold_in(run)])


def can_fold_in(run: Run) -> bool:
    """Whether its model knows a user by factors and a bias alone, so that those of somebody new can be found."""
    return run.spec.config.model.kind != "net"


def has_biases(run: Run) -> bool:
    """Whether its model has a bias for each movie."""
    return run.spec.config.model.kind in ("bias", "implicit")
