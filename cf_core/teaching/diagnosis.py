"""What a run's numbers say, by rules that are written down: does it overfit, is it stuck, has its sigmoid saturated.

Nothing in here trains, draws or knows what the run was meant to show.
"""

from cf_core.training.history import History

TURNED = 1.005
"""The validation loss has turned where it ends above this many times its lowest: half a per cent, which on 20,000
ratings is more than the noise from one epoch to the next."""

STUCK = 0.1
"""A training loss is stuck that ends within this share of where it began."""

SATURATED = 2.5
"""So many times the loss of the global mean comes only from predictions at the ends of the range. On the embedded
ratings the middle of the range has 1.6 times, and ends taken at random 6 times that loss."""


def overfit_epoch(history: History) -> int | None:
    """The epoch after which more training only made the model worse on what it has not seen; None where there is none.

    It is the epoch e of the lowest validation loss v_e, if the last epoch's loss is above 1.005 · v_e, and the training
    loss has fallen further since e. (Where that rose as well, the run is unsteady and learns nothing by heart.)
    """
    if not history.epochs:
        return None
    best, last = min(history.epochs, key=lambda epoch: epoch.valid_loss), history.epochs[-1]
    turned = last.valid_loss > TURNED * best.valid_loss and last.train_loss < best.train_loss
    return best.epoch if turned else None


def first_and_last_loss(history: History) -> tuple[float, float]:
    """The training loss of the first report and of the last epoch (squared stars); there must be an epoch."""
    first = history.batches[0] if history.batches else history.epochs[0]
    return first.train_loss, history.epochs[-1].train_loss


def is_stuck(history: History) -> bool:
    """Whether the training loss of the last epoch is about that of the first report."""
    if not history.epochs:
        return False
    first, last = first_and_last_loss(history)
    return abs(last - first) <= STUCK * first


def is_saturated(history: History, global_mean_loss: float) -> bool:
    """Whether the training loss of the last epoch is so much above `global_mean_loss` (squared stars) that a model with
    a sigmoid must sit at the wrong ends of its range."""
    return bool(history.epochs) and history.epochs[-1].train_loss > SATURATED * global_mean_loss
