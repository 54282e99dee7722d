"""The story of a run, gathered from its events: what the curves are drawn from. Plain data, to and from JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cf_core.training.events import BatchEnded, EpochEnded, Event, FitEnded, FitStarted, event_from_json


class Progress(NamedTuple):
    """How far a run is: the share of its epochs, its speed and how long it still takes at that speed; the last two are
    None before the first report."""

    fraction: float
    ratings_per_second: float | None
    seconds_left: float | None


@dataclass
class History:
    """All events of a run by kind, in order."""

    started: FitStarted | None = None
    batches: list[BatchEnded] = field(default_factory=list)
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
            case EpochEnded():
                self.epochs.append(event)
            case FitEnded():
                self.ended = event

    def events(self) -> list[Event]:
        """The events again: the start, each epoch's reports before the epoch itself, the end."""
        timed: list[BatchEnded | EpochEnded] = [*self.batches, *self.epochs]
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

    def to_json(self) -> list[dict[str, Any]]:
        """The events as plain JSON; `from_json` gives the equal history back."""
        return [event.to_json() for event in self.events()]

    @classmethod
    def from_json(cls, records: Iterable[dict[str, Any]]) -> "History":
        """The history that `to_json` wrote."""
        return cls.of(event_from_json(record) for record in records)
