"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT, WHEN = sa.String, sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "learner",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("merged_into", sa.Uuid, sa.ForeignKey("learner.id", ondelete="CASCADE"), index=True),
    )
    op.create_table(
        "attempt",
        _learner(),
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("skill", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("variant", TEXT, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("belief", TEXT),
        sa.Column("hinted", sa.Boolean, nullable=False),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("slow", sa.Float, nullable=False),
        sa.Column("context", TEXT, nullable=False),
        sa.Column("content_version", TEXT, nullable=False),
        sa.Index(None, "learner", "at"),
        sa.Index(None, "learner", "skill", "at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "memory",
        _learner(),
        sa.Column("skill", TEXT, primary_key=True),
        sa.Column("stability", sa.Float, nullable=False),
        sa.Column("difficulty", sa.Float, nullable=False),
        sa.Column("due", WHEN, nullable=False),
        sa.Column("last", WHEN, nullable=False),
        sa.Column("reps", sa.Integer, nullable=False),
        sa.Column("lapses", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("streak", sa.Integer, nullable=False),
        sa.Column("variants", sa.JSON, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "step_read",
        _learner(),
        sa.Column("lesson", TEXT, primary_key=True),
        sa.Column("step", TEXT, primary_key=True),
        sa.Column("first_at", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        _learner(),
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "level_score",
        _learner(),
        sa.Column("level", TEXT, primary_key=True),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "token",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("learner", sa.Uuid, sa.ForeignKey("learner.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("expires", WHEN),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("learner", sa.Uuid, sa.ForeignKey("learner.id", ondelete="CASCADE"), index=True),
        sa.Column("at", WHEN, nullable=False, index=True),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("lang", TEXT, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("text", TEXT, nullable=False),
    )


def _learner() -> sa.Column[sa.Uuid[str]]:
    return sa.Column("learner", sa.Uuid, sa.ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
