"""The tables of the store as they are now; queries are written with these classes.

How a database gets there stands in `migrations/`, which the classes do not know; a test holds that both describe the
same tables, on SQLite and on PostgreSQL. A change of the tables is a new file there, and the same change here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cf_core.runs.store.column_types import INSTANT, LARGE, NUMBER, RECORD, TEXT


class Table(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map = {  # noqa: RUF012
        str: TEXT,
        float: NUMBER,
        dict[str, Any]: RECORD,
        dict[str, str]: RECORD,
        list[dict[str, Any]]: RECORD,
        list[list[Any]]: RECORD,
    }


class RunRow(Table):
    """One run. `created` and `deleted` are in ISO 8601, UTC; `holder` names the process that has queued or trains the
    run (see liveness.py); `address` is the mark of the address that it was submitted from (see visitor.py), ""
    where that is not known; `sweep_id` is the sweep that it is a trial of, or the winner; `task_id` the class or the
    task of a locked address that it was trained for, `member_id` by which member of the class."""

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str]
    owner: Mapped[str]
    spec: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    message: Mapped[str]
    holder: Mapped[str] = mapped_column("keeper")
    fingerprint: Mapped[str]
    versions: Mapped[dict[str, str]]
    seconds: Mapped[float | None]
    n_epochs_done: Mapped[int]
    valid_loss: Mapped[float | None]
    rmse: Mapped[float | None]
    has_factors: Mapped[bool]
    started: Mapped[dict[str, Any] | None] = mapped_column(RECORD)
    ended: Mapped[dict[str, Any] | None] = mapped_column(RECORD)
    name: Mapped[str]
    note: Mapped[str]
    deleted: Mapped[str | None]
    share_token: Mapped[str | None] = mapped_column(unique=True)
    guess: Mapped[dict[str, Any] | None] = mapped_column(RECORD)
    axis_names: Mapped[dict[str, str]]
    address: Mapped[str] = mapped_column(index=True)
    sweep_id: Mapped[str | None] = mapped_column(index=True)
    task_id: Mapped[str | None] = mapped_column(index=True)
    member_id: Mapped[str | None]


class EpochRow(Table):
    """One epoch of a run with its batch reports and commands, as events in JSON; `ended` is null until it has ended."""

    __tablename__ = "epochs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    batches: Mapped[list[dict[str, Any]]]
    ended: Mapped[dict[str, Any] | None] = mapped_column(RECORD)
    commands: Mapped[list[dict[str, Any]]]


class RatingSetRow(Table):
    """One set of a person's own ratings: `answers` are pairs of a raw item id and an answer, see `RatingSet`. `created`
    is in ISO 8601, UTC."""

    __tablename__ = "rating_sets"

    set_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    fingerprint: Mapped[str]
    answers: Mapped[list[list[Any]]]


class DataSetRow(Table):
    """One data set of a workspace; its files are in a folder that its id names, see data_sets.py. `created` and
    `deleted` are in ISO 8601, UTC; `address` as in `RunRow`."""

    __tablename__ = "data_sets"

    data_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    n_ratings: Mapped[int]
    n_bytes: Mapped[int] = mapped_column(LARGE)
    address: Mapped[str] = mapped_column(index=True)
    deleted: Mapped[str | None]


class SweepRow(Table):
    """One sweep: `base` is the run that it varies, `spec` how it searches. Its trials are rows of `runs`. `created` is
    in ISO 8601, UTC. `state` is what its owner wants of it ("running", "paused", "stopped"); `address` is where they
    come from, and `holder` which process conducts it, as in `RunRow`; `message` says why it pauses or has no winner;
    `ended` is when it was over, in ISO 8601, UTC."""

    __tablename__ = "sweeps"

    sweep_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    base: Mapped[dict[str, Any]]
    spec: Mapped[dict[str, Any]]
    state: Mapped[str]
    address: Mapped[str]
    holder: Mapped[str]
    message: Mapped[str]
    ended: Mapped[str | None]


class ClassRow(Table):
    """One class: `code` is what students join with, `teacher_key` what its teacher's address holds, `owner` the
    teacher's workspace, `task` the record of a `Task`. `created`, `ends` (when it is to end) and `ended` (when its
    teacher ended it) are in ISO 8601, UTC."""

    __tablename__ = "classes"

    class_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    teacher_key: Mapped[str] = mapped_column(unique=True)
    owner: Mapped[str] = mapped_column(index=True)
    task: Mapped[dict[str, Any]]
    ends: Mapped[str | None]
    ended: Mapped[str | None]


class MemberRow(Table):
    """One student in a class: `owner` is their workspace, `nickname_key` what no two members of a class may share, null
    for one who was removed; `n_runs` counts the runs that they have submitted, those that are gone since, too. `joined`
    and `removed` (when the teacher took them out) are in ISO 8601, UTC."""

    __tablename__ = "members"

    member_id: Mapped[str] = mapped_column(primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("classes.class_id", ondelete="CASCADE"), index=True)
    owner: Mapped[str] = mapped_column(index=True)
    nickname: Mapped[str]
    nickname_key: Mapped[str | None]
    joined: Mapped[str]
    removed: Mapped[str | None]
    n_runs: Mapped[int]

    __table_args__ = (Index("members_nickname", "class_id", "nickname_key", unique=True),)


class LeaseRow(Table):
    """One process that holds runs or sweeps in a store without a common folder: `name` is what it is called in their
    `holder`, `renewed` when it last said that it lives, by the database's clock (see liveness.py)."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    renewed: Mapped[datetime] = mapped_column(INSTANT)


class PoolRunRow(Table):
    """One run that the pool of a cluster has in training or queued: `pool` is the process of the pool, as in `holder`
    of `RunRow`, "" where it has ended in order; `n_revivals` is how often the run has gone on by itself, `commands`
    what it is to be told when it goes on (see pool_runs.py)."""

    __tablename__ = "pool_runs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    pool: Mapped[str]
    n_revivals: Mapped[int]
    commands: Mapped[list[dict[str, Any]]]


class RemovalRow(Table):
    """One folder of files that has no row any more, and may not have been removed yet (see
    folder_removal.py)."""

    __tablename__ = "removals"

    folder: Mapped[str] = mapped_column(primary_key=True)


class SecretRow(Table):
    """One secret of a lab that has no folder to keep it in, in hexadecimal digits."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
