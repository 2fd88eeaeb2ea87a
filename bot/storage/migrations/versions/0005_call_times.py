"""A live call takes up its time in cells, so that no two calls of one person can overlap; who is there when

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CELL = 300 * 1_000_000  # five minutes, in the microseconds in which moments are kept


def upgrade() -> None:
    cells = op.create_table(
        "call_cell",
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column(
            "cell", sa.Integer(), autoincrement=False, nullable=False, comment="five minutes, counted since 1970"
        ),
        sa.Column("staff_key", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_cell_call_id")),
        sa.PrimaryKeyConstraint("call_id", "cell", name=op.f("pk_call_cell")),
    )
    op.create_index("uq_call_cell", "call_cell", ["staff_key", "cell"], unique=True)
    live = op.get_bind().execute(
        sa.text("SELECT id, staff_key, starts_at, ends_at FROM call WHERE state IN ('held', 'booked')")
    )
    rows = [
        {"call_id": call.id, "cell": cell, "staff_key": call.staff_key}
        for call in live.all()
        for cell in range(call.starts_at // _CELL, -(-call.ends_at // _CELL))
    ]
    if rows:
        op.bulk_insert(cells, rows)
    op.drop_index("uq_call_slot", table_name="call")
    op.create_table(
        "caller",
        sa.Column("staff_key", sa.String(64), nullable=False, comment="who this is in flows/team.yaml"),
        sa.Column(
            "hours", sa.String(4000), nullable=False, comment="hours, exceptions, languages, channels, areas as JSON"
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("staff_key", name=op.f("pk_caller")),
    )
    op.create_table(
        "caller_calendar",
        sa.Column("staff_key", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary(), comment="the secret address of a published calendar"),
        sa.Column("busy", sa.Text(), nullable=False, comment="begins and ends as JSON; never a word of why"),
        sa.Column("read_at", sa.BigInteger(), comment="last time it could be read"),
        sa.Column("fault", sa.String(64), comment="why it could not be read the last time"),
        sa.PrimaryKeyConstraint("staff_key", name=op.f("pk_caller_calendar")),
    )
    op.create_table(
        "caller_feed",
        sa.Column("staff_key", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, comment="hash of a random token"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff_key", name=op.f("pk_caller_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_caller_feed_token_hash")),
    )
