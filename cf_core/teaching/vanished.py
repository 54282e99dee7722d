"""What is said where all factors of a run are nearly zero: what that means, why, and what to try."""

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import LOWER_DECAY, VANISHED, FittedFactors
from cf_core.teaching.cautions import too_much_decay


def about_vanished(config: TrainingConfig, factors: FittedFactors, ratings: Ratings) -> str:
    """A few sentences in the words of the data: `VANISHED`, and as page Train would have warned, with the decay to try.
    Without a word about decay where the run had none.

    Args:
        config, factors: of the run.
        ratings: the data that it was trained on.
    """
    why = too_much_decay(config, int(factors.n_train_by_item.sum()), ratings)
    if not why and config.weight_decay:
        why = LOWER_DECAY
    return ratings.words.told(f"{VANISHED} {why}".rstrip())
