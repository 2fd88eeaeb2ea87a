"""A text's answer is kept once, as what was texted: the copy beside the parent's own text goes

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What left inside the HTTP answer stands in outbound_message, in the state "answered"; only the web chat's page
    # needs more than the words.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "inbound_message",
            "reply",
            existing_type=sa.LargeBinary(),
            existing_nullable=True,
            comment="the answer as the web chat draws it; null for a text, whose answers are outbound",
        )
    op.execute("UPDATE inbound_message SET reply = NULL WHERE provider <> 'web'")


def downgrade() -> None:
    # A repeat of a text would then get no answer: restore a backup instead.
    raise NotImplementedError
