"""What a store without a folder keeps in its database: which processes are alive, and the lab's secret."""

import sqlalchemy as sa
from alembic import op

revision = "leases"
down_revision = "baseline"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "leases",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("renewed", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "secrets",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
