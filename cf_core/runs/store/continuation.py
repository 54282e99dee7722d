"""Whether a run that has ended can be resumed or continued, and what its row says then."""

from dataclasses import replace
from typing import Any

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, StoreError
from cf_core.runs.spec import Run
from cf_core.training.history import History


def epochs_begun(history: History) -> int:
    """How many epochs have begun, including the one under way."""
    return max((batch.epoch for batch in history.batches), default=0)


def check_resumable(run: Run) -> None:
    """Raise `StoreError`, with the reason and the cure, where the run cannot be trained to its end."""
    _check_ended(run)
    if run.outcome == "finished":
        raise StoreError(f"Run {run.run_id} has finished. Continue it with a further phase.")


def check_continuable(run: Run) -> None:
    """Raise `StoreError`, with the reason and the cure, where no further phase can follow."""
    _check_ended(run)
    if run.outcome in ("interrupted", "failed"):
        raise StoreError(f"Run {run.run_id} is {run.outcome}. Resume it first; continue it when it has finished.")
    if not run.has_checkpoint:
        raise StoreError(f"Run {run.run_id} kept no weights to continue from. Train a new run with its settings.")


def check_continuation(run: Run, config: TrainingConfig) -> None:
    """Raise where the run cannot be continued to the end of `config`.

    Raises:
        StoreError: no further phase can follow.
        ConfigError: `config` has no epoch to train, or differs in more than its phases.
    """
    check_continuable(run)
    if config.n_epochs <= run.n_epochs_done:
        raise ConfigError(f"Run {run.run_id} has {run.n_epochs_done} epochs already. Give it more.")
    if replace(config, phases=run.spec.config.phases) != run.spec.config:
        raise ConfigError(f"Run {run.run_id} can continue with other phases, not with another model or optimiser.")


def queued_again(run: Run, config: TrainingConfig | None, holder: str) -> dict[str, Any]:
    """What the row of a run says once it is queued again by `holder`, to be trained to its end, or on to the end of
    `config`. A trial begins anew, on the data as they are then.

    Raises:
        StoreError, ConfigError: see `check_resumable` and `check_continuation`.
    """
    values: dict[str, Any] = {"outcome": "queued", "message": "", "ended": None, "seconds": None, "holder": holder}
    if config is None:
        check_resumable(run)
    else:
        check_continuation(run, config)
        values["spec"] = replace(run.spec, config=config).to_json()
    return values | ({"fingerprint": ""} if run.spec.purpose == "trial" else {})


def _check_ended(run: Run) -> None:
    if run.deleted is not None:
        raise StoreError(f"Run {run.run_id} has been deleted. Restore it first.")
    if run.unfinished:
        raise StoreError(f"Run {run.run_id} is {run.outcome} already. Wait for its end, or stop it.")
    if run.outcome == "diverged":
        raise StoreError(f"Run {run.run_id} diverged and would do so again; train a new one. {run.message}")
