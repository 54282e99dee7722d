"""The lesson's own training loop, as PyTorch users write it
(lesson: "Creating the module", "Note on fit.").

Read this one to learn how training works. The lab itself trains with `fit.py`, which takes the same steps several times
as fast, can be paused and resumed, and reports as it goes; a test holds its weights to those of this loop.

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-5)
    plain_fit(model, batches, 3, optimizer)
    set_learning_rate(optimizer, 0.01)
    plain_fit(model, batches, 3, optimizer)
"""

from collections.abc import Iterable

from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

Batch = tuple[Tensor, Tensor, Tensor]
"""`user_idx`, `item_idx` and `rating` of one batch, shape (B,) each."""


def plain_fit(model: nn.Module, batches: Iterable[Batch], n_epochs: int, optimizer: Optimizer) -> list[float]:
    """Train `model` on all `batches`, `n_epochs` times over; the mean loss of each epoch's batches."""
    model.train()
    losses = []
    for _ in range(n_epochs):
        batch_losses = [training_step(model, batch, optimizer) for batch in batches]
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def training_step(model: nn.Module, batch: Batch, optimizer: Optimizer) -> float:
    """One step of gradient descent on one batch; its mean squared error before the step."""
    user_idx, item_idx, rating = batch
    optimizer.zero_grad()  # forget the gradients of the step before
    predicted = model(user_idx, item_idx)  # forward: what the model says now
    loss = functional.mse_loss(predicted, rating)
    loss.backward()  # backward: the gradient of the loss by every weight
    optimizer.step()  # move every weight against its gradient
    return loss.item()


def set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """The lesson's `set_lrs`: continue at another rate, with the same weights and the same momentum."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
