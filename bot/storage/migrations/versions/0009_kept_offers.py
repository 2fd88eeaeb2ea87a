"""What staff keep of an offer on the console: confirmed with its owner, held back, facts that changed

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_offer",
        sa.Column("offer", sa.String(64), nullable=False, comment="id of an offer in the directory"),
        sa.Column("mark", sa.String(64), nullable=False, comment="hash of its entry in the file when it was confirmed"),
        sa.Column("facts", sa.Text(), nullable=False, comment="what its owner said otherwise than the file, as JSON"),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("checked_by", sa.String(64)),
        sa.Column("paused_at", sa.BigInteger(), comment="null while it may be shown"),
        sa.Column("paused_by", sa.String(64)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_kept_offer")),
    )


def downgrade() -> None:
    # Going back would show parents what somebody has withdrawn: restore a backup instead.
    raise NotImplementedError
