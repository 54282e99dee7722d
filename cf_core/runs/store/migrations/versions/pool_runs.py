"""What the pool of a cluster leaves to the next one, and which folders of files are to be removed."""

import sqlalchemy as sa
from alembic import op

revision = "pool_runs"
down_revision = "leases"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
RECORD = sa.JSON().with_variant(sa.Text(), "postgresql")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "pool_runs",
        sa.Column("run_id", TEXT, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("pool", TEXT, nullable=False),
        sa.Column("n_revivals", sa.Integer(), nullable=False),
        sa.Column("commands", RECORD, nullable=False),
    )
    op.create_table("removals", sa.Column("folder", TEXT, primary_key=True))
