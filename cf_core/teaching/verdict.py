"""What a run is worth, in one sentence: against guessing, against the lesson, against the run before it."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from cf_core.insight.baselines import Baseline
from cf_core.teaching.diagnosis import has_no_factors
from cf_core.teaching.noise import SEED_NOISE
from cf_core.training.history import History
from cf_core.words import MOVIES, Words

Tone = Literal["good", "fair", "bad"]

GUESSES = {"global mean": "guessing the mean", "user and movie means": "user and movie means"}
"""The baselines that a run is held against, and what the sentence calls them."""

FACTORS_GONE = "Its factors have shrunk to nearly 0, which leaves the biases alone: lower the weight decay."


class Verdict(NamedTuple):
    """The sentence; its `tone` is "bad" below any of the guesses, "good" where the run beats all of them and is not
    behind the lesson, else "fair"."""

    text: str
    tone: Tone


class _Rival(NamedTuple):
    """What a run is compared with; `shows_figure` where no line on the chart gives its figure."""

    name: str
    rmse: float
    shows_figure: bool


def verdict(
    history: History,
    baselines: Sequence[Baseline] = (),
    lesson_losses: Sequence[float] = (),
    previous_rmse: float | None = None,
    metric: Literal["mse", "rmse"] = "rmse",
    seed_noise: float = SEED_NOISE,
    words: Words = MOVIES,
) -> Verdict | None:
    """Judge a run by its last epoch, whatever its settings; None where no epoch has ended.

    Args:
        baselines: what others reach on the run's split.
        lesson_losses: the lesson's validation losses (MSE, squared stars) for the run's recipe; its last one counts,
            after however many epochs.
        previous_rmse: RMSE of the student's run before this one, stars; None where there was none.
        metric: of the figures in the sentence. Whether a gap is within the noise of a seed is judged by the RMSE.
        seed_noise: how far RMSEs lie apart by the seed alone, see `noise.seed_noise`.
    """
    if not history.epochs:
        return None
    rmse = history.epochs[-1].rmse
    guesses = [_Rival(words.told(GUESSES[one.name]), one.rmse, False) for one in baselines if one.name in GUESSES]
    lesson = [_Rival("the lesson", math.sqrt(lesson_losses[-1]), True)] if lesson_losses else []
    previous = [] if previous_rmse is None else [_Rival("your last run", previous_rmse, True)]
    rivals = [*guesses, *lesson, *previous]
    figure = f"Validation {metric.upper()} {_in(metric, rmse):.3f}"
    why = f" {FACTORS_GONE}" if has_no_factors(history) else ""
    if not rivals:
        return Verdict(f"{figure}.{why}", "fair")
    comparisons = ", ".join(_compare(rmse, rival, metric, seed_noise) for rival in rivals)
    noise = seed_noise if metric == "rmse" else (rmse + seed_noise) ** 2 - rmse**2
    text = f"{figure}: {comparisons}. A new seed alone moves it by {noise:.3f}.{why}"
    return Verdict(text, _tone(rmse, guesses, lesson, seed_noise))


def _in(metric: Literal["mse", "rmse"], rmse: float) -> float:
    return rmse if metric == "rmse" else rmse**2


def _compare(rmse: float, rival: _Rival, metric: Literal["mse", "rmse"], noise: float) -> str:
    theirs = _in(metric, rival.rmse)
    figure = f" ({theirs:.3f})" if rival.shows_figure else ""
    if abs(rmse - rival.rmse) < noise:
        return f"level with {rival.name}{figure}"
    gap = abs(_in(metric, rmse) - theirs)
    return f"{gap:.3f} {'better' if rmse < rival.rmse else 'worse'} than {rival.name}{figure}"


def _tone(rmse: float, guesses: Sequence[_Rival], lesson: Sequence[_Rival], noise: float) -> Tone:
    if any(rmse > guess.rmse + noise for guess in guesses):
        return "bad"
    ahead = all(rmse < guess.rmse - noise for guess in guesses)
    return "good" if ahead and all(rmse < one.rmse + noise for one in lesson) else "fair"
