"""A gallery of failures: runs that go wrong because of one setting, each with the healthy run to compare it with."""

from dataclasses import dataclass, replace
from typing import Literal

from cf_core.config import TrainingConfig, with_settings
from cf_core.training.recipes import RECIPES

Symptom = Literal["diverges", "overfits", "saturates", "is stuck", "underfits"]


@dataclass(frozen=True)
class Failure:
    """A run that goes wrong, and the healthy run beside it.

    Attributes:
        name: short, its key in the gallery.
        title: for the screen and its address.
        change: the one setting that differs from `control`, in words, "setting: before → after".
        watch_for: what to look at while it trains; the screen puts "Watch for" in front of it.
        symptom: how it goes wrong.
        why: the reason; true whether or not the symptom shows.
        config: the broken run.
        control: the healthy one.
    """

    name: str
    title: str
    change: str
    watch_for: str
    symptom: Symptom
    why: str
    config: TrainingConfig
    control: TrainingConfig


_LEARNER = RECIPES["notebook-learner"].config
_DOT = with_settings(RECIPES["notebook-dot"].config, {"n_epochs": 3})
_HUNDRED = with_settings(
    replace(RECIPES["fast"].config, momentum=0.9),
    {"n_factors": 100, "n_epochs": 10, "batch_size": 1024, "learning_rate": 1.5e-2, "weight_decay": 2e-4},
)

_FAILURES = (
    Failure(
        name="no-bias",
        title="No bias",
        change="biases: one for each user and movie → none",
        watch_for="how much higher the validation loss stays than with biases, and whether it gets below that of "
        "plain user and movie means.",
        symptom="underfits",
        why="Some movies are liked by nearly everyone, and some people rate every movie high. A bias describes that "
        "with one number. Without biases, products of factors must describe it, and they can do so only roughly.",
        config=replace(_LEARNER, model=replace(_LEARNER.model, kind="dot")),
        control=_LEARNER,
    ),
    Failure(
        name="wrong-range",
        title="Wrong rating range",
        change="the sigmoid's ends: the lowest and highest rating → a third of the scale short of them",
        watch_for="the level at which both curves flatten out: no amount of training gets below it.",
        symptom="underfits",
        why="The sigmoid ends a third of the scale short of the highest and the lowest rating. Where one "
        " of those was given, the prediction is off by at least as much. Larger weights move the prediction "
        "closer to the sigmoid's end, but never beyond it.",
        config=with_settings(_LEARNER, {"range_margin": -1.5}),
        control=_LEARNER,
    ),
    Failure(
        name="rate",
        title="Rate far too high",
        change="learning rate: 0.1 → 0.5",
        watch_for="the first few hundred batches: at first the loss falls faster than in the healthy run. And then?",
        symptom="diverges",
        why="A step that is too long lands higher up on the other side of the valley. The slope is steeper there, so "
        "the next step is even longer. This model has no sigmoid to bound its output.",
        config=with_settings(_DOT, {"learning_rate": 0.5}),
        control=_DOT,
    ),
    Failure(
        name="huge-weights",
        title="Huge initial weights",
        change="initial weights: between -0.05 and 0.05 → between -5 and 5",
        watch_for="where the training loss starts, and how slowly it falls.",
        symptom="saturates",
        why="Fifty products of such weights add up to a number far from 0, and its sigmoid is almost 0 or 1. So each "
        "prediction is the lowest or the highest rating, at random. The sigmoid is flat there, so hardly any gradient "
        "gets through to show the way.",
        config=with_settings(_LEARNER, {"init_low": -5, "init_high": 5}),
        control=_LEARNER,
    ),
    Failure(
        name="no-decay",
        title="No decay, 100 factors",
        change="weight decay: 0.0002 → 0",
        watch_for="the epoch in which the two curves separate: the training loss keeps falling, the validation loss "
        "does not.",
        symptom="overfits",
        why="Most users and movies have fewer ratings than the hundred numbers that describe them. Without a pull "
        "back to 0, these numbers can memorise every rating, noise included, and the noise does not repeat in the "
        "validation ratings.",
        config=with_settings(_HUNDRED, {"weight_decay": 0}),
        control=_HUNDRED,
    ),
    Failure(
        name="adamw",
        title="AdamW in place of L2",
        change="optimiser: Adam, decay in the gradient (L2) → AdamW, the same 0.0002 apart from it",
        watch_for="the training loss: it falls faster than in the healthy run. Is that good news?",
        symptom="overfits",
        why="Adam divides a gradient by its usual size. So even a small decay inside the gradient moves a weight by "
        "full steps where ratings are few. AdamW shrinks each weight by rate times decay, at most two millionths "
        "of it per step. The two settings share a name, but not a scale.",
        config=with_settings(_LEARNER, {"optimizer": "adamw"}),
        control=_LEARNER,
    ),
    Failure(
        name="one-factor",
        title="One factor",
        change="factors: 50 → 1",
        watch_for="the gap between training and validation loss. Guess first: how much do 49 factors matter?",
        symptom="underfits",
        why="One factor is a single axis of taste. The biases already describe who rates high and which movies are "
        "liked, which is most of what there is to know. One axis adds a little, but cannot tell horror from "
        "romance.",
        config=with_settings(_LEARNER, {"n_factors": 1}),
        control=_LEARNER,
    ),
    Failure(
        name="one-batch",
        title="Batch of everything",
        change="batch size: 64 ratings → all of them",
        watch_for="how many points the curve gets, and how far it falls.",
        symptom="is stuck",
        why="One batch per epoch means one step per epoch. Its direction is the best possible, free of noise. But one "
        "step in the best direction gets less far than a thousand steps in roughly the right one.",
        config=with_settings(_LEARNER, {"batch_size": 10_000_000}),
        control=_LEARNER,
    ),
)

FAILURES: dict[str, Failure] = {failure.name: failure for failure in _FAILURES}
"""All failures by name, in the order of the gallery."""


def is_made_to_fail(config: TrainingConfig) -> bool:
    """Whether the gallery trains with exactly these settings to show a failure."""
    return any(config == failure.config for failure in FAILURES.values())
