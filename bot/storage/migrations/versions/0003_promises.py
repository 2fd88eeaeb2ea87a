"""Who has a conversation, and what a parent who waits for a person was promised

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "conversation",
        sa.Column(
            "person",
            sa.String(64),
            comment="the member of staff who has it; counts only while the status is with_person",
        ),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column(
            "since", sa.BigInteger(), nullable=False, comment="when the parent's message came, the first that waits"
        ),
        sa.Column("due_at", sa.BigInteger(), comment="by when somebody should have read; null where no time was named"),
        sa.Column(
            "sorry_at",
            sa.BigInteger(),
            comment="when it was broken and the apology was settled: there is never a second",
        ),
        sa.Column("sorry", sa.String(64), comment="sent, or why nothing was said"),
        sa.Column("kept_at", sa.BigInteger()),
        sa.Column("kept_by", sa.String(64)),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_promise_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(
        "uq_promise_open",
        "promise",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("kept_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL"),
    )
    op.create_index(
        "ix_promise_due",
        "promise",
        ["due_at"],
        sqlite_where=sa.text("kept_at IS NULL AND sorry_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND sorry_at IS NULL"),
    )


def downgrade() -> None:
    # Going back would forget who waits for an answer: restore a backup instead.
    raise NotImplementedError
