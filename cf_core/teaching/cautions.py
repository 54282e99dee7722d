"""Bad combinations of settings, told before a run starts: what will happen, and what to do about it.

The thresholds were found by training on the embedded ratings; each stands with the losses that it separates. A caution
is advice: nothing in here forbids or trains anything.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from cf_core.config import Phase, TrainingConfig
from cf_core.training.schedules import learning_rates

LESSON_BATCH = 64
"""The batch size that thresholds of rates are stated for."""

ENOUGH, ENOUGH_FOR_NET = 0.5, 0.1
"""What the rates of all of Adam's steps should add up to. Learner: 0.2: validation loss 1.63; 0.56: 1.40; 1.9: 0.87.
The net, whose layers multiply: 0.03: 1.66; 0.12: 0.81."""

ENOUGH_PER_RATING = 0.005
"""The same for SGD with its momentum, per training rating, since each rating has its share of a step. Biases: 0.0005:
1.35; 0.0015: 1.09; 0.005: 0.90; 0.015: 0.83; 0.05: 0.80."""


def cautions(config: TrainingConfig, n_train: int) -> list[str]:
    """What to tell the student of a run before it starts, one or two sentences each; nothing for a recipe as it stands.

    Args:
        n_train: the ratings that it would train on.
    """
    return [text for rule in _RULES for text in rule(config, n_train)]


def _rate_too_high(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Steps that overshoot, by model and optimiser."""
    rate = max(phase.learning_rate for phase in config.phases)
    if _strength(config, rate) < _limit(config):
        return
    safe = 10 ** math.floor(math.log10(rate * _limit(config) / _strength(config, rate) / 2))
    ends = (
        "predictions are thrown to the ends of the rating range, where the sigmoid is flat and little moves them back"
    )
    what = ends if config.model.sigmoid else "nothing bounds this model's output, so the loss may run away (diverge)"
    why = ""
    if config.optimizer == "sgd" and config.momentum >= 0.95:
        why = f" A momentum of {config.momentum:g} makes each step {1 / (1 - config.momentum):,.0f} times as long."
    yield f"A learning rate of {_short(rate)} is far too high here: {what}.{why} Try {_short(safe)}."


def _strength(config: TrainingConfig, rate: float) -> float:
    """How far a step at that rate throws a weight, as the rate at a batch of 64 that does the same.

    SGD: η/(1 - μ) · 64/B, because a rating's share in the mean over the batch is 1/B; without the batch for the net,
    whose layers every rating moves. Adam: η · √(64/B).
    """
    share = LESSON_BATCH / config.batch_size
    if config.optimizer != "sgd":
        return rate * math.sqrt(share)
    return rate / (1 - config.momentum) * (1 if config.model.kind == "net" else share)


def _limit(config: TrainingConfig) -> float:
    """The strength from which on it is far too much; in brackets validation losses just below and above.

    SGD: 2.5 without a sigmoid (2: 1.33; 3: diverged), 7 with one (5: 0.87; 10: 1.1; 20: 3.3), 0.8 for the net (0.3:
    0.87; 1: 1.15). Adam: 0.02 without a sigmoid (0.01: 1.77; 0.03: 5.8), 0.05 with one (0.03: 0.79; 0.1: 0.92), 0.025
    for the net (0.01: 0.81; 0.03: 0.94).
    """
    sgd, adam = (0.8, 0.025) if config.model.kind == "net" else (7.0, 0.05) if config.model.sigmoid else (2.5, 0.02)
    return sgd if config.optimizer == "sgd" else adam


