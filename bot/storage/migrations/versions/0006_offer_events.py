"""What became of offers: shown, taken, refused, and whom to ask later."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "offer_event",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("offer", sa.String(64), nullable=False, comment="id of an offer in the directory"),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False, comment="midnight UTC of the day it happened"),
        sa.Column("ask_at", sa.BigInteger(), comment="when the parent agreed to be asked; null where they did not"),
        sa.Column("asked_at", sa.BigInteger()),
        sa.CheckConstraint("kind IN ('shown', 'taken', 'refused')", name=op.f("ck_offer_event_kind")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_offer_event_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_event")),
    )
    op.create_index(
        "uq_offer_event_once",
        "offer_event",
        ["conversation_id", "offer", "kind"],
        unique=True,
        sqlite_where=sa.text("conversation_id IS NOT NULL"),
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )
    op.create_index(
        "ix_offer_event_to_ask",
        "offer_event",
        ["ask_at"],
        sqlite_where=sa.text("ask_at IS NOT NULL AND asked_at IS NULL"),
        postgresql_where=sa.text("ask_at IS NOT NULL AND asked_at IS NULL"),
    )


def downgrade() -> None:
    # Going back would lose what parents agreed to: restore a backup instead.
    raise NotImplementedError
