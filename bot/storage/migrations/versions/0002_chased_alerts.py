"""Alerts are chased: their chain, who was paged, the clocks of the procedures, and a history nobody can change

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "alert",
        sa.Column(
            "stage", sa.Integer(), nullable=False, server_default="0", comment="goes up whenever a level is entered"
        ),
    )
    op.add_column(
        "alert",
        sa.Column("stage_at", sa.BigInteger(), comment="when its level was entered; null before chains were followed"),
    )
    op.add_column(
        "alert",
        sa.Column(
            "epoch", sa.Integer(), nullable=False, server_default="0", comment="goes up when it is taken from its owner"
        ),
    )
    op.add_column(
        "alert",
        sa.Column(
            "unreached_at",
            sa.BigInteger(),
            comment="since when a whole level could not be reached; null when it can",
        ),
    )
    op.add_column(
        "alert",
        sa.Column(
            "chain", sa.Text(), comment="the chain it was opened with, as JSON: keys, roads, waiting times, hours"
        ),
    )
    op.create_table(
        "alert_page",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("person", sa.String(64), nullable=False, comment="their key in flows/team.yaml"),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("outbound_id", sa.String(32), comment="null for the console: it is not sent"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), comment="when the state became what it is"),
        sa.Column("error_code", sa.String(64)),
        sa.CheckConstraint("channel IN ('sms', 'email', 'console')", name=op.f("ck_alert_page_channel")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'delivered', 'shown', 'failed')", name=op.f("ck_alert_page_state")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_page_alert_id")),
        sa.ForeignKeyConstraint(["outbound_id"], ["outbound_message.id"], name=op.f("fk_alert_page_outbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_page")),
    )
    op.create_index("ix_alert_page_alert_id", "alert_page", ["alert_id"])
    op.create_index(
        "uq_alert_page_outbound_id",
        "alert_page",
        ["outbound_id"],
        unique=True,
        sqlite_where=sa.text("outbound_id IS NOT NULL"),
        postgresql_where=sa.text("outbound_id IS NOT NULL"),
    )
    op.create_table(
        "alert_report",
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False, comment="the first acknowledgement"),
        sa.Column("written_due_at", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger()),
        sa.Column("written_by", sa.String(64)),
        sa.Column("authority_due_at", sa.BigInteger(), nullable=False),
        sa.Column("authority_at", sa.BigInteger()),
        sa.Column("authority_by", sa.String(64)),
        sa.Column("not_needed_at", sa.BigInteger()),
        sa.Column("not_needed_by", sa.String(64)),
        sa.Column("not_needed_reason", sa.String(64)),
        sa.Column("not_needed_note", sa.LargeBinary()),
        sa.Column("consent_reason", sa.String(64), comment="why it was shared without consent"),
        sa.Column("consent_note", sa.LargeBinary()),
        sa.Column("consent_by", sa.String(64)),
        sa.Column("consent_at", sa.BigInteger()),
        sa.Column("next_due_at", sa.BigInteger(), comment="the earlier of what is still to do; null when nothing is"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_report_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_report")),
    )
    op.create_index(
        "ix_alert_report_next_due_at",
        "alert_report",
        ["next_due_at"],
        sqlite_where=sa.text("next_due_at IS NOT NULL"),
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    _keep_history()


def _keep_history() -> None:
    """An entry of an alert's history is never taken out, and never changed but for its detail, by an erasure."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER alert_event_is_kept BEFORE DELETE ON alert_event "
            "BEGIN SELECT RAISE(ABORT, 'alert_event_is_kept'); END"
        )
        op.execute(
            "CREATE TRIGGER alert_event_is_unchanged BEFORE UPDATE ON alert_event "
            "WHEN NEW.detail IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.alert_id IS NOT OLD.alert_id "
            "OR NEW.at IS NOT OLD.at OR NEW.who IS NOT OLD.who OR NEW.kind IS NOT OLD.kind "
            "BEGIN SELECT RAISE(ABORT, 'alert_event_is_kept'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION alert_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND (NEW.id, NEW.alert_id, NEW.at, NEW.who, NEW.kind) "
        "= (OLD.id, OLD.alert_id, OLD.at, OLD.who, OLD.kind) THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'alert_event_is_kept', "
        "CONSTRAINT = 'alert_event_is_kept'; END $$"
    )
    op.execute(
        "CREATE TRIGGER alert_event_is_kept BEFORE UPDATE OR DELETE ON alert_event "
        "FOR EACH ROW EXECUTE FUNCTION alert_event_is_kept()"
    )
