"""Converts between the rows of the tables and the objects of the program: runs, histories, epochs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

from cf_core.runs.spec import Run, RunOutcome, RunSpec
from cf_core.runs.store.tables import EpochRow, RunRow
from cf_core.runs.visitor import address_mark
from cf_core.tasks.task import TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.events import BatchEnded, CommandTaken
from cf_core.training.history import History


def new_row(
    run_id: str,
    spec: RunSpec,
    owner: str,
    holder: str,
    created: datetime,
    guess: Guess | None,
    address: str,
    task: TaskMark | None = None,
) -> RunRow:
    """The row of a queued run, with the mark of `address` alone."""
    return RunRow(
        run_id=run_id,
        created=created.isoformat(),
        owner=owner,
        spec=spec.to_json(),
        outcome="queued",
        message="",
        holder=holder,
        fingerprint="",
        versions={},
        n_epochs_done=0,
        has_factors=False,
        name="",
        note="",
        guess=None if guess is None or guess.is_empty else guess.to_json(),
        axis_names={},
        address=address_mark(address),
        sweep_id=None if spec.sweep is None else spec.sweep.sweep_id,
        task_id=None if task is None else task.task_id,
        member_id=None if task is None else task.member_id,
    )


def run_of(row: RunRow) -> Run:
    """The run that the row describes."""
    return Run(
        run_id=row.run_id,
        spec=RunSpec.from_json(row.spec),
        owner=row.owner,
        outcome=cast(RunOutcome, row.outcome),
        message=row.message,
        created=datetime.fromisoformat(row.created),
        seconds=row.seconds,
        n_epochs_done=row.n_epochs_done,
        valid_loss=row.valid_loss,
        rmse=row.rmse,
        fingerprint=row.fingerprint,
        versions=row.versions,
        has_factors=row.has_factors,
        name=row.name,
        note=row.note,
        deleted=None if row.deleted is None else datetime.fromisoformat(row.deleted),
        share_token=row.share_token,
        guess=None if row.guess is None else Guess.from_json(row.guess),
        axis_names=row.axis_names,
        task=None if row.task_id is None else TaskMark(row.task_id, row.member_id or ""),
    )


def epoch_rows(run_id: str, history: History, after: int) -> Iterator[EpochRow]:
    """A row for each epoch of `history` later than epoch `after`, including the one under way."""
    ended = {epoch.epoch: epoch.to_json() for epoch in history.epochs}
    timed: list[BatchEnded | CommandTaken] = [*history.batches, *history.commands]
    for number in sorted({event.epoch for event in timed} | set(ended)):
        if number > after:
            yield EpochRow(
                run_id=run_id,
                epoch=number,
                batches=[batch.to_json() for batch in history.batches if batch.epoch == number],
                commands=[command.to_json() for command in history.commands if command.epoch == number],
                ended=ended.get(number),
            )


def history_of(row: RunRow, epochs: Iterable[EpochRow]) -> History:
    """The history of a run from its row and its epochs' rows, which are in order."""
    of_epochs = (record for epoch in epochs for record in (*epoch.batches, *epoch.commands, epoch.ended))
    return History.from_json(record for record in (row.started, *of_epochs, row.ended) if record is not None)
