"""Pays PyTorch's one-time start-up costs, which are seconds, before a student has to wait for them."""

import gc

from cf_core.data.ratings import Ratings
from cf_core.data.split import split_ratings
from cf_core.training.device import resolve_device
from cf_core.training.events import BatchEnded
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState


def warm_up(ratings: Ratings) -> None:
    """Train one batch of every recipe and throw the result away. What has been loaded by then, PyTorch above all, stays
    loaded, so the garbage collector is told to skip it: each of its rounds would delay a training by a tenth of a
    second."""
    split, device = split_ratings(ratings), resolve_device("auto")
    for recipe in RECIPES.values():
        training = TrainingState.start(recipe.config, split, device)
        every_batch = fit(training, reports_per_epoch=training.n_batches)
        next(event for event in every_batch if isinstance(event, BatchEnded))
    gc.collect()
    gc.freeze()
