"""Warnings about bad combinations of settings, shown before a run starts: what will happen, and what to change.

The thresholds were found by training on the embedded ratings; each comes with the validation losses that it separates.
A caution is advice and forbids nothing.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from cf_core.config import Phase, TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.rating_scale import star_size
from cf_core.settings import format_value
from cf_core.training.schedules import learning_rates

LESSON_BATCH = 64
"""The batch size for which the thresholds of rates are stated."""

LESSON_CELLS = 671 * 9_066
"""Users times movies of the lesson's data, for which the thresholds of decays are stated, see `_decay_scale`."""

ENOUGH, ENOUGH_FOR_NET = 0.5, 0.1
"""The least sum of the rates of all steps with Adam. Learner: 0.2: validation loss 1.63; 0.56: 1.40; 1.9: 0.87.
The net, whose layers multiply: 0.03: 1.66; 0.12: 0.81."""

ENOUGH_PER_RATING = 0.005
"""The same for SGD, with its momentum and per training rating, because the ratings of a batch share a step. Biases:
0.0005: 1.35; 0.0015: 1.09; 0.005: 0.90; 0.015: 0.83; 0.05: 0.80."""


FAR = 5.0
"""The mean rating, in star sizes (`star_size`), from which a dot product that starts at 0 does not get there. The
lesson's, at 3.5: 1.06 stars of RMSE; at 4.1: 1.02; at 5.5: 1.28; at 8: 1.64; at 13: diverged. The mean alone: 1.06."""


def cautions(config: TrainingConfig, n_train: int, ratings: Ratings | None = None) -> list[str]:
    """What a student should know before the run starts, a few sentences per caution; empty for an unchanged recipe on
    a scale that begins near 0.

    Args:
        n_train: number of training ratings.
        ratings: the data, for what depends on their scale.
    """
    about_scale = () if ratings is None else _far_from_zero(config, ratings)
    scale = 1.0 if ratings is None else _decay_scale(ratings)
    decays = (*_overfits(config, n_train, scale), *_decays_too_much(config, n_train, scale))
    return [*about_scale, *decays, *(text for rule in _RULES for text in rule(config, n_train))]


def too_much_decay(config: TrainingConfig, n_train: int, ratings: Ratings) -> str:
    """The one of `cautions` that tells of too strong a weight decay, and which to try; or nothing."""
    return " ".join(_decays_too_much(config, n_train, _decay_scale(ratings)))


def _decay_scale(ratings: Ratings) -> float:
    """How many times as much a decay does here as on the lesson's data; 1 on smaller data, whose models overfit more.

    In a loss that is the mean over all ratings a row's own ratings have their share only, and the decay pulls every row
    alike. Factors stay at 0 when λ is above the first singular value of the residuals' matrix times a constant, over
    the number of ratings, and that falls with √(users · movies). With `fast`, Adam and an inner split, by
    λ · √(users · movies), RMS of the movies' factors: embedded data 0.5: 0.094; 1.2: 0.033; 2.5: 0.002. Two million
    generated ratings of 12,559 users and 21,896 movies 0.8: 0.14; 1.7: 0.075; 2.5: 0.019; 3.3: 0.000.
    """
    return max(1.0, math.sqrt(ratings.n_users * ratings.n_items / LESSON_CELLS))


def _far_from_zero(config: TrainingConfig, ratings: Ratings) -> Iterator[str]:
    """Without a sigmoid, and on a scale such as 90 to 100."""
    low, high = ratings.rating_range
    if not config.model.sigmoid and abs(ratings.global_mean) > FAR * star_size((low, high)):
        yield (
            f"This model has no sigmoid and starts at 0, so that its factors alone have to get to {low:g} to {high:g}. "
            "That is too far: it ends worse than one that always predicts the mean, or diverges. Choose a recipe with "
            "a sigmoid, which starts in the middle of the scale."
        )


