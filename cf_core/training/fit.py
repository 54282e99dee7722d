"""The one training loop that the lab runs: moves a `TrainingState` on, batch by batch, and yields events.

It takes the steps of `plain_loop.py`, the lesson's loop; what is added is commands, reports, schedules and speed.
"""

import math
import queue
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import torch
from torch import Tensor

from cf_core.errors import ConfigError
from cf_core.training.commands import Command, Control, FollowSchedule, SetLearningRate, Watch
from cf_core.training.evaluate import evaluate, predict
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, Event, FitEnded, FitStarted, Outcome
from cf_core.training.losses import EpochProgress, LossAccumulator
from cf_core.training.parts import Part, PartsInThreads
from cf_core.training.rows import Rows
from cf_core.training.schedules import learning_rates
from cf_core.training.state import TrainingState

DIVERGENCE_FACTOR = 100
"""A run has diverged when a batch's loss is this many times the squared width of the rating range, or the first
loss."""

NORMS_EVERY = 5
"""Every so many reports, one carries the norms of the weights."""

MICRO_BATCH = 8_192
"""A larger batch is worked off in parts of so many ratings whose gradients add up: what they touch stays in the
processor's cache, and memory does not grow with the batch. Changes no number that matters. A batch stays whole on a
GPU, which wants much work at once, and for a model whose every step moves all items."""


