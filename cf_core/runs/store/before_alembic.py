"""The migrations from before Alembic: they bring a SQLite database of an older CF Lab to version 11, where those in
`migrations/` begin. Released, and never edited.

Such a database carries the number of migrations it has had in `PRAGMA user_version`.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text


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


def run_migrations(connection: Connection, version: int) -> None:
    """Bring a database of that version to the last one, in the transaction of `connection`."""
    for migration in MIGRATIONS[version:]:
        migration(connection)
    connection.execute(text(f"PRAGMA user_version = {len(MIGRATIONS)}"))
