"""Whether a run that has ended may go on, and from where. Pure: nothing in here touches the store."""

from dataclasses import replace

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, StoreError
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.history import History


def epochs_begun(history: History) -> int:
    """How many epochs have begun, the one under way included."""
    return max((batch.epoch for batch in history.batches), default=0)


def check_resumable(run: Run) -> None:
    """Raise `StoreError`, with the reason and the cure, where the run cannot be trained to its end."""
    _check_at_rest(run)
    if run.outcome == "finished":
        raise StoreError(f"Run {run.run_id} has finished. Continue it with a further phase.")


def check_continuable(run: Run) -> None:
    """Raise `StoreError`, with the reason and the cure, where no further phase can follow."""
    _check_at_rest(run)
    if run.outcome in ("interrupted", "failed"):
        raise StoreError(f"Run {run.run_id} is {run.outcome}. Resume it first; continue it when it has finished.")
    if not run.has_checkpoint:
        raise StoreError(f"Run {run.run_id} kept no weights to go on from. Train a new run with its settings.")


def check_continuation(run: Run, config: TrainingConfig) -> None:
    """Raise where the run cannot go on to the end of `config`.

    Raises:
        StoreError: no further phase can follow.
        ConfigError: `config` has no epoch to train, or differs in more than its phases.
    """
    check_continuable(run)
    if config.n_epochs <= run.n_epochs_done:
        raise ConfigError(f"Run {run.run_id} has {run.n_epochs_done} epochs already. Give it more.")
    if replace(config, phases=run.spec.config.phases) != run.spec.config:
        raise ConfigError(f"Run {run.run_id} can go on with other phases, not with another model or optimiser.")


def _check_at_rest(run: Run) -> None:
    if run.deleted is not None:
        raise StoreError(f"Run {run.run_id} has been deleted. Restore it first.")
    if run.outcome in UNFINISHED:
        raise StoreError(f"Run {run.run_id} is {run.outcome} already. Wait for its end, or stop it.")
    if run.outcome == "diverged":
        raise StoreError(f"Run {run.run_id} diverged and would do so again; train a new one. {run.message}")