def fit(
    training: TrainingState, commands: "queue.SimpleQueue[Command] | None" = None, reports_per_epoch: int = 50
) -> Iterator[Event]:
    """Train what is left of `training`'s phases and yield what happens: `FitStarted`, then `BatchEnded` about
    `reports_per_epoch` times per epoch and `EpochEnded` after each, and `FitEnded` last, whose outcome is

    - "finished": all phases are done;
    - "stopped": by command; the weights are those of the last batch;
    - "diverged": a loss was not finite or ran away, at the batch that the message names;
    - "failed": ran out of memory.

    Losses stay on the device and are read once per report, so that a GPU never waits for Python within a report.

    Raises:
        RuntimeError: the model was moved or converted since its gradients were made, see `SharedTable.check_shared`.
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
    finally:
        loop.close()
    yield FitEnded(outcome, training.n_epochs_done, time.perf_counter() - began, message)


class _Stopped(Exception):
    """The command to stop has come."""


class _Diverged(Exception):
    """A loss is not finite or has run away; says where and what to do."""


class _Loop:
    """One call of `fit`: the phases, epochs and batches still to go."""

    def __init__(self, training: TrainingState, control: Control, report_every: int) -> None:
        self.training, self.control, self.report_every = training, control, report_every
        self.losses = LossAccumulator(training.epoch_progress)
        self.parts: PartsInThreads | None = None
        if (n := torch.get_num_threads()) > 1 and training.gradients.in_table and training.device.type == "cpu":
            self.parts = PartsInThreads(training.gradients, n)

    def close(self) -> None:
        """End the threads for parts of batches, where there are any."""
        if self.parts:
            self.parts.close()

    def run(self) -> Iterator[Event]:
        training, first = self.training, 0
        for number, phase in enumerate(training.config.phases, start=1):
            rates = learning_rates(phase, training.n_batches).reshape(phase.n_trained, -1)
            self._give_back_rate(number, first)
            for epoch_of_phase in range(max(0, training.n_epochs_done - first), phase.n_trained):
                yield from self._epoch(number, rates[epoch_of_phase].tolist())
            first += phase.n_trained

    def _epoch(self, number: int, rates: list[float]) -> Iterator[Event]:
        """Train the rest of one epoch of phase `number`, whose batches have these scheduled learning rates."""
        training, control, n_batches = self.training, self.control, len(rates)
        training.gradients.table.check_shared()
        training.model.train()
        self.losses = LossAccumulator(training.epoch_progress)
        rate = rates[max(training.epoch_progress.n_batches - 1, 0)]
        remaining = self._remaining_batches(rates)
        self.losses.resume()
        for batch, ((user_idx, item_idx, rating), scheduled) in remaining:
            if control.has_pending:
                yield from self._handle_commands(number, batch - 1, n_batches, rate)
            rate = scheduled if training.held_rate is None else training.held_rate
            self.losses.add(self._step(user_idx, item_idx, rating, rate), len(rating))
            control.batch_trained()
            if self._report_due(batch, n_batches):
                yield from self._report(number, batch, n_batches, rate)
        ended = self._epoch_ended(number, rate)
        training.n_epochs_done += 1
        training.epoch_progress = EpochProgress()
        if training.n_epochs_done == training.config.n_epochs:
            training.held_rate = None
        yield ended

    def _give_back_rate(self, number: int, n_epochs_before: int) -> None:
        """A rate that was set by hand ends with the run: where phase `number` was added to one that had been stopped,
        it begins at its own rate."""
        training = self.training
        begins = training.n_epochs_done == n_epochs_before and training.epoch_progress.n_batches == 0
        if number > 1 and begins and training.config.phases[number - 2].cut_after is not None:
            training.held_rate = None

    def _remaining_batches(self, rates: list[float]) -> Iterator[tuple[int, tuple[Rows, float]]]:
        """The batches of the epoch that are not yet trained: the number of each, from 1, its rows and its scheduled
        learning rate."""
        done, size = self.training.epoch_progress.n_batches, self.training.config.batch_size
        blocks = self._off_the_clock(self.training.blocks(done))
        batches = chain.from_iterable(block.split(size) for block in blocks)
        return enumerate(zip(batches, rates[done:], strict=True), start=done + 1)

    def _off_the_clock(self, blocks: Iterator[Rows]) -> Iterator[Rows]:
        """The same; the time that it takes to get them is not that of training steps."""
        while True:
            self.losses.pause()
            block = next(blocks, None)
            self.losses.resume()
            if block is None:
                return
            yield block

    def _handle_commands(self, number: int, batch: int, n_batches: int, rate: float) -> Iterator[Event]:
        """Take the commands that have come before batch `batch + 1`; while the run is paused, wait for more."""
        while (self.control.paused and self.losses.has_unread) or self.control.has_pending:
            if self.losses.has_unread:
                yield from self._report(number, batch, n_batches, rate)
            command = self.control.next_command(n_batches - batch)
            if command is None:
                break
            self._obey(command)
            yield self._taken(command, batch, n_batches)
        if self.control.stopped:
            raise _Stopped
        self.losses.resume()

    def _obey(self, command: Command) -> None:
        """What a command changes about the training, beyond when it goes on."""
        match command:
            case SetLearningRate():
                self.training.held_rate = command.learning_rate
            case FollowSchedule():
                self.training.held_rate = None
            case Watch():
                ratings = self.training.split.ratings
                if command.user_idx >= ratings.n_users or command.item_idx >= ratings.n_items:
                    raise ConfigError(f"{command}: there are {ratings.n_users:,} users and {ratings.n_items:,} items.")
                self.training.watched = command.user_idx, command.item_idx

    def _taken(self, command: Command, batch: int, n_batches: int) -> CommandTaken:
        """The report that a command has been taken."""
        taken = CommandTaken(self.training.n_epochs_done + 1, batch, n_batches, command.kind)
        match command:
            case SetLearningRate():
                return replace(taken, learning_rate=command.learning_rate)
            case Watch():
                prediction = self._prediction()
                return replace(taken, user_idx=command.user_idx, item_idx=command.item_idx, prediction=prediction)
        return taken

    def _prediction(self) -> float | None:
        """That for the watched user and item, in stars, dropout off; None where none is watched, or it is no number."""
        if self.training.watched is None:
            return None
        stars = predict(self.training.model, *self.training.watched)
        self.training.model.train()
        return float(f"{stars:.5g}") if math.isfinite(stars) else None

    def _report(self, number: int, batch: int, n_batches: int, rate: float) -> Iterator[BatchEnded]:
        """The losses since the last report; at a batch that diverged, its own loss if that is a number.

        Raises:
            _Diverged: one of them is not finite or has run away.
        """
        norms = self._norms() if self._norms_due(batch, n_batches) else ({}, {})
        losses, epoch = self.losses.read(), self.training.n_epochs_done + 1
        seconds = self.training.epoch_progress.seconds
        for at, loss in enumerate(losses.by_batch, start=batch - len(losses.by_batch) + 1):
            if self._has_diverged(loss):
                if math.isfinite(loss):
                    yield BatchEnded(epoch, at, n_batches, number, loss, rate, seconds)
                shown = f"{loss:,.0f}" if math.isfinite(loss) and abs(loss) >= 100 else f"{loss:.4f}"
                raise _Diverged(
                    f"The training loss is {shown} at batch {at:,} of epoch {epoch}, at learning rate {rate:.3g}: "
                    "the steps overshoot. Try a learning rate ten times smaller, or smaller initial weights."
                )
        prediction = self._prediction()
        self.losses.resume()
        yield BatchEnded(epoch, batch, n_batches, number, losses.mean, rate, seconds, *norms, prediction)

    def _norms_due(self, batch: int, n_batches: int) -> bool:
        """At the first report of an epoch, each fifth and the last: they change slowly."""
        number = batch // self.report_every
        return number == 1 or number % NORMS_EVERY == 0 or batch == n_batches

    def _norms(self) -> tuple[dict[str, float], dict[str, float]]:
        """The norms of the weights and of their gradients, read from the device at once."""
        named = dict(self.training.model.named_parameters())
        gradients = [weight.grad for weight in named.values() if weight.grad is not None]
        values = torch.stack([_norm(part.detach()) for part in (*named.values(), *gradients)]).tolist()
        return _finite(named, values[: len(named)]), _finite(named, values[len(named) :])

    def _has_diverged(self, loss: float) -> bool:
        """Not a number, or many times what the rating range and the run's first loss allow."""
        training = self.training
        if training.first_loss is None:
            training.first_loss = loss
        low, high = training.split.ratings.rating_range
        return not math.isfinite(loss) or loss > DIVERGENCE_FACTOR * max((high - low) ** 2, training.first_loss)

    def _report_due(self, batch: int, n_batches: int) -> bool:
        """Every `report_every` batches; a last stretch too short for a report of its own joins the one before, because
        the mean of a few ratings is mostly noise."""
        return batch == n_batches or (batch % self.report_every == 0 and n_batches - batch >= self.report_every)

    @torch.inference_mode()  # spares every call the bookkeeping for autograd
    def _step(self, user_idx: Tensor, item_idx: Tensor, rating: Tensor, rate: float) -> Tensor:
        """`plain_loop.training_step`, with the gradients written out; gives the sum of the squared errors, shape (),
        still on the device."""
        training = self.training
        gradients, n = training.gradients, len(rating)
        gradients.clear()
        if n <= MICRO_BATCH or gradients.table.moves_every_row or training.device.type != "cpu":
            squared_error_sum = gradients.accumulate(user_idx, item_idx, rating)
        else:
            parts = list(zip(*(column.split(MICRO_BATCH) for column in (user_idx, item_idx, rating)), strict=True))
            squared_error_sum = self._in_parts(parts, n)
        squared_error_sum = gradients.combine(squared_error_sum)
        training.optimizer.step(rate, gradients.table.touched() if training.config.update == "sparse" else None)
        return squared_error_sum

    def _in_parts(self, parts: list[Part], n: int) -> Tensor:
        """Accumulate the gradients of a batch of n ratings part by part; gives the sum of the squared errors."""
        if self.parts:
            return self.parts.accumulate(parts, n)
        return torch.stack([self.training.gradients.accumulate(*part, n) for part in parts]).sum()

    def _epoch_ended(self, number: int, rate: float) -> EpochEnded:
        epoch, progress = self.training.n_epochs_done + 1, self.training.epoch_progress
        valid_loss, mae = evaluate(self.training.model, self.training.valid)
        if not math.isfinite(valid_loss):
            raise _Diverged(
                f"The validation loss is {valid_loss} after epoch {epoch}: the weights overflowed. "
                "Try a learning rate ten times smaller."
            )
        return EpochEnded(
            epoch=epoch,
            phase=number,
            train_loss=progress.loss_sum / progress.n_ratings,
            valid_loss=valid_loss,
            rmse=math.sqrt(valid_loss),
            mae=mae,
            learning_rate=rate,
            seconds=progress.seconds,
            ratings_per_second=progress.n_ratings / progress.seconds,
        )


def _norm(weight: Tensor) -> Tensor:
    """Row by row, and then of the rows' norms: a square of each number would take as much memory as the weights, and
    one float32 sum over millions of them loses a percent."""
    return torch.linalg.vector_norm(torch.linalg.vector_norm(weight, dim=-1))


def _finite(names: Iterable[str], values: list[float]) -> dict[str, float]:
    """The values by name, to five digits, those that JSON has a number for."""
    return {name: float(f"{value:.5g}") for name, value in zip(names, values, strict=False) if math.isfinite(value)}


def _fit_started(training: TrainingState) -> FitStarted:
    return FitStarted(
        n_train=len(training.train),
        n_valid=len(training.valid),
        n_batches=training.n_batches,
        n_epochs=training.config.n_epochs,
        n_parameters=sum(weight.numel() for weight in training.model.parameters()),
        device=str(training.device),
        model=str(training.model),
        layers={name: list(weight.shape) for name, weight in training.model.named_parameters()},
    )
