"""The story of a run, gathered from its events: what the curves are drawn from. Plain data, to and from JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cf_core.training.commands import FollowSchedule, SetLearningRate, Watch
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, Event, FitEnded, FitStarted, event_from_json


class Progress(NamedTuple):
    """How far a run is: the share of its epochs, its speed and how long it still takes at that speed; the last two are
    None before the first report."""

    fraction: float
    ratings_per_second: float | None
    seconds_left: float | None


class Watched(NamedTuple):
    """A prediction followed through the training: for which user and item, by index, and where it stood when, as pairs
    of a position on the axis of epochs and stars."""

    user_idx: int
    item_idx: int
    points: list[tuple[float, float]]


_RATE_COMMANDS = (SetLearningRate.kind, FollowSchedule.kind)


@dataclass
class History:
    """All events of a run by kind, in order."""

    started: FitStarted | None = None
    batches: list[BatchEnded] = field(default_factory=list)
    commands: list[CommandTaken] = field(default_factory=list)
    epochs: list[EpochEnded] = field(default_factory=list)
    ended: FitEnded | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> "History":
        """The history that the events make."""
        history = cls()
        for event in events:
            history.add(event)
        return history

    def add(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case FitStarted():
                self.started = event
            case BatchEnded():
                self.batches.append(event)
            case CommandTaken():
                self.commands.append(event)
            case EpochEnded():
                self.epochs.append(event)
            case FitEnded():
                self.ended = event

    def events(self) -> list[Event]:
        """The events again: the start; of each epoch its reports, its commands and itself; the end."""
        timed: list[BatchEnded | CommandTaken | EpochEnded] = [*self.batches, *self.commands, *self.epochs]
        ordered = sorted(timed, key=lambda event: event.epoch)
        first = [self.started] if self.started else []
        last = [self.ended] if self.ended else []
        return [*first, *ordered, *last]

    def progress(self) -> Progress:
        """How far the run is, by the ratings trained and the seconds that they took."""
        if self.started is None or not self.batches:
            return Progress(0.0, None, None)
        position = self.batches[-1].position
        last, whole = self.batches[-1], [e for e in self.epochs if e.epoch < self.batches[-1].epoch]
        seconds = last.seconds + sum(epoch.seconds for epoch in whole)
        if seconds == 0:
            return Progress(position / self.started.n_epochs, None, None)
        return Progress(
            position / self.started.n_epochs,
            position * self.started.n_train / seconds,
            (self.started.n_epochs - position) * seconds / position,
        )

    def until(self, epoch: int, batch: int) -> "History":
        """What had happened `batch` batches after whole epoch number `epoch`, without the end: where a run goes on."""
        position = epoch + (batch / self.started.n_batches if self.started else 0)
        return History(
            started=self.started,
            batches=[event for event in self.batches if event.position <= position],
            commands=[event for event in self.commands if event.position <= position],
            epochs=[event for event in self.epochs if event.epoch <= epoch],
        )

    @property
    def paused(self) -> bool:
        """Whether the run waits for a command: the last one that pauses or resumes has paused it."""
        if self.ended is not None:
            return False
        trained = self.batches[-1].position if self.batches else 0.0
        for command in reversed(self.commands):
            match command.command:
                case "set_learning_rate" | "follow_schedule" | "watch":
                    continue  # neither pauses nor resumes: what came before it still holds
                case "pause":
                    return True
                case "step_batch":
                    return trained > command.position
                case "step_epoch":
                    return trained >= command.epoch
                case _:
                    return False
        return False

    @property
    def held_rate(self) -> float | None:
        """The learning rate that a command has set; None where the schedule rules."""
        last = next((one for one in reversed(self.commands) if one.command in _RATE_COMMANDS), None)
        return None if last is None else last.learning_rate

    @property
    def watched(self) -> Watched | None:
        """The prediction that is watched, from the moment when that began; None where none is."""
        last = next((one for one in reversed(self.commands) if one.command == Watch.kind), None)
        if last is None or last.user_idx is None or last.item_idx is None:
            return None
        moments = [(last.position, last.prediction)]
        moments += [(report.position, report.prediction) for report in self.batches if report.position > last.position]
        points = [(position, stars) for position, stars in moments if stars is not None]
        return Watched(last.user_idx, last.item_idx, points)

    def to_json(self) -> list[dict[str, Any]]:
        """The events as plain JSON; `from_json` gives the equal history back."""
        return [event.to_json() for event in self.events()]

    @classmethod
    def from_json(cls, records: Iterable[dict[str, Any]]) -> "History":
        """The history that `to_json` wrote."""
        return cls.of(event_from_json(record) for record in records)
