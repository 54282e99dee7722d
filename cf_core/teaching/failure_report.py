"""Reports what happened in a run that was meant to fail, in sentences made from its numbers.

A symptom is reported only where a rule finds it in the numbers; where the expected one did not show, that is reported.
"""

from collections.abc import Sequence

from cf_core.insight.baselines import Baseline
from cf_core.teaching.diagnosis import first_and_last_loss, is_saturated, is_stuck, overfit_epoch
from cf_core.teaching.failures import Failure, Symptom
from cf_core.training.events import EpochEnded
from cf_core.training.history import History

ALIKE = 0.005
"""Validation losses no further apart (squared stars) count as the same: seeds differ by as much."""


def report_failure(
    failure: Failure, history: History, control: History | None, baselines: Sequence[Baseline] = (), star: float = 1.0
) -> list[str]:
    """What happened, in sentences: what the curves did, and how the run compares with the baselines and with the
    healthy run. `failure.why` has the reason.

    Args:
        failure: what was broken.
        history: of the broken run, which finished or diverged.
        control: of the healthy run; the comparison is left out where it is None or has not finished.
        baselines: losses of baselines on the same split, "global mean" among them; empty leaves them out.
        star: how much on the scale of the ratings one of the lesson's stars is, see `star_size`.
    """
    finished = control is not None and control.ended is not None and control.ended.outcome == "finished"
    healthy = control.epochs[-1] if control is not None and finished else None
    alike = ALIKE * star**2
    seen = _symptoms(failure, history, healthy, baselines, alike)
    unknown = failure.symptom == "saturates" and _global_mean(baselines) is None
    missing = [] if failure.symptom in seen or unknown else _expected_but_missing(failure.symptom, history, healthy)
    return [
        *missing,
        *seen.values(),
        *_versus_baselines(history, baselines),
        *_versus_healthy(failure, history, healthy, alike),
    ]


def _symptoms(
    failure: Failure, history: History, healthy: EpochEnded | None, baselines: Sequence[Baseline], alike: float
) -> dict[Symptom, str]:
    """The symptoms that the numbers show, expected or not, with a sentence for each."""
    found: list[tuple[Symptom, str | None]] = [("diverges", _diverged(history))]
    if history.epochs:
        found += [
            ("overfits", _overfitted(history)),
            ("saturates", _saturated(failure, history, _global_mean(baselines))),
            ("is stuck", f"It hardly moved: {_course(history)}." if is_stuck(history) else None),
            ("underfits", _underfitted(failure, history, healthy, alike)),
        ]
    return {symptom: sentence for symptom, sentence in found if sentence is not None}


def _diverged(history: History) -> str | None:
    ended = history.ended
    if ended is None or ended.outcome != "diverged":
        return None
    before = [batch.train_loss for batch in history.batches[:-1]]
    lowest = f" Its lowest training loss until then was {min(before):.3f}." if before else ""
    return f"It diverged. {ended.message}{lowest}"


def _overfitted(history: History) -> str | None:
    epoch = overfit_epoch(history)
    if epoch is None:
        return None
    best, last = history.epochs[epoch - 1], history.epochs[-1]
    return (
        f"It overfits: the validation loss was lowest after epoch {epoch} ({best.valid_loss:.3f}) and ended at "
        f"{last.valid_loss:.3f}, {last.valid_loss / best.valid_loss - 1:.1%} above that, while the training loss kept "
        f"falling from {best.train_loss:.3f} to {last.train_loss:.3f}."
    )


def _saturated(failure: Failure, history: History, global_mean: float | None) -> str | None:
    if not failure.config.model.sigmoid or global_mean is None or not is_saturated(history, global_mean):
        return None
    loss = history.epochs[-1].train_loss
    return (
        f"The training loss ended at {loss:.3f}, {loss / global_mean:.1f} times the {global_mean:.3f} of always "
        "predicting the mean: many predictions sit at the wrong end of the range."
    )


def _underfitted(failure: Failure, history: History, healthy: EpochEnded | None, alike: float) -> str | None:
    """Only where it is the failure to show: many a run has a higher training loss than the healthy one."""
    loss = history.epochs[-1].train_loss
    if failure.symptom != "underfits" or healthy is None or loss <= healthy.train_loss + alike:
        return None
    return (
        f"It fits even its training ratings less well: its training loss is {loss:.3f}, the healthy run's "
        f"{healthy.train_loss:.3f}."
    )


def _expected_but_missing(symptom: Symptom, history: History, healthy: EpochEnded | None) -> list[str]:
    """That the expected symptom did not show; empty where the numbers cannot say."""
    if not history.epochs:
        return []
    last, lowest = history.epochs[-1], min(epoch.valid_loss for epoch in history.epochs)
    match symptom:
        case "diverges":
            return [f"It did not diverge this time: {_course(history)}."]
        case "overfits":
            return [
                f"It did not overfit this time: the validation loss ended at {last.valid_loss:.3f}, and its lowest was "
                f"{lowest:.3f}."
            ]
        case "saturates":
            return [f"Its loss is no longer that of predictions at the ends of the range: {_course(history)}."]
        case "is stuck":
            return [f"It did move this time: {_course(history)}."]
        case "underfits":
            fits = "It fits its training ratings about as well as the healthy run"
            return [] if healthy is None else [f"{fits}: {last.train_loss:.3f} and {healthy.train_loss:.3f}."]


def _course(history: History) -> str:
    """Where the training loss began and ended, and in how many steps."""
    first, last = first_and_last_loss(history)
    n_steps = len(history.epochs) * history.started.n_batches if history.started else 0
    steps = f" in {n_steps:,} steps" if n_steps else ""
    return f"the training loss went from {first:.3f} to {last:.3f}{steps}"


def _versus_baselines(history: History, baselines: Sequence[Baseline]) -> list[str]:
    """Which of the baselines the run beats."""
    if not history.epochs or not baselines:
        return []
    loss = history.epochs[-1].valid_loss
    beaten = [f"{other.name} ({other.valid_loss:.3f})" for other in baselines if loss < other.valid_loss]
    better = [f"{other.name} ({other.valid_loss:.3f})" for other in baselines if loss >= other.valid_loss]
    beats = f"beats {' and '.join(beaten)}" if beaten else ""
    fails = f"does not beat {' or '.join(better)}" if better else ""
    return [f"Its validation loss of {loss:.3f} {' but '.join(filter(None, (beats, fails)))}."]


def _versus_healthy(failure: Failure, history: History, healthy: EpochEnded | None, alike: float) -> list[str]:
    """How much worse than the healthy run it ended, and how the gaps between training and validation compare."""
    if healthy is None:
        return []
    control = f"The healthy run ended at {healthy.valid_loss:.3f} (RMSE {healthy.rmse:.3f} stars)"
    if not history.epochs:
        return [f"{control}."]
    last = history.epochs[-1]
    by = last.valid_loss - healthy.valid_loss
    how = "about as well" if abs(by) <= alike else f"{abs(by):.3f} {'worse' if by > 0 else 'better'}"
    sentences = [f"{control}, this one {how} (RMSE {last.rmse:.3f})."]
    if failure.symptom in ("overfits", "underfits"):
        gap, healthy_gap = last.valid_loss - last.train_loss, healthy.valid_loss - healthy.train_loss
        sentences.append(
            f"The gap between training and validation loss is {gap:.3f}; in the healthy run it is {healthy_gap:.3f}."
        )
    return sentences


def _global_mean(baselines: Sequence[Baseline]) -> float | None:
    return next((baseline.valid_loss for baseline in baselines if baseline.name == "global mean"), None)
