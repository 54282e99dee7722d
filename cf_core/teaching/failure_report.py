"""What happened in a run that was meant to fail, in sentences made from its numbers.

A sentence stands there because a rule found it in the numbers, and where the failure did not show, that is said.
Nothing in here trains or draws.
"""

from collections.abc import Sequence

from cf_core.insight.baselines import Baseline
from cf_core.teaching.diagnosis import first_and_last_loss, is_saturated, is_stuck, overfit_epoch
from cf_core.teaching.failures import Failure, Symptom
from cf_core.training.events import EpochEnded
from cf_core.training.history import History

ALIKE = 0.005
"""Validation losses no further apart (squared stars) count as the same: seeds differ by as much."""


def explain(
    failure: Failure, history: History, control: History | None, baselines: Sequence[Baseline] = ()
) -> list[str]:
    """What happened, as sentences: what the curves did, what the run is worth beside the baselines and beside the
    healthy run; `failure.why` says what lies behind it.

    Args:
        failure: what was broken.
        history: of the broken run, which finished or diverged.
        control: of the healthy run; None, or one that has not finished, leaves it out.
        baselines: what others reach on the same split, "global mean" among them; none leaves them out.
    """
    finished = control is not None and control.ended is not None and control.ended.outcome == "finished"
    healthy = control.epochs[-1] if control is not None and finished else None
    seen = _seen(failure, history, healthy, baselines)
    unknown = failure.symptom == "saturates" and _global_mean(baselines) is None
    announced = [] if failure.symptom in seen or unknown else _not_seen(failure.symptom, history, healthy)
    return [
        *announced,
        *seen.values(),
        *_beside_baselines(history, baselines),
        *_beside_healthy(failure, history, healthy),
    ]


def _seen(
    failure: Failure, history: History, healthy: EpochEnded | None, baselines: Sequence[Baseline]
) -> dict[Symptom, str]:
    """The symptoms that the numbers show, announced or not, each in a sentence."""
    seen: dict[Symptom, str] = {}
    if history.ended is not None and history.ended.outcome == "diverged":
        seen["diverges"] = _diverged(history)
    if not history.epochs:
        return seen
    last, epoch, global_mean = history.epochs[-1], overfit_epoch(history), _global_mean(baselines)
    if epoch is not None:
        best = history.epochs[epoch - 1]
        seen["overfits"] = (
            f"It overfits: the validation loss was lowest after epoch {epoch} ({best.valid_loss:.3f}) and ended at "
            f"{last.valid_loss:.3f}, {last.valid_loss / best.valid_loss - 1:.1%} above that, while the training loss "
            f"fell on from {best.train_loss:.3f} to {last.train_loss:.3f}."
        )
    if failure.config.model.sigmoid and global_mean is not None and is_saturated(history, global_mean):
        seen["saturates"] = (
            f"The training loss ended at {last.train_loss:.3f}, {last.train_loss / global_mean:.1f} times the "
            f"{global_mean:.3f} of saying the mean to everything: many predictions sit at the wrong end of the range."
        )
    if is_stuck(history):
        seen["is stuck"] = f"It hardly moved: {_course(history)}."
    if failure.symptom == "underfits" and healthy is not None and last.train_loss > healthy.train_loss + ALIKE:
        seen["underfits"] = (
            f"It fits even what it trains on less well: its training loss is {last.train_loss:.3f}, the healthy run's "
            f"{healthy.train_loss:.3f}."
        )
    return seen


def _not_seen(symptom: Symptom, history: History, healthy: EpochEnded | None) -> list[str]:
    """That the symptom which was announced did not show; nothing where the numbers do not tell."""
    if not history.epochs:
        return []
    lowest = min(epoch.valid_loss for epoch in history.epochs)
    match symptom:
        case "diverges":
            return [f"It did not diverge this time: {_course(history)}."]
        case "overfits":
            return [
                f"It did not overfit this time: the validation loss ended at {history.epochs[-1].valid_loss:.3f}, "
                f"and its lowest was {lowest:.3f}."
            ]
        case "saturates":
            return [f"Its loss is no longer that of predictions at the ends of the range: {_course(history)}."]
        case "is stuck":
            return [f"It did move this time: {_course(history)}."]
        case "underfits":
            fits = f"It fits what it trains on about as well as the healthy run: {history.epochs[-1].train_loss:.3f}"
            return [] if healthy is None else [f"{fits} against {healthy.train_loss:.3f}."]


def _diverged(history: History) -> str:
    assert history.ended is not None
    before = [batch.train_loss for batch in history.batches[:-1]]
    lowest = f" Until then its lowest training loss was {min(before):.3f}." if before else ""
    return f"It diverged. {history.ended.message}{lowest}"


def _course(history: History) -> str:
    """From where to where the training loss went, in how many steps."""
    first, last = first_and_last_loss(history)
    n_steps = len(history.epochs) * history.started.n_batches if history.started else 0
    steps = f" in {n_steps:,} steps" if n_steps else ""
    return f"the training loss went from {first:.3f} to {last:.3f}{steps}"


def _beside_baselines(history: History, baselines: Sequence[Baseline]) -> list[str]:
    """Which of the baselines the run beats."""
    if not history.epochs or not baselines:
        return []
    loss = history.epochs[-1].valid_loss
    beaten = [f"{other.name} ({other.valid_loss:.3f})" for other in baselines if loss < other.valid_loss]
    better = [f"{other.name} ({other.valid_loss:.3f})" for other in baselines if loss >= other.valid_loss]
    parts = [f"beats {' and '.join(beaten)}"] * bool(beaten) + [f"does not beat {' or '.join(better)}"] * bool(better)
    return [f"Its validation loss of {loss:.3f} {' but '.join(parts)}."]


def _beside_healthy(failure: Failure, history: History, healthy: EpochEnded | None) -> list[str]:
    """How much worse than the healthy run it ended, and how the gaps between training and validation compare."""
    if healthy is None:
        return []
    ended = f"The healthy run ended at {healthy.valid_loss:.3f} (RMSE {healthy.rmse:.3f} stars)"
    if not history.epochs:
        return [f"{ended}."]
    last = history.epochs[-1]
    by = last.valid_loss - healthy.valid_loss
    how = "about as well" if abs(by) <= ALIKE else f"{abs(by):.3f} {'worse' if by > 0 else 'better'}"
    said = [f"{ended}, this one {how} (RMSE {last.rmse:.3f})."]
    if failure.symptom in ("overfits", "underfits"):
        gap, healthy_gap = last.valid_loss - last.train_loss, healthy.valid_loss - healthy.train_loss
        said.append(f"The gap from training to validation loss is {gap:.3f}, in the healthy run {healthy_gap:.3f}.")
    return said


def _global_mean(baselines: Sequence[Baseline]) -> float | None:
    return next((baseline.valid_loss for baseline in baselines if baseline.name == "global mean"), None)