def _one_step_an_epoch(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Learner: three steps take the validation loss from 1.76 to 1.71."""
    if config.batch_size >= n_train:
        yield (
            f"The batch holds all {n_train:,} ratings, so an epoch is a single step: {config.n_epochs:,} in all, which "
            "hardly move the model. Take a batch of 64 to 1,024."
        )


def _hardly_moves(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Too few steps, or too small ones: the model stays about where it starts."""
    n_steps, total, net = _n_steps(config, n_train), _sum_of_rates(config, n_train), config.model.kind == "net"
    if config.batch_size >= n_train:
        return
    more = "Take a smaller batch, more epochs or a higher rate."
    if config.optimizer != "sgd" and total < (ENOUGH_FOR_NET if net else ENOUGH):
        yield (
            f"Adam moves a weight by about the learning rate a step at most, here by {total:.2g} in all {n_steps:,} "
            f"steps: too little to learn much. {more}"
        )
    if config.optimizer == "sgd" and not net and total / (1 - config.momentum) < ENOUGH_PER_RATING * n_train:
        yield (
            f"{n_steps:,} steps this small hardly move the model: SGD shares each step out among the ratings of a "
            f"batch. {more}"
        )


def _learns_by_heart(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Adam, ten factors or more, and hardly any decay. Learner, by decay: 0: 0.90; 5e-5: 0.81; 2e-4: 0.76. AdamW, by
    what it takes off in all: 0.2: 0.87; 0.9: 0.81; 1.9: 0.79."""
    decay, n_factors, shrunk = config.weight_decay, config.model.n_factors, _shrunk(config, n_train)
    if config.optimizer == "sgd" or config.model.kind == "net" or n_factors < 10 or config.update == "sparse":
        return
    if config.optimizer == "adamw" and decay > 0 and shrunk < 0.5:
        yield (
            f"AdamW applies the decay apart from the gradient: {_short(decay)} takes {-math.expm1(-shrunk):.1%} off a "
            "weight in the whole run, next to nothing, and the model will learn the ratings by heart. "
            f"Try {_one_digit(2 * decay / shrunk)}, or Adam."
        )
    elif decay == 0 or (config.optimizer == "adam" and decay <= 5e-5):
        yield (
            f"{n_factors} factors for each user and movie and next to no decay: the training loss will fall far below "
            "the validation loss, which turns up again. Try Adam with a decay of 0.0002, or fewer than 10 factors."
        )


def _decays_too_much(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Adam's learner by decay: 2e-4: 0.76; 1e-3: 0.87; 1e-2: 1.20; SGD about the same. AdamW's by what it takes off in
    all: 3.8: 0.78; 9: 0.85; 19: 0.98."""
    decay, shrunk = config.weight_decay, _shrunk(config, n_train)
    if config.update == "sparse":  # which decays a row now and then only
        return
    if config.optimizer == "adamw" and shrunk > 8:
        better = _one_digit(2 * decay / shrunk)
    elif config.optimizer != "adamw" and decay >= 1e-3:
        better = "0.0002"
    else:
        return
    yield f"A decay of {_short(decay)} pulls the weights to 0 harder than most ratings pull them away. Try {better}."


def _schedule_cut_short(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """A cosine cycle that ends with the rate still high: three epochs of the learner 0.761, a fourth 0.798."""
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
        f"The last cosine cycle is cut short: the run ends at {share:.0%} of the learning rate, where the loss has not "
        f"settled. Let its last phase have {whole} epochs, or take a shorter cycle."
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
        "the sigmoid is flat there, and hardly a gradient comes through" if model.sigmoid else "the first loss is huge"
    )
    yield (
        f"The initial weights make dot products of about ±{size:,.0f} before anything is learnt: {what}. "
        "Start between -0.05 and 0.05."
    )


def _too_much_dropout(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """0.05 and 0.5: 0.788; 0.9 of the inputs: 0.831; 0.9 of the hidden units: 0.915."""
    model = config.model
    for what, share in (("inputs", model.dropout), ("hidden units", model.hidden_dropout)):
        if model.kind == "net" and share >= 0.8:
            yield f"Dropout zeroes {share:.0%} of the {what} at each step: too little is left to learn from. Try 0.5."


def _moves_few_rows(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Sparse steps with something that should move every row."""
    missed = ["Adam's running means"] if config.optimizer != "sgd" else ["momentum"] if config.momentum else []
    missed += ["decay"] if config.weight_decay else []
    if config.update == "sparse" and missed:
        yield (
            f"Sparse steps are an approximation here: a user or movie that is not in the batch goes without "
            f"{' and '.join(missed)} for that step. Plain SGD, without momentum and decay, loses nothing."
        )


def _takes_minutes(config: TrainingConfig, n_train: int) -> Iterator[str]:
    """Seconds by the measured cost of a step and of a rating on one core of the machine it was written on."""
    n_steps = _n_steps(config, n_train)
    a_step = (1e-4 + 5e-6 * config.model.n_factors) * (2 if config.model.kind == "net" else 1)
    seconds = n_steps * a_step + config.n_epochs * n_train * 6e-7
    if seconds > 90:
        yield (
            f"{n_steps:,} steps take about {seconds / 60:,.0f} minutes, longer where others train too. "
            "Take fewer epochs or a larger batch; pausing and stopping cost nothing."
        )


_RULES: tuple[Callable[[TrainingConfig, int], Iterator[str]], ...] = (
    _rate_too_high,
    _one_step_an_epoch,
    _hardly_moves,
    _learns_by_heart,
    _decays_too_much,
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
    """The learning rates of all steps added up."""
    n_batches = -(-n_train // config.batch_size)
    return sum(p.learning_rate * float(_shares(p).mean()) * p.n_trained * n_batches for p in config.phases)


def _shrunk(config: TrainingConfig, n_train: int) -> float:
    """What AdamW takes off the logarithm of a weight in the whole run."""
    return _sum_of_rates(config, n_train) * config.weight_decay


def _shares(phase: Phase) -> np.ndarray:
    """The schedule of a phase as shares of its rate, at 100 batches an epoch: enough for means and ends."""
    return learning_rates(phase, 100) / phase.learning_rate


def _one_digit(value: float) -> str:
    """A number to try: one digit that counts."""
    return _short(float(f"{value:.0e}"))


def _short(value: float) -> str:
    """0.00001, not 1e-05."""
    return np.format_float_positional(value, trim="-")
