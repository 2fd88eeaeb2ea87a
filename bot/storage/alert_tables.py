"""The tables of what is done about an alert: who was paged, and the two clocks of the Wales Safeguarding Procedures.

`alert_event`, the history, is in `tables.py`: a trigger of the database lets nobody change it (migration 0002).
"""

from sqlalchemy import Column, ForeignKey, Integer, Table

from bot.storage.columns import Code, Id, Instant, Sealed, belongs_to, index_while, metadata, only, unique_while

alert_page = Table(
    "alert_page",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("alert"),
    Column("person", Code(), nullable=False, comment="their key in flows/team.yaml"),
    Column("channel", Code(), nullable=False),
    Column("level", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("outbound_id", Id(), ForeignKey("outbound_message.id"), comment="null for the console: it is not sent"),
    Column("at", Instant, nullable=False),
    Column("state", Code(), nullable=False),
    Column("ended_at", Instant, comment="when the state became what it is"),
    Column("error_code", Code()),
    only("channel", "channel", "sms", "email", "console"),
    only("state", "state", "waiting", "sent", "delivered", "shown", "failed"),
    unique_while("uq_alert_page_outbound_id", "outbound_id IS NOT NULL", "outbound_id"),
)

alert_report = Table(
    "alert_report",
    metadata,
    Column("alert_id", Id(), ForeignKey("alert.id"), primary_key=True),
    Column("started_at", Instant, nullable=False, comment="the first acknowledgement"),
    Column("written_due_at", Instant, nullable=False),
    Column("written_at", Instant),
    Column("written_by", Code()),
    Column("authority_due_at", Instant, nullable=False),
    Column("authority_at", Instant),
    Column("authority_by", Code()),
    Column("not_needed_at", Instant),
    Column("not_needed_by", Code()),
    Column("not_needed_reason", Code()),
    Column("not_needed_note", Sealed),
    Column("consent_reason", Code(), comment="why it was shared without consent"),
    Column("consent_note", Sealed),
    Column("consent_by", Code()),
    Column("consent_at", Instant),
    Column("next_due_at", Instant, comment="the earlier of what is still to do; null when nothing is"),
    index_while("ix_alert_report_next_due_at", "next_due_at IS NOT NULL", "next_due_at"),
)
