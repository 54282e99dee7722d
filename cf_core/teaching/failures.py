"""A gallery of failures: runs that go wrong by one setting, each beside the healthy run that it is compared with.

Nothing in here trains, or judges a run: see `explanation`.
"""

from dataclasses import dataclass, replace
from typing import Literal

from cf_core.config import TrainingConfig, with_settings
from cf_core.training.recipes import RECIPES

Symptom = Literal["diverges", "overfits", "saturates", "is stuck", "underfits"]


@dataclass(frozen=True)
class Failure:
    """A run that goes wrong, and its healthy twin.

    Attributes:
        name: short, its key in the gallery.
        title: for the screen and its address.
        change: the one thing that differs from `control`, in words, "before → after".
        watch_for: what to look at while it trains.
        symptom: how it goes wrong.
        why: what goes on inside; true whether or not the symptom shows.
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
    {"n_factors": 100, "n_epochs": 10, "batch_size": 1024, "learning_rate": 1.5e-2},
)

_FAILURES = (
    Failure(
        name="no-bias",
        title="No bias",
        change="biases: one for each user and movie → none",
        watch_for="how much higher the validation loss stays than that of the model with biases, and whether it gets "
        "below what plain user and item means reach.",
        symptom="underfits",
        why="Some movies are liked by nearly all, and some people are kind to every movie. A bias says that with one "
        "number; without it, the factors must say it by products, which they can do only roughly.",
        config=replace(_LEARNER, model=replace(_LEARNER.model, kind="dot")),
        control=_LEARNER,
    ),
    Failure(
        name="wrong-range",
        title="Wrong rating range",
        change="the sigmoid's ends: the lowest and highest rating → 1.5 stars short of them",
        watch_for="the level at which both curves come to rest: no training gets below it.",
        symptom="underfits",
        why="The sigmoid ends 1.5 stars short of the highest and of the lowest rating: where those were given, the "
        "prediction is off by at least 1.5 stars, 2.25 in the loss. Larger weights bring it nearer to the sigmoid's "
        "end, never beyond.",
        config=with_settings(_LEARNER, {"range_margin": -1.5}),
        control=_LEARNER,
    ),
    Failure(
        name="rate",
        title="Rate far too high",
        change="learning rate: 0.1 → 0.5",
        watch_for="the first few hundred batches: the loss falls at first, faster than that of the healthy run. Then?",
        symptom="diverges",
        why="A step that is too long lands on the far side of the valley, higher up, where the slope is steeper and so "
        "the next step longer still. This model has no sigmoid that would bound its output.",
        config=with_settings(_DOT, {"learning_rate": 0.5}),
        control=_DOT,
    ),
    Failure(
        name="huge-weights",
        title="Huge initial weights",
        change="initial weights: between -0.05 and 0.05 → between -5 and 5",
        watch_for="where the training loss begins, and how slowly it comes down.",
        symptom="saturates",
        why="Fifty products of such weights add up to tens, and the sigmoid of tens is 0 or 1: each prediction is the "
        "lowest or the highest rating, by chance. The sigmoid is flat there, so hardly any gradient gets through to "
        "say which way to go.",
        config=with_settings(_LEARNER, {"init_low": -5, "init_high": 5}),
        control=_LEARNER,
    ),
    Failure(
        name="no-decay",
        title="No decay, 100 factors",
        change="weight decay: 0.0002 → 0",
        watch_for="the epoch in which the two curves part: training goes on falling, validation does not.",
        symptom="overfits",
        why="Most users and movies have fewer ratings than the hundred numbers that describe them. Where nothing pulls "
        "these back to 0, ratings can be learnt by heart, chance and all, and chance does not come again.",
        config=with_settings(_HUNDRED, {"weight_decay": 0}),
        control=_HUNDRED,
    ),
    Failure(
        name="adamw",
        title="AdamW in place of L2",
        change="optimiser: Adam, decay in the gradient (L2) → AdamW, the same 0.0002 apart from it",
        watch_for="the training loss: it falls faster than the healthy run's. Is that good news?",
        symptom="overfits",
        why="Adam divides a gradient by its usual size, so that a small decay within it still moves a weight by whole "
        "steps where ratings are few. AdamW takes rate times decay off each weight, two millionths a step at most: the "
        "setting has the same name and not the same size.",
        config=with_settings(_LEARNER, {"optimizer": "adamw"}),
        control=_LEARNER,
    ),
    Failure(
        name="one-factor",
        title="One factor",
        change="factors: 50 → 1",
        watch_for="the gap between training and validation, and guess first: how much do 49 factors matter?",
        symptom="underfits",
        why="One factor is one axis of taste, and everyone stands somewhere on it. The biases say who is kind and what "
        "is liked, and that is most of what can be said; one axis adds a little, and cannot tell horror from romance.",
        config=with_settings(_LEARNER, {"n_factors": 1}),
        control=_LEARNER,
    ),
    Failure(
        name="one-batch",
        title="Batch of everything",
        change="batch size: 64 ratings → all of them",
        watch_for="how many points the curve gets, and how far it comes down.",
        symptom="is stuck",
        why="One batch an epoch is one step an epoch. Its direction is the best that there is, free of chance; but a "
        "step of fair length in a good direction is worth less than a thousand in directions that are roughly right.",
        config=with_settings(_LEARNER, {"batch_size": 10_000_000}),
        control=_LEARNER,
    ),
)

FAILURES: dict[str, Failure] = {failure.name: failure for failure in _FAILURES}
"""All failures by name, in the order of the gallery."""
