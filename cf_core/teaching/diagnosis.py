"""Diagnoses a run from its losses and the norms of its weights, by fixed rules: does it overfit, is it stuck, has its
sigmoid saturated, are its factors gone?"""

from cf_core.fitted_factors import NEARLY_ZERO, typical_product
from cf_core.training.history import History

TURNED = 1.005
"""The validation loss has turned if it ends above this many times its lowest: half a per cent more, which on 20,000
ratings exceeds the noise from one epoch to the next."""

STUCK = 0.1
"""A training loss is stuck if it ends within this share of where it began."""

SATURATED = 2.5
"""A loss above this many times that of the global mean comes only from predictions at the ends of the range. On the
embedded ratings, always predicting the middle of the range costs 1.6 times that loss, and an end at random 6 times."""


def overfit_epoch(history: History) -> int | None:
    """The epoch after which the model overfits; None if it does not.

    It is the epoch e of the lowest validation loss v_e, if the last epoch's loss is above 1.005 · v_e and the training
    loss has fallen further since e. (If the training loss rose as well, the run is unstable and does not overfit.)
    """
    if not history.epochs:
        return None
    best, last = min(history.epochs, key=lambda epoch: epoch.valid_loss), history.epochs[-1]
    turned = last.valid_loss > TURNED * best.valid_loss and last.train_loss < best.train_loss
    return best.epoch if turned else None


def first_and_last_loss(history: History) -> tuple[float, float]:
    """The training loss of the first report and of the last epoch (squared stars). At least one epoch has ended."""
    first = history.batches[0] if history.batches else history.epochs[0]
    return first.train_loss, history.epochs[-1].train_loss


def is_stuck(history: History) -> bool:
    """Whether the training loss of the last epoch is within 10% of that of the first report."""
    if not history.epochs:
        return False
    first, last = first_and_last_loss(history)
    return abs(last - first) <= STUCK * first


def is_saturated(history: History, global_mean_loss: float) -> bool:
    """Whether the training loss of the last epoch is so far above `global_mean_loss` (squared stars) that a model with
    a sigmoid must predict the wrong ends of its range."""
    return bool(history.epochs) and history.epochs[-1].train_loss > SATURATED * global_mean_loss


def has_no_factors(history: History) -> bool:
    """Whether the decay has pulled the factors to nothing, so that what is left are the biases: those of users and of
    movies are less than half as long as at the first report, and their `typical_product` is `NEARLY_ZERO`. Never of a
    net, which has no such product."""
    norms = [batch.weight_norms for batch in history.batches if set(_FACTORS) <= batch.weight_norms.keys()]
    if history.started is None or not norms or "hidden.weight" in history.started.layers:
        return False
    first, last, layers = norms[0], norms[-1], history.started.layers
    (n_users, n_factors), (n_items, _) = (layers[name] for name in _FACTORS)
    users, items = (last[name] for name in _FACTORS)
    is_nothing = typical_product(users, n_users, items, n_items, n_factors) < NEARLY_ZERO
    return is_nothing and all(last[name] < first[name] / 2 for name in _FACTORS)


_FACTORS = ("user_factors.weight", "item_factors.weight")
