"""The one training loop. Nothing in here has anything to do with files, processes or screens: it moves a `Training` on,
batch by batch, and yields events."""

import math
import queue
import time
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from cf_core.models import EmbeddingNet, Model, zero_gradients
from cf_core.training.commands import Command, Control
from cf_core.training.config import Phase
from cf_core.training.events import BatchEnded, EpochEnded, Event, FitEnded, FitStarted, Outcome
from cf_core.training.schedules import learning_rates
from cf_core.training.state import Rows, Training

RUNAWAY = 100
"""A batch's loss is runaway at this many times the squared width of the rating range, or the run's first loss."""

VALIDATION_CHUNK = 65_536
"""Rows that are predicted at once in validation: bounds the memory, changes no number that matters."""


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
    except (MemoryError, torch.OutOfMemoryError) as reason:
        outcome = "failed"
        message = f"Out of memory ({reason}). Take fewer factors or a smaller batch."
    yield FitEnded(outcome, training.n_epochs_done, time.perf_counter() - began, message)


class _Stopped(Exception):
    """The command to stop has come."""


class _Diverged(Exception):
    """The loss is beyond hope; says where and what to do."""


class _Loop:
    """One call of `fit`: the phases, epochs and batches still to go."""

    def __init__(self, training: Training, control: Control, report_every: int) -> None:
        self.training, self.control, self.report_every = training, control, report_every
        self.weights = list(training.model.parameters())
        width = training.split.ratings.rating_range[1] - training.split.ratings.rating_range[0]
        self.highest_loss = RUNAWAY * width**2

    def run(self) -> Iterator[Event]:
        done = self.training.n_epochs_done
        first_of_phase = 0
        for phase_number, phase in enumerate(self.training.config.phases, start=1):
            rates = learning_rates(phase, self.training.n_batches).reshape(phase.n_epochs, -1)
            self.control.rate_factor = 1.0
            for epoch_of_phase in range(max(0, done - first_of_phase), phase.n_epochs):
                yield from self._epoch(phase_number, phase, rates[epoch_of_phase].tolist())
            first_of_phase += phase.n_epochs

    def _epoch(self, phase_number: int, phase: Phase, rates: list[float]) -> Iterator[Event]:
        training, control, n_batches = self.training, self.control, len(rates)
        epoch = training.n_epochs_done + 1
        meter = _Meter()
        training.model.train()

        def report(batch: int) -> BatchEnded:
            loss = self._checked(meter.read(), epoch, batch, rate)
            return BatchEnded(epoch, batch, n_batches, phase_number, loss, rate, meter.seconds)

        meter.resume()
        batches = zip(*(column.split(training.config.batch_size) for column in training.shuffled()), rates, strict=True)
        for batch, (user_idx, item_idx, rating, scheduled_rate) in enumerate(batches, start=1):
            control.take_waiting(phase.learning_rate, n_batches - batch + 1)
            if control.paused:
                if meter.waiting:
                    yield report(batch - 1)
                control.wait(phase.learning_rate, n_batches - batch + 1)
                meter.resume()
            if control.stopped:
                raise _Stopped
            rate = scheduled_rate * control.rate_factor
            meter.add(self._step(user_idx, item_idx, rating, rate), len(rating))
            control.batch_trained()
            if self._report_due(batch, n_batches):
                yield report(batch)
                meter.resume()
        training.n_epochs_done = epoch
        yield self._epoch_ended(epoch, phase_number, meter, rate)

    def _report_due(self, batch: int, n_batches: int) -> bool:
        """Every `report_every` batches; a last stretch too short for a report of its own joins the one before, because
        the mean of a few ratings is mostly noise."""
        return batch == n_batches or (batch % self.report_every == 0 and n_batches - batch >= self.report_every)

    def _step(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, rate: float) -> Tensor:
        """One step of gradient descent on one batch; gives the batch's loss, shape (), still on the device."""
        model, optimizer = self.training.model, self.training.optimizer
        zero_gradients(self.weights)
        if isinstance(model, EmbeddingNet):
            loss = functional.mse_loss(model(user_idx, item_idx), rating)
            loss.backward()
        else:
            loss = model.add_gradient(user_idx, item_idx, rating)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        return loss.detach()

    def _checked(self, losses: "_Read", epoch: int, last_batch: int, rate: float) -> float:
        """The mean loss since the last report, or `_Diverged` at the first batch whose loss is beyond hope."""
        if epoch == 1 and last_batch == len(losses.by_batch):
            self.highest_loss = max(self.highest_loss, RUNAWAY * losses.by_batch[0])
        for batch, loss in enumerate(losses.by_batch, start=last_batch - len(losses.by_batch) + 1):
            if not math.isfinite(loss) or loss > self.highest_loss:
                raise _Diverged(
                    f"The training loss is {loss:.4g} at batch {batch:,} of epoch {epoch}, at learning rate "
                    f"{rate:.3g}: the steps overshoot. Try a learning rate ten times smaller, or smaller initial "
                    "weights."
                )
        return losses.mean

    def _epoch_ended(self, epoch: int, phase_number: int, meter: "_Meter", rate: float) -> EpochEnded:
        valid_loss, mae = evaluate(self.training.model, self.training.valid)
        if not math.isfinite(valid_loss):
            raise _Diverged(
                f"The validation loss is {valid_loss} after epoch {epoch}: the weights overflowed. "
                "Try a learning rate ten times smaller."
            )
        return EpochEnded(
            epoch=epoch,
            phase=phase_number,
            train_loss=meter.sum / meter.n_ratings,
            valid_loss=valid_loss,
            rmse=math.sqrt(valid_loss),
            mae=mae,
            learning_rate=rate,
            seconds=meter.seconds,
            ratings_per_second=meter.n_ratings / meter.seconds,
        )


class _Read:
    """Losses of the batches since the last report, and their mean weighted by batch size."""

    def __init__(self, by_batch: list[float], sizes: list[int]) -> None:
        self.by_batch = by_batch
        self.sum = sum(loss * size for loss, size in zip(by_batch, sizes, strict=True))
        self.mean = self.sum / sum(sizes)


class _Meter:
    """An epoch's losses and its time in training steps, read from the device at reports only."""

    def __init__(self) -> None:
        self.waiting: list[Tensor] = []
        self.sizes: list[int] = []
        self.sum, self.n_ratings, self.seconds = 0.0, 0, 0.0
        self._resumed = 0.0

    def resume(self) -> None:
        """Start the clock, at the epoch's beginning and after each report."""
        self._resumed = time.perf_counter()

    def add(self, loss: Tensor, size: int) -> None:
        self.waiting.append(loss)
        self.sizes.append(size)

    def read(self) -> _Read:
        """Read what has come since the last report and stop the clock."""
        read = _Read(torch.stack(self.waiting).tolist(), self.sizes)
        self.seconds += time.perf_counter() - self._resumed
        self.sum += read.sum
        self.n_ratings += sum(self.sizes)
        self.waiting, self.sizes = [], []
        return read


@torch.no_grad()
def evaluate(model: Model, rows: Rows) -> tuple[float, float]:
    """Mean squared error (squared stars) and mean absolute error (stars) of `model` on `rows`, dropout off."""
    model.eval()
    squared = absolute = torch.zeros((), dtype=torch.float64, device=rows.rating.device)
    for user_idx, item_idx, rating in zip(*(column.split(VALIDATION_CHUNK) for column in rows), strict=True):
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
