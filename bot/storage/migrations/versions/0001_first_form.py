"""Everything that is kept, first form

Revision: 0001, after None.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_type", sa.String(64), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject_type_subject_id", "audit", ["subject_type", "subject_id"])
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("contact_hash", sa.String(64), comment="keyed hash; null after erasure"),
        sa.Column("contact", sa.LargeBinary()),
        sa.Column("language", sa.String(64)),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("flow_version", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("loss", sa.Boolean(), nullable=False),
        sa.Column(
            "state", sa.LargeBinary(), comment="answers, trail and the rest of what the engine remembers, as JSON"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), comment="last message from the parent"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('with_bot', 'with_person', 'opted_out', 'closed')", name=op.f("ck_conversation_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("channel", "contact_hash", name=op.f("uq_conversation_channel_contact_hash")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False, comment="keyed hash that matches no other column"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "key_check",
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False, comment="a known word sealed with the key"),
        sa.Column("index_mark", sa.String(64), nullable=False, comment="a known word under the blind index's key"),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_check")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("description", sa.String(255)),
        sa.Column("permissions", sa.String(1000)),
        sa.Column("update_datetime", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("username", sa.String(255)),
        sa.Column("name", sa.String(120)),
        sa.Column("staff_key", sa.String(64), comment="who this is in flows/team.yaml"),
        sa.Column("language", sa.String(64)),
        sa.Column("password", sa.String(255)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("last_login_at", sa.BigInteger()),
        sa.Column("current_login_at", sa.BigInteger()),
        sa.Column("last_login_ip", sa.String(64)),
        sa.Column("current_login_ip", sa.String(64)),
        sa.Column("login_count", sa.Integer()),
        sa.Column("tf_primary_method", sa.String(64)),
        sa.Column("tf_totp_secret", sa.String(255)),
        sa.Column("tf_phone_number", sa.String(128)),
        sa.Column("mf_recovery_codes", sa.String(1000)),
        sa.Column("us_totp_secrets", sa.String(1000)),
        sa.Column("us_phone_number", sa.String(128)),
        sa.Column("fs_webauthn_user_handle", sa.String(64)),
        sa.Column("create_datetime", sa.BigInteger()),
        sa.Column("update_datetime", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_staff_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_staff_fs_webauthn_user_handle")),
        sa.UniqueConstraint("staff_key", name=op.f("uq_staff_staff_key")),
        sa.UniqueConstraint("us_phone_number", name=op.f("uq_staff_us_phone_number")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(64), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False, comment="how far up the chain it has gone"),
        sa.Column("count", sa.Integer(), nullable=False, comment="messages that raised it"),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), comment="when the next person is told; null when nothing more is due"),
        sa.Column("owner", sa.String(64)),
        sa.Column("acknowledged_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(64)),
        sa.CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name=op.f("ck_alert_closed_with_an_outcome")),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'closed')", name=op.f("ck_alert_state")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_alert_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("reference", name=op.f("uq_alert_reference")),
    )
    op.create_index("ix_alert_conversation_id", "alert", ["conversation_id"])
    op.create_index(
        "ix_alert_due",
        "alert",
        ["due_at"],
        sqlite_where=sa.text("state IN ('open', 'acknowledged')"),
        postgresql_where=sa.text("state IN ('open', 'acknowledged')"),
    )
    op.create_index(
        "uq_alert_live",
        "alert",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'acknowledged')"),
        postgresql_where=sa.text("state IN ('open', 'acknowledged')"),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("staff_key", sa.String(64), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("hold_until", sa.BigInteger()),
        sa.Column("sheet", sa.LargeBinary(), comment="the call sheet as JSON"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="goes up with every change: calendars need it"),
        sa.CheckConstraint(
            "state IN ('held', 'booked', 'called_off', 'released', 'done', 'no_answer')", name=op.f("ck_call_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_call_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_call_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_conversation_id", "call", ["conversation_id"])
    op.create_index("ix_call_starts_at", "call", ["starts_at"])
    op.create_index(
        "uq_call_live",
        "call",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'booked')"),
        postgresql_where=sa.text("state IN ('held', 'booked')"),
    )
    op.create_index(
        "uq_call_slot",
        "call",
        ["staff_key", "starts_at"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'booked')"),
        postgresql_where=sa.text("state IN ('held', 'booked')"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "what IN ('call', 'share_team', 'health_visitor', 'midwife', 'gp')", name=op.f("ck_consent_what")
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_consent_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_conversation_id", "consent", ["conversation_id"])
    op.create_table(
        "conversation_event",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("from_state", sa.String(64)),
        sa.Column("to_state", sa.String(64)),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_event_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "id", name=op.f("pk_conversation_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("sid", sa.String(128), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column(
            "body_hash", sa.String(64), comment="keyed hash of sid and body, to know a repeat; null after erasure"
        ),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), comment="the HTTP answer, byte for byte"),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('message', 'cannot_reply', 'unroutable', 'command_opt_out')", name=op.f("ck_inbound_message_kind")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_inbound_message_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("provider", "sid", name=op.f("uq_inbound_message_provider_sid")),
    )
    op.create_index("ix_inbound_message_conversation_id", "inbound_message", ["conversation_id"])
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_staff_role_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "role_id", name=op.f("pk_staff_role")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(64), nullable=False, comment="hash of the id in the cookie"),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("data", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "staff_task",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.String(64)),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_staff_task_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_task")),
    )
    op.create_index("ix_staff_task_conversation_id", "staff_task", ["conversation_id"])
    op.create_index(
        "uq_staff_task_open",
        "staff_task",
        ["conversation_id", "kind"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "alert_event",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(200), comment="codes and ids, never words of a parent; null after erasure"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
    )
    op.create_index("ix_alert_event_alert_id", "alert_event", ["alert_id"])
    op.create_table(
        "outbound_message",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("inbound_id", sa.String(32)),
        sa.Column("lane", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False, comment="'bot', or the member of staff who wrote it"),
        sa.Column("recipient", sa.LargeBinary()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("language", sa.String(64)),
        sa.Column("dedupe_key", sa.String(128), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger()),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_token", sa.String(32)),
        sa.Column("provider_sid", sa.String(64)),
        sa.Column("provider_status", sa.String(64)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.CheckConstraint(
            "channel IN ('sms', 'email', 'web', 'terminal', 'console')", name=op.f("ck_outbound_message_channel")
        ),
        sa.CheckConstraint("lane IN ('alert', 'reply', 'reminder')", name=op.f("ck_outbound_message_lane")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'answered', 'failed', 'dropped')",
            name=op.f("ck_outbound_message_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_outbound_message_conversation_id")
        ),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_message.id"], name=op.f("fk_outbound_message_inbound_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbound_message_dedupe_key")),
    )
    op.create_index("ix_outbound_message_conversation_id", "outbound_message", ["conversation_id"])
    op.create_index(
        "ix_outbound_message_provider_sid",
        "outbound_message",
        ["provider_sid"],
        sqlite_where=sa.text("provider_sid IS NOT NULL"),
        postgresql_where=sa.text("provider_sid IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_message_to_send",
        "outbound_message",
        ["lane", "due_at"],
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_table(
        "screening",
        sa.Column("inbound_id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("lexicon_version", sa.String(64), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("categories", sa.String(400), nullable=False, comment="names of our own categories, by spaces"),
        sa.Column(
            "matches", sa.LargeBinary(), comment="the words that matched and where, as JSON; null when nothing did"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_screening_conversation_id")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_message.id"], name=op.f("fk_screening_inbound_id")),
        sa.PrimaryKeyConstraint("inbound_id", name=op.f("pk_screening")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_screening_conversation_id",
        "screening",
        ["conversation_id"],
        sqlite_where=sa.text("matches IS NOT NULL"),
        postgresql_where=sa.text("matches IS NOT NULL"),
    )


def downgrade() -> None:
    # Going back would throw away what parents wrote: restore a backup instead.
    raise NotImplementedError
