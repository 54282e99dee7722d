"""The one training loop. Nothing in here has anything to do with files, processes or screens: it moves a `Training` on,
batch by batch, and yields events."""

import math
import queue
import time
from collections.abc import Iterable, Iterator
from itertools import islice

import torch
from torch import Tensor

from cf_core.config import Phase
from cf_core.models.modules import Model, clear_gradients
from cf_core.training.commands import Command, Control, SetLearningRate
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, Event, FitEnded, FitStarted, Outcome
from cf_core.training.losses import EpochSoFar, Meter
from cf_core.training.schedules import learning_rates
from cf_core.training.state import Rows, Training

RUNAWAY = 100
"""A batch's loss is runaway at this many times the squared width of the rating range, or the run's first loss."""

NORMS_EVERY = 5
"""So many reports lie between two that carry the norms of the weights."""

PART = 8_192
"""So many ratings are worked on at once, of a larger batch one part after the other: what they touch stays in the
processor's cache, and memory does not grow with the batch. Changes no number that matters. A batch of training stays
whole on a GPU, which wants much work at once, and for a model whose every step moves all items."""


def fit(
    training: Training, commands: "queue.SimpleQueue[Command] | None" = None, reports_per_epoch: int = 50
) -> Iterator[Event]:
    """Train what is left of `training`'s phases and yield what happens: `FitStarted`, then `BatchEnded` about
    `reports_per_epoch` times an epoch and `EpochEnded` after each, and `FitEnded` last, whose outcome is

    - "finished": all phases are done;
    - "stopped": by command; the weights are those of the last batch;
    - "diverged": a loss was not finite or ran away, at the batch that the message names;
    - "failed": the memory did not suffice.

    Losses stay on the device and are read once a report, so that a GPU never waits for Python within a report.
    """
    yield _fit_started(training)
    began = time.perf_counter()
    loop = _Loop(training, Control(commands), max(1, training.n_batches // reports_per_epoch))
    outcome: Outcome = "finished"
    message = ""
    try:
        yield from loop.run()
    except _Stopped:
        outcome, message = "stopped", "Stopped by command."
    except _Diverged as reason:
        outcome, message = "diverged", str(reason)
        if reason.last is not None:
            yield reason.last
    except (MemoryError, torch.OutOfMemoryError) as reason:
        outcome = "failed"
        message = f"Out of memory ({reason}). Take fewer factors or a smaller batch."
    yield FitEnded(outcome, training.n_epochs_done, time.perf_counter() - began, message)


class _Stopped(Exception):
    """The command to stop has come."""


class _Diverged(Exception):
    """The loss is beyond hope; says where and what to do. `last` is the report of the batch, where it has a number."""

    def __init__(self, message: str, last: BatchEnded | None = None) -> None:
        super().__init__(message)
        self.last = last


class _Loop:
    """One call of `fit`: the phases, epochs and batches still to go."""

    def __init__(self, training: Training, control: Control, report_every: int) -> None:
        self.training, self.control, self.report_every = training, control, report_every
        self.meter = Meter(training.so_far)

    def run(self) -> Iterator[Event]:
        training, first = self.training, 0
        for number, phase in enumerate(training.config.phases, start=1):
            rates = learning_rates(phase, training.n_batches).reshape(phase.n_trained, -1)
            for epoch_of_phase in range(max(0, training.n_epochs_done - first), phase.n_trained):
                last = epoch_of_phase == phase.n_trained - 1
                yield from self._epoch(number, phase, rates[epoch_of_phase].tolist(), last)
            first += phase.n_trained

    def _epoch(self, number: int, phase: Phase, rates: list[float], last_of_phase: bool) -> Iterator[Event]:
        training, control, n_batches = self.training, self.control, len(rates)
        training.model.train()
        self.meter = Meter(training.so_far)
        first = training.so_far.n_batches
        columns = (column.split(training.config.batch_size) for column in training.shuffled())
        rate = rates[max(first - 1, 0)]
        self.meter.resume()
        batches = enumerate(islice(zip(*columns, rates, strict=True), first, None), first + 1)
        for batch, (user_idx, item_idx, rating, scheduled) in batches:
            if control.calls:
                yield from self._obey(number, phase, batch - 1, n_batches, rate)
            rate = scheduled * training.rate_factor
            self.meter.add(self._step(user_idx, item_idx, rating, rate), len(rating))
            control.batch_trained()
            if self._report_due(batch, n_batches):
                yield self._report(number, batch, n_batches, rate)
        ended = self._epoch_ended(number, rate)
        training.n_epochs_done += 1
        training.so_far = EpochSoFar()
        if last_of_phase:
            training.rate_factor = 1.0  # a rate that was set ends with its phase
        yield ended

    def _obey(self, number: int, phase: Phase, batch: int, n_batches: int, rate: float) -> Iterator[Event]:
        """Take the commands that have come before batch `batch + 1`; while the run is paused, wait for more."""
        while (self.control.paused and self.meter.waiting) or self.control.calls:
            if self.meter.waiting:
                yield self._report(number, batch, n_batches, rate)
            command = self.control.take(n_batches - batch)
            if command is None:
                break
            new_rate = command.learning_rate if isinstance(command, SetLearningRate) else None
            if new_rate is not None:
                self.training.rate_factor = new_rate / phase.learning_rate
            epoch = self.training.n_epochs_done + 1
            yield CommandTaken(epoch, batch, n_batches, type(command).__name__, new_rate)
        if self.control.stopped:
            raise _Stopped
        self.meter.resume()

    def _report(self, number: int, batch: int, n_batches: int, rate: float) -> BatchEnded:
        """The losses since the last report.

        Raises:
            _Diverged: one of them is beyond hope.
        """
        norms = self._norms() if self._norms_due(batch, n_batches) else ({}, {})
        losses, epoch = self.meter.read(), self.training.n_epochs_done + 1
        seconds = self.training.so_far.seconds
        for at, loss in enumerate(losses.by_batch, start=batch - len(losses.by_batch) + 1):
            if self._is_hopeless(loss):
                last = BatchEnded(epoch, at, n_batches, number, loss, rate, seconds) if math.isfinite(loss) else None
                raise _Diverged(
                    f"The training loss is {loss:,.4f} at batch {at:,} of epoch {epoch}, at learning rate {rate:.3g}: "
                    "the steps overshoot. Try a learning rate ten times smaller, or smaller initial weights.",
                    last,
                )
        self.meter.resume()
        return BatchEnded(epoch, batch, n_batches, number, losses.mean, rate, seconds, *norms)

    def _norms_due(self, batch: int, n_batches: int) -> bool:
        """At the first report of an epoch, each fifth and the last: they change slowly."""
        number = batch // self.report_every
        return number == 1 or number % NORMS_EVERY == 0 or batch == n_batches

    def _norms(self) -> tuple[dict[str, float], dict[str, float]]:
        """The norms of the weights and of their gradients, read from the device at once."""
        named = dict(self.training.model.named_parameters())
        gradients = [weight.grad for weight in named.values() if weight.grad is not None]
        squares = [part.detach().square().sum() for part in (*named.values(), *gradients)]
        values = torch.stack(squares).sqrt().tolist()
        return _finite(named, values[: len(named)]), _finite(named, values[len(named) :])

    def _is_hopeless(self, loss: float) -> bool:
        """Not a number, or many times what the rating range and the run's first loss allow."""
        training = self.training
        if training.first_loss is None:
            training.first_loss = loss
        low, high = training.split.ratings.rating_range
        return not math.isfinite(loss) or loss > RUNAWAY * max((high - low) ** 2, training.first_loss)

    def _report_due(self, batch: int, n_batches: int) -> bool:
        """Every `report_every` batches; a last stretch too short for a report of its own joins the one before, because
        the mean of a few ratings is mostly noise."""
        return batch == n_batches or (batch % self.report_every == 0 and n_batches - batch >= self.report_every)

    @torch.inference_mode()  # spares every call what it would do for autograd
    def _step(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, rate: float) -> Tensor:
        """One step of gradient descent on one batch; gives the sum of its squared errors, shape (), still on the
        device."""
        model = self.training.model
        clear_gradients(model)
        n = len(rating)
        if n <= PART or model.table.is_dense or self.training.device.type != "cpu":
            squares = model.add_gradient(user_idx, item_idx, rating)
        else:
            parts = zip(*(column.split(PART) for column in (user_idx, item_idx, rating)), strict=True)
            squares = torch.stack([model.add_gradient(users, items, stars, n) for users, items, stars in parts]).sum()
        self.training.optimizer.step(rate, model.table.touched() if self.training.config.update == "sparse" else None)
        return squares

    def _epoch_ended(self, number: int, rate: float) -> EpochEnded:
        epoch, so_far = self.training.n_epochs_done + 1, self.training.so_far
        valid_loss, mae = evaluate(self.training.model, self.training.valid)
        if not math.isfinite(valid_loss):
            raise _Diverged(
                f"The validation loss is {valid_loss} after epoch {epoch}: the weights overflowed. "
                "Try a learning rate ten times smaller."
            )
        return EpochEnded(
            epoch=epoch,
            phase=number,
            train_loss=so_far.loss_sum / so_far.n_ratings,
            valid_loss=valid_loss,
            rmse=math.sqrt(valid_loss),
            mae=mae,
            learning_rate=rate,
            seconds=so_far.seconds,
            ratings_per_second=so_far.n_ratings / so_far.seconds,
        )


def _finite(names: Iterable[str], values: list[float]) -> dict[str, float]:
    """The values by name, to five digits, those that JSON has a number for."""
    return {name: float(f"{value:.5g}") for name, value in zip(names, values, strict=False) if math.isfinite(value)}


@torch.no_grad()
def evaluate(model: Model, rows: Rows) -> tuple[float, float]:
    """Mean squared error (squared stars) and mean absolute error (stars) of `model` on `rows`, dropout off."""
    model.eval()
    squared = absolute = torch.zeros((), dtype=torch.float64, device=rows.rating.device)
    for user_idx, item_idx, rating in zip(*(column.split(PART) for column in rows), strict=True):
        error = (model(user_idx, item_idx) - rating).double()
        squared, absolute = squared + error.square().sum(), absolute + error.abs().sum()
    return (squared / len(rows.rating)).item(), (absolute / len(rows.rating)).item()


def _fit_started(training: Training) -> FitStarted:
    return FitStarted(
        n_train=len(training.train.rating),
        n_valid=len(training.valid.rating),
        n_batches=training.n_batches,
        n_epochs=training.config.n_epochs,
        n_parameters=sum(weight.numel() for weight in training.model.parameters()),
        device=str(training.device),
        model=str(training.model),
        layers={name: list(weight.shape) for name, weight in training.model.named_parameters()},
    )
