"""The history of an exported run as it comes in: its events, each of the right types, and all of one piece."""

from typing import Any

from cf_core.data.split import Split
from cf_core.errors import BadExportError
from cf_core.exports.importing.record import ExportedRun
from cf_core.exports.importing.typed_json import build
from cf_core.settings import check_setting
from cf_core.training.commands import COMMANDS, Interrupt
from cf_core.training.events import EVENTS, CommandTaken, EpochEnded, Event, FitStarted, InEpoch
from cf_core.training.history import History

MOST_EVENTS = 300_000


def checked_history(run: ExportedRun, records: list[dict[str, Any]], split: Split) -> History:
    """The history that the records make.

    Raises:
        BadExportError, ConfigError: they make none that a run of these settings on this split can have.
    """
    if len(records) > MOST_EVENTS:
        raise BadExportError(f"its history has more than {MOST_EVENTS:,} events")
    events = [_event(record, f"history[{number}]") for number, record in enumerate(records)]
    history = History.of(events)
    if history.events() != events:
        raise BadExportError("the events of its history are not in order")
    _check_start(history, run, split)
    for report in history.batches:
        _check_position(report, history, run, first=1)
        _check_phase(report.phase, run)
    for command in history.commands:
        _check_position(command, history, run, first=0)
        _check_command(command, split)
    _check_epochs(history.epochs, run)
    _check_end(history, run)
    return history


def _event(record: Any, where: str) -> Event:
    fields = dict(record) if isinstance(record, dict) else {}
    kind = fields.pop("event", None)
    if not isinstance(kind, str) or kind not in EVENTS:
        raise BadExportError(f"{where} is no event")
    return build(EVENTS[kind], fields, where)


def _check_start(history: History, run: ExportedRun, split: Split) -> None:
    started = history.started
    if started is None:
        if history.batches or history.epochs or history.commands or run.n_epochs_done:
            raise BadExportError("its history has no beginning")
        return
    n_batches = -(-len(split.train_rows) // run.spec.config.batch_size)
    wanted = len(split.train_rows), len(split.valid_rows), n_batches
    if (started.n_train, started.n_valid, started.n_batches) != wanted:
        raise BadExportError("it was trained on other ratings than its split of these data has")
    check_setting("n_epochs", started.n_epochs)


def _check_position(event: InEpoch, history: History, run: ExportedRun, first: int) -> None:
    assert isinstance(history.started, FitStarted)
    under_way = min(run.n_epochs_done + 1, run.spec.config.n_epochs)
    if event.n_batches != history.started.n_batches or not first <= event.batch <= event.n_batches:
        raise BadExportError("an event of its history is at no batch that it has")
    if not 1 <= event.epoch <= under_way:
        raise BadExportError("an event of its history is in no epoch that it has")


def _check_command(event: CommandTaken, split: Split) -> None:
    if event.command not in {*COMMANDS, Interrupt.kind}:
        raise BadExportError("its history has a command that there is not")
    if event.learning_rate is not None:
        check_setting("learning_rate", event.learning_rate)
    for index, n in ((event.user_idx, split.ratings.n_users), (event.item_idx, split.ratings.n_items)):
        if index is not None and not 0 <= index < n:
            raise BadExportError("its history watches what is not in the data")


def _check_epochs(epochs: list[EpochEnded], run: ExportedRun) -> None:
    if [epoch.epoch for epoch in epochs] != [*range(1, run.n_epochs_done + 1)]:
        raise BadExportError("the epochs of its history do not follow one another")
    if run.n_epochs_done > run.spec.config.n_epochs:
        raise BadExportError("it has trained more epochs than it was to train")
    for epoch in epochs:
        _check_phase(epoch.phase, run)
        if min(epoch.train_loss, epoch.valid_loss, epoch.rmse, epoch.mae, epoch.seconds) < 0:
            raise BadExportError("an epoch of its history has a loss or a time below zero")


def _check_end(history: History, run: ExportedRun) -> None:
    outcome = "interrupted" if history.ended is None else history.ended.outcome
    if outcome != run.outcome or (outcome == "finished" and run.n_epochs_done != run.spec.config.n_epochs):
        raise BadExportError("its outcome is not that of its history")
    if run.has_factors and not history.batches:
        raise BadExportError("it has weights, and nothing was trained")


def _check_phase(phase: int, run: ExportedRun) -> None:
    if not 1 <= phase <= len(run.spec.config.phases):
        raise BadExportError("an event of its history is in a phase that there is not")
