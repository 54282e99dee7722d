"""Brings the tables of a database up to date with Alembic, in the transaction of the caller. Alembic takes a while to
load: this is imported only where there is something to change."""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from cf_core.runs.store.migrations.head import HEAD

FOLDER = Path(__file__).parent


def known_revisions() -> list[str]:
    """The changes that this version of the lab knows, the latest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def stamp(connection: Connection, revision: str) -> None:
    """Record that the tables are as that change leaves them, and change nothing."""
    MigrationContext.configure(connection).stamp(_scripts(), revision)


def upgrade(connection: Connection) -> None:
    """Make all changes that the database has not had, the earliest first."""
    scripts, context = _scripts(), MigrationContext.configure(connection)
    missing = [*scripts.iterate_revisions(HEAD, context.get_current_revision() or "base")]
    with Operations.context(context):
        for script in reversed(missing):
            script.module.upgrade()
            context.stamp(scripts, script.revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))
