"""The tables as they were when Alembic came: version 11 of before_alembic.py, on either database."""

import sqlalchemy as sa
from alembic import op

revision = "baseline"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
RECORD = sa.JSON().with_variant(sa.Text(), "postgresql")  # which holds NaN, too
BYTES = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Create all tables in an empty database."""
    _create_runs()
    _create_epochs()
    _create_rating_sets()
    _create_data_sets()
    _create_sweeps()
    _create_classes()
    _create_members()


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", TEXT, primary_key=True),
        sa.Column("created", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("spec", RECORD, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("keeper", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("versions", RECORD, nullable=False),
        sa.Column("seconds", sa.Double()),
        sa.Column("n_epochs_done", sa.Integer(), nullable=False),
        sa.Column("valid_loss", sa.Double()),
        sa.Column("rmse", sa.Double()),
        sa.Column("has_factors", sa.Boolean(), nullable=False),
        sa.Column("started", RECORD),
        sa.Column("ended", RECORD),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("deleted", TEXT),
        sa.Column("share_token", TEXT),
        sa.Column("guess", RECORD),
        sa.Column("axis_names", RECORD, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("sweep_id", TEXT),
        sa.Column("task_id", TEXT),
        sa.Column("member_id", TEXT),
    )
    op.create_index("runs_share_token", "runs", ["share_token"], unique=True)
    for column in ("address", "sweep_id", "task_id"):
        op.create_index(f"ix_runs_{column}", "runs", [column])


def _create_epochs() -> None:
    op.create_table(
        "epochs",
        sa.Column("run_id", TEXT, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("epoch", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("batches", RECORD, nullable=False),
        sa.Column("ended", RECORD),
        sa.Column("commands", RECORD, nullable=False),
    )


def _create_rating_sets() -> None:
    op.create_table(
        "rating_sets",
        sa.Column("set_id", TEXT, primary_key=True),
        sa.Column("created", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("answers", RECORD, nullable=False),
    )
    op.create_index("ix_rating_sets_owner", "rating_sets", ["owner"])


def _create_data_sets() -> None:
    op.create_table(
        "data_sets",
        sa.Column("data_id", TEXT, primary_key=True),
        sa.Column("created", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("n_ratings", sa.Integer(), nullable=False),
        sa.Column("n_bytes", BYTES, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("deleted", TEXT),
    )
    for column in ("owner", "address"):
        op.create_index(f"ix_data_sets_{column}", "data_sets", [column])


def _create_sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("sweep_id", TEXT, primary_key=True),
        sa.Column("created", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("base", RECORD, nullable=False),
        sa.Column("spec", RECORD, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("ended", TEXT),
    )
    op.create_index("ix_sweeps_owner", "sweeps", ["owner"])


def _create_classes() -> None:
    op.create_table(
        "classes",
        sa.Column("class_id", TEXT, primary_key=True),
        sa.Column("created", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("teacher_key", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("task", RECORD, nullable=False),
        sa.Column("ends", TEXT),
        sa.Column("ended", TEXT),
    )
    for column in ("code", "teacher_key"):
        op.create_index(f"classes_{column}", "classes", [column], unique=True)
    op.create_index("ix_classes_owner", "classes", ["owner"])


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("member_id", TEXT, primary_key=True),
        sa.Column("class_id", TEXT, sa.ForeignKey("classes.class_id", ondelete="CASCADE"), nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("nickname", TEXT, nullable=False),
        sa.Column("nickname_key", TEXT),
        sa.Column("joined", TEXT, nullable=False),
        sa.Column("removed", TEXT),
        sa.Column("n_runs", sa.Integer(), nullable=False),
    )
    op.create_index("members_nickname", "members", ["class_id", "nickname_key"], unique=True)
    for column in ("class_id", "owner"):
        op.create_index(f"ix_members_{column}", "members", [column])
