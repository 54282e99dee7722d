"""The latest change of the tables, by which a database that needs none is told without loading Alembic."""

HEAD = "pool_runs"
"""The revision of the last file in `versions/`."""

BASELINE = "baseline"
"""The revision of the first file: the tables of version 11, see before_alembic.py."""