def _rate_too_high(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Steps that overshoot, by model and optimiser."""
    rate = max(phase.learning_rate for phase in config.phases)
    if _strength(config, rate) < _limit(config):
        return
    safe = 10 ** math.floor(math.log10(rate * _limit(config) / _strength(config, rate) / 2))
    if config.model.sigmoid:
        what = "predictions are thrown to the ends of the rating range, where the sigmoid is flat and they get stuck"
    else:
        what = "nothing bounds the output of this model, so the loss may diverge"
    why = ""
    if config.optimizer == "sgd" and config.momentum >= 0.95:
        why = f" A momentum of {config.momentum:g} makes each step {1 / (1 - config.momentum):,.0f} times as long."
    yield f"A learning rate of {format_value(rate)} is far too high here: {what}.{why} Try {format_value(safe)}."


def _strength(config: TrainingConfig, rate: float) -> float:
    """How far a step at that rate moves a weight, as the rate that moves it equally far at a batch of 64.

    SGD: η/(1 - μ) · 64/B, because a rating's share in the mean over the batch is 1/B; for the net η/(1 - μ), because
    every rating moves its layers. Adam: η · √(64/B).
    """
    share = LESSON_BATCH / config.batch_size
    if config.optimizer != "sgd":
        return rate * math.sqrt(share)
    return rate / (1 - config.momentum) * (1 if config.model.kind == "net" else share)


def _limit(config: TrainingConfig) -> float:
    """The strength above which a rate is far too high; in brackets, validation losses just below and above.

    SGD: 2.5 without a sigmoid (2: 1.33; 3: diverged), 7 with one (5: 0.87; 10: 1.1; 20: 3.3), 0.8 for the net (0.3:
    0.87; 1: 1.15). Adam: 0.02 without a sigmoid (0.01: 1.77; 0.03: 5.8), 0.05 with one (0.03: 0.79; 0.1: 0.92), 0.025
    for the net (0.01: 0.81; 0.03: 0.94).
    """
    sgd, adam = (0.8, 0.025) if config.model.kind == "net" else (7.0, 0.05) if config.model.sigmoid else (2.5, 0.02)
    return sgd if config.optimizer == "sgd" else adam


def _one_step_per_epoch(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Learner: three steps take the validation loss from 1.76 to 1.71."""
    if config.batch_size >= n_train:
        yield (
            f"The batch holds all {n_train:,} ratings, so an epoch is a single step. That makes {config.n_epochs:,} in "
            "all, which hardly move the model. Choose a batch size from 64 to 1,024."
        )


def _hardly_moves(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Too few steps, or too small ones: the model hardly leaves its initial weights."""
    n_steps, total, net = _n_steps(config, n_train), _sum_of_rates(config, n_train), config.model.kind == "net"
    if config.batch_size >= n_train:
        return
    more = "Choose a smaller batch, more epochs or a higher rate."
    if config.optimizer != "sgd" and total < (ENOUGH_FOR_NET if net else ENOUGH):
        yield (
            f"Adam moves a weight by at most about the learning rate per step, here by {total:.2g} in all {n_steps:,} "
            f"steps. That is too little to learn much. {more}"
        )
    if config.optimizer == "sgd" and not net and total / (1 - config.momentum) < ENOUGH_PER_RATING * n_train:
        yield (
            f"{n_steps:,} steps this small hardly move the model: SGD divides each step among the ratings of a batch. "
            f"{more}"
        )


def _overfits(config: TrainingConfig, n_train: int, scale: float) -> Iterator[str]:
    """Adam, ten factors or more, and hardly any decay. Learner, by decay: 0: 0.90; 5e-5: 0.81; 2e-4: 0.76. AdamW, by
    its total shrinkage: 0.2: 0.87; 0.9: 0.81; 1.9: 0.79."""
    decay, n_factors, shrunk = config.weight_decay, config.model.n_factors, _shrunk(config, n_train)
    if config.optimizer == "sgd" or config.model.kind == "net" or n_factors < 10 or config.update == "sparse":
        return
    if config.optimizer == "adamw" and decay > 0 and shrunk < 0.5:
        yield (
            f"AdamW applies the decay separately from the gradient: {format_value(decay)} takes "
            f"{-math.expm1(-shrunk):.1%} off a weight in the whole run. That is next to nothing, so the model will "
            f"memorise the ratings. Try {_one_digit(2 * decay / shrunk)}, or Adam."
        )
    elif decay == 0 or (config.optimizer == "adam" and decay * scale <= 5e-5):
        yield (
            f"With {n_factors} factors per user and movie and almost no decay, the model overfits: the training loss "
            "falls far below the validation loss, which rises again. Try Adam with a decay of "
            f"{_one_digit(2e-4 / scale)}, or fewer than 10 factors."
        )


def _decays_too_much(config: TrainingConfig, n_train: int, scale: float) -> Iterator[str]:
    """Learner with Adam, by decay: 2e-4: 0.76; 1e-3: 0.87; 1e-2: 1.20; with SGD about the same. With AdamW, by its
    total shrinkage: 3.8: 0.78; 9: 0.85; 19: 0.98."""
    decay, shrunk = config.weight_decay, _shrunk(config, n_train)
    if config.update == "sparse":  # a row decays only in steps that move it
        return
    if config.optimizer == "adamw" and shrunk > 8:
        better = _one_digit(2 * decay / shrunk)
    elif config.optimizer != "adamw" and decay * scale >= 1e-3:
        better = _one_digit(2e-4 / scale)
    else:
        return
    many = ""
    if decay < 1e-3 and config.optimizer != "adamw":
        many = (
            " on data of so many users and movies: each has but a small share of the ratings. The factors end near 0, "
            "and the model is no better than plain means"
        )
    pull = f"A decay of {format_value(decay)} pulls the weights to 0 harder than most ratings pull back"
    yield f"{pull}{many}. Try {better}."


def _schedule_cut_short(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """A cosine cycle that ends while the rate is still high: the learner's three epochs 0.761, a fourth 0.798."""
    last = config.phases[-1]
    share = float(_shares(last)[-1])
    if last.schedule != "cosine" or share < 0.4:
        return
    ends, length = [last.cycle_length], last.cycle_length
    while ends[-1] < last.n_epochs:
        length *= last.cycle_multiplier
        ends.append(ends[-1] + length)
    whole = " or ".join(f"{n:,}" for n in ends[-2:])
    yield (
        f"The last cosine cycle is cut short: the run ends at {share:.0%} of the learning rate, before the loss has "
        f"settled. Let the last phase have {whole} epochs, or choose a shorter cycle."
    )


def _starts_far_off(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Initial weights so large that the first outputs are far from any rating."""
    model = config.model
    mean, variance = (model.init_low + model.init_high) / 2, (model.init_high - model.init_low) ** 2 / 12
    k, square = model.n_factors, variance + mean**2
    size = math.sqrt((k * mean**2) ** 2 + k * (square**2 - mean**4))  # root mean square of a dot product of k factors
    if model.kind == "net" or size < (2 if model.sigmoid else 20):  # 1.2: 0.78; 2.4: 0.81; 9: 1.31; no sigmoid, 200: ∞
        return
    what = (
        "the sigmoid is flat there, so hardly any gradient gets through" if model.sigmoid else "the first loss is huge"
    )
    yield (
        f"These initial weights give dot products of about ±{size:,.0f} before the model has learnt anything: {what}. "
        "Start between -0.05 and 0.05."
    )


def _too_much_dropout(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """0.05 and 0.5: 0.788; 0.9 of the inputs: 0.831; 0.9 of the hidden units: 0.915."""
    model = config.model
    for what, share in (("inputs", model.dropout), ("hidden units", model.hidden_dropout)):
        if model.kind == "net" and share >= 0.8:
            yield f"Dropout zeroes {share:.0%} of the {what} in each step. Too little is left to learn from. Try 0.5."


def _moves_few_rows(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Sparse steps combined with settings that should move every row."""
    missed = ["Adam's running means"] if config.optimizer != "sgd" else ["momentum"] if config.momentum else []
    missed += ["decay"] if config.weight_decay else []
    if config.update == "sparse" and missed:
        yield (
            "Sparse steps are an approximation here: a user or movie that is not in the batch goes without "
            f"{' and '.join(missed)} for that step. With plain SGD, without momentum and decay, they are exact."
        )


def _takes_minutes(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Seconds from the cost of a step and of a rating, as measured on one core."""
    n_steps = _n_steps(config, n_train)
    step_seconds = (1e-4 + 5e-6 * config.model.n_factors) * (2 if config.model.kind == "net" else 1)
    seconds = n_steps * step_seconds + config.n_epochs * n_train * 6e-7
    if seconds > 90:
        yield (
            f"{n_steps:,} steps take about {seconds / 60:,.0f} minutes, or longer while others train too. "
            "Choose fewer epochs or a larger batch. You can pause or stop at any time."
        )


_RULES: tuple[Callable[[TrainingConfig, int], Iterator[str]], ...] = (
    _rate_too_high,
    _one_step_per_epoch,
    _hardly_moves,
    _schedule_cut_short,
    _starts_far_off,
    _too_much_dropout,
    _moves_few_rows,
    _takes_minutes,
)


def _n_steps(config: TrainingConfig, n_train: int) -> int:
    """Steps of the whole run."""
    return config.n_epochs * -(-n_train // config.batch_size)


def _sum_of_rates(config: TrainingConfig, n_train: int) -> float:
    """The sum of the learning rates of all steps."""
    n_batches = -(-n_train // config.batch_size)
    return sum(p.learning_rate * float(_shares(p).mean()) * p.n_trained * n_batches for p in config.phases)


def _shrunk(config: TrainingConfig, n_train: int) -> float:
    """Total shrinkage: what AdamW takes off the logarithm of a weight in the whole run."""
    return _sum_of_rates(config, n_train) * config.weight_decay


def _shares(phase: Phase) -> np.ndarray:
    """The schedule of a phase as shares of its rate, at 100 batches per epoch, which is enough for means and ends."""
    return learning_rates(phase, 100) / phase.learning_rate


def _one_digit(value: float) -> str:
    """A number to try, rounded to one significant digit."""
    return format_value(float(f"{value:.0e}"))
