"""How far a chore has got, and what was dropped found quickly

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "progress",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False, comment="everything before this has been looked at"),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), comment="the last time that all of it went well"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_progress")),
    )
    op.create_index(
        "ix_outbound_message_dropped",
        "outbound_message",
        ["due_at"],
        sqlite_where=sa.text("state = 'dropped'"),
        postgresql_where=sa.text("state = 'dropped'"),
    )


def downgrade() -> None:
    # Going back would forget how far the chores had got: restore a backup instead.
    raise NotImplementedError
