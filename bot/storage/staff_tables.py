"""The tables of the house: staff and sessions, tasks, offers as kept, the audit, erasures, how far chores are, keys."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.ext.mutable import MutableList

from bot.storage.columns import Code, Id, Instant, Listed, Sealed, belongs_to, metadata, unique_while

staff_task = Table(
    "staff_task",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation", required=False),
    Column("kind", Code(), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Code()),
    Column("note", Sealed, comment="what staff tell each other; null after erasure"),
    Column("note_by", Code()),
    Column("revision", Integer, nullable=False, server_default="0"),
    unique_while("uq_staff_task_open", "closed_at IS NULL", "conversation_id", "kind"),
)

caller = Table(
    "caller",
    metadata,
    Column("staff_key", Code(), primary_key=True, comment="who this is in flows/team.yaml"),
    Column("hours", Text, nullable=False, comment="hours, exceptions, languages, channels, areas as JSON"),
    Column("revision", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Code(), nullable=False),
)

caller_calendar = Table(
    "caller_calendar",
    metadata,
    Column("staff_key", Code(), primary_key=True),
    Column("address", Sealed, comment="the secret address of a published calendar"),
    Column("busy", Text, nullable=False, comment="begins and ends as JSON; never a word of why"),
    Column("read_at", Instant, comment="last time it could be read"),
    Column("fault", Code(), comment="why it could not be read the last time"),
)

caller_feed = Table(
    "caller_feed",
    metadata,
    Column("staff_key", Code(), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, comment="hash of a random token"),
    Column("made_at", Instant, nullable=False),
)

kept_offer = Table(
    "kept_offer",
    metadata,
    Column("offer", Code(), primary_key=True, comment="id of an offer in the directory"),
    Column("mark", String(64), nullable=False, comment="hash of its entry in the file when it was confirmed"),
    Column("facts", Text, nullable=False, comment="what its owner said otherwise than the file, as JSON"),
    Column("checked_at", Instant),
    Column("checked_by", Code()),
    Column("paused_at", Instant, comment="null while it may be shown"),
    Column("paused_by", Code()),
    Column("revision", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Code(), nullable=False),
    Column("action", Code(), nullable=False),
    Column("subject_type", Code(), nullable=False),
    Column("subject_id", Code(), nullable=False),
    Index("ix_audit_subject_type_subject_id", "subject_type", "subject_id"),
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("mark", String(64), nullable=False, comment="keyed hash that matches no other column"),
    Column("at", Instant, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("name", Code(), primary_key=True),
    Column("up_to", Instant, nullable=False, comment="everything before this has been looked at"),
    Column("begun_at", Instant, nullable=False),
    Column("done_at", Instant, comment="the last time that all of it went well"),
)

key_check = Table(
    "key_check",
    metadata,
    Column("key_id", Code(), primary_key=True),
    Column("proof", Sealed, nullable=False, comment="a known word sealed with the key"),
    Column("index_mark", String(64), nullable=False, comment="a known word under the blind index's key"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(255), nullable=False, unique=True),
    Column("username", String(255), unique=True),
    Column("name", String(120)),
    Column("staff_key", Code(), unique=True, comment="who this is in flows/team.yaml"),
    Column("language", Code()),
    Column("password", String(255)),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("fs_uniquifier", String(64), nullable=False, unique=True),
    Column("confirmed_at", Instant),
    Column("last_login_at", Instant),
    Column("current_login_at", Instant),
    Column("last_login_ip", String(64)),
    Column("current_login_ip", String(64)),
    Column("login_count", Integer),
    Column("tf_primary_method", String(64)),
    Column("tf_totp_secret", String(255)),
    Column("tf_phone_number", String(128)),
    Column("mf_recovery_codes", MutableList.as_mutable(Listed(1000))),
    Column("us_totp_secrets", String(1000)),
    Column("us_phone_number", String(128), unique=True),
    Column("fs_webauthn_user_handle", String(64), unique=True),
    Column("create_datetime", Instant),
    Column("update_datetime", Instant),
)

role = Table(
    "role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("description", String(255)),
    Column("permissions", MutableList.as_mutable(Listed(1000))),
    Column("update_datetime", Instant),
)

staff_role = Table(
    "staff_role",
    metadata,
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", Integer, ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(64), primary_key=True, comment="hash of the id in the cookie"),
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("data", Sealed),
)
