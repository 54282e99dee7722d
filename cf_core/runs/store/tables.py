"""The tables of the store, and the migrations that bring an older database up to them.

The schema stands here twice on purpose. The classes say what the tables are now, and queries are written with them;
`MIGRATIONS` says how a database gets there, a new one from nothing and an old one from the version that wrote it, which
the classes no longer know. A test holds that both describe the same tables.

A database carries the number of migrations it has had in `PRAGMA user_version`. A migration, once released, is never
edited: a change of the tables is a new one at the end of `MIGRATIONS`, and the same change in the classes.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map = {  # noqa: RUF012
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[dict[str, Any]]: JSON,
        list[list[Any]]: JSON,
    }


class RunRow(Table):
    """One run. `created` and `deleted` are in ISO 8601, UTC; `holder` names the process that has queued or trains the
    run (see process_locks.py); `address` is the mark of the address that it was submitted from (see visitor.py), ""
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
    started: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ended: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    name: Mapped[str]
    note: Mapped[str]
    deleted: Mapped[str | None]
    share_token: Mapped[str | None] = mapped_column(unique=True)
    guess: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
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
    ended: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
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
    n_bytes: Mapped[int]
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


def _create_tables(connection: Connection) -> None:
    connection.execute(
        text("""
        CREATE TABLE runs (
            run_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            spec JSON NOT NULL,
            outcome VARCHAR NOT NULL,
            message VARCHAR NOT NULL,
            keeper VARCHAR NOT NULL,
            fingerprint VARCHAR NOT NULL,
            versions JSON NOT NULL,
            seconds DOUBLE,
            n_epochs_done INTEGER NOT NULL,
            valid_loss DOUBLE,
            rmse DOUBLE,
            has_factors BOOLEAN NOT NULL,
            started JSON,
            ended JSON
        )""")
    )
    connection.execute(
        text("""
        CREATE TABLE epochs (
            run_id VARCHAR NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            batches JSON NOT NULL,
            ended JSON,
            PRIMARY KEY (run_id, epoch)
        )""")
    )


def _add_workspaces(connection: Connection) -> None:
    """What owners add to their runs, and the commands that a run was given."""
    for statement in (
        "ALTER TABLE runs ADD COLUMN name VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN note VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN deleted VARCHAR",
        "ALTER TABLE runs ADD COLUMN share_token VARCHAR",
        "CREATE UNIQUE INDEX runs_share_token ON runs (share_token)",
        "ALTER TABLE epochs ADD COLUMN commands JSON NOT NULL DEFAULT '[]'",
    ):
        connection.execute(text(statement))


def _add_guesses(connection: Connection) -> None:
    """What owners guess of a run before it starts."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN guess JSON"))


def _add_axis_names(connection: Connection) -> None:
    """What owners call the components of their runs."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN axis_names JSON NOT NULL DEFAULT '{}'"))


def _add_rating_sets(connection: Connection) -> None:
    """Ratings of people who are no users of the data."""
    connection.execute(
        text("""
        CREATE TABLE rating_sets (
            set_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            name VARCHAR NOT NULL,
            fingerprint VARCHAR NOT NULL,
            answers JSON NOT NULL
        )""")
    )
    connection.execute(text("CREATE INDEX ix_rating_sets_owner ON rating_sets (owner)"))


def _add_addresses(connection: Connection) -> None:
    """Where runs were submitted from; of older ones that is not known."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN address VARCHAR NOT NULL DEFAULT ''"))
    connection.execute(text("CREATE INDEX ix_runs_address ON runs (address)"))


def _add_data_sets(connection: Connection) -> None:
    """Data sets of workspaces."""
    connection.execute(
        text("""
        CREATE TABLE data_sets (
            data_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            name VARCHAR NOT NULL,
            n_ratings INTEGER NOT NULL,
            n_bytes INTEGER NOT NULL,
            address VARCHAR NOT NULL,
            deleted VARCHAR
        )""")
    )
    connection.execute(text("CREATE INDEX ix_data_sets_owner ON data_sets (owner)"))
    connection.execute(text("CREATE INDEX ix_data_sets_address ON data_sets (address)"))


def _rename_rate_searches(connection: Connection) -> None:
    """Runs that search for a learning rate, and their schedule, were called sweeps before there were sweeps."""
    spec = "json_set(spec, '$.purpose', 'rate-search', '$.config.phases[0].schedule', 'rising')"
    is_one = "CASE WHEN json_valid(spec) THEN json_extract(spec, '$.purpose') = 'sweep' END"  # a damaged one stays so
    connection.execute(text(f"UPDATE runs SET spec = {spec} WHERE {is_one}"))


def _add_sweeps(connection: Connection) -> None:
    """Sweeps, and which runs are their trials and winners."""
    for statement in (
        """
        CREATE TABLE sweeps (
            sweep_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            base JSON NOT NULL,
            spec JSON NOT NULL
        )""",
        "CREATE INDEX ix_sweeps_owner ON sweeps (owner)",
        "ALTER TABLE runs ADD COLUMN sweep_id VARCHAR",
        "CREATE INDEX ix_runs_sweep_id ON runs (sweep_id)",
    ):
        connection.execute(text(statement))


def _add_states_of_sweeps(connection: Connection) -> None:
    """What owners want of their sweeps, where they come from, who conducts them, and whether they are over."""
    for column in (
        "state VARCHAR NOT NULL DEFAULT 'running'",
        "address VARCHAR NOT NULL DEFAULT ''",
        "holder VARCHAR NOT NULL DEFAULT ''",
        "message VARCHAR NOT NULL DEFAULT ''",
        "ended VARCHAR",
    ):
        connection.execute(text(f"ALTER TABLE sweeps ADD COLUMN {column}"))


def _add_classes(connection: Connection) -> None:
    """Classes, their members, and which runs were trained for a task."""
    for statement in (
        """
        CREATE TABLE classes (
            class_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            code VARCHAR NOT NULL,
            teacher_key VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            task JSON NOT NULL,
            ends VARCHAR,
            ended VARCHAR
        )""",
        "CREATE UNIQUE INDEX classes_code ON classes (code)",
        "CREATE UNIQUE INDEX classes_teacher_key ON classes (teacher_key)",
        "CREATE INDEX ix_classes_owner ON classes (owner)",
        """
        CREATE TABLE members (
            member_id VARCHAR NOT NULL PRIMARY KEY,
            class_id VARCHAR NOT NULL REFERENCES classes (class_id) ON DELETE CASCADE,
            owner VARCHAR NOT NULL,
            nickname VARCHAR NOT NULL,
            nickname_key VARCHAR,
            joined VARCHAR NOT NULL,
            removed VARCHAR,
            n_runs INTEGER NOT NULL
        )""",
        "CREATE UNIQUE INDEX members_nickname ON members (class_id, nickname_key)",
        "CREATE INDEX ix_members_class_id ON members (class_id)",
        "CREATE INDEX ix_members_owner ON members (owner)",
        "ALTER TABLE runs ADD COLUMN task_id VARCHAR",
        "ALTER TABLE runs ADD COLUMN member_id VARCHAR",
        "CREATE INDEX ix_runs_task_id ON runs (task_id)",
    ):
        connection.execute(text(statement))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _create_tables,
    _add_workspaces,
    _add_guesses,
    _add_axis_names,
    _add_rating_sets,
    _add_addresses,
    _add_data_sets,
    _rename_rate_searches,
    _add_sweeps,
    _add_states_of_sweeps,
    _add_classes,
)
"""Migration n (from 1) takes a database from version n - 1 to version n."""
