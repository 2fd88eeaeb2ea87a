"""Staff may allow a parent a call beside the one they have

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LIVE = "state IN ('held', 'booked') AND beside_by IS NULL"


def upgrade() -> None:
    op.add_column(
        "call", sa.Column("beside_by", sa.String(64), comment="who allowed the parent another call beside this one")
    )
    op.drop_index("uq_call_live", table_name="call")
    op.create_index(
        "uq_call_live",
        "call",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text(_LIVE),
        postgresql_where=sa.text(_LIVE),
    )


def downgrade() -> None:
    # Going back could leave a parent with two live calls where one is allowed: restore a backup instead.
    raise NotImplementedError
