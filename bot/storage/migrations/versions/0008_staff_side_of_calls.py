"""Calls that were not safe or passed on, what staff agreed after a call, notes on tasks, years of exceptions

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATES = "state IN ('held', 'booked', 'called_off', 'released', 'done', 'no_answer', 'not_safe', 'passed_on')"


def upgrade() -> None:
    with op.batch_alter_table("call") as table:
        table.drop_constraint(op.f("ck_call_state"), type_="check")
        table.create_check_constraint(op.f("ck_call_state"), sa.text(_STATES))
    with op.batch_alter_table("caller") as table:
        table.alter_column("hours", existing_type=sa.String(4000), existing_nullable=False, type_=sa.Text())
    op.add_column(
        "staff_task", sa.Column("note", sa.LargeBinary(), comment="what staff tell each other; null after erasure")
    )
    op.add_column("staff_task", sa.Column("note_by", sa.String(64)))
    op.add_column("staff_task", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "call_record",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("choice", sa.String(64), comment="which of our own wordings; null where somebody wrote their own"),
        sa.Column("words", sa.LargeBinary(), comment="null after erasure"),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('next_step', 'passed_on')", name=op.f("ck_call_record_kind")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_record_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_record")),
        sa.UniqueConstraint("call_id", "kind", name=op.f("uq_call_record_call_id_kind")),
    )


def downgrade() -> None:
    # Going back would forget what was agreed with a parent: restore a backup instead.
    raise NotImplementedError
