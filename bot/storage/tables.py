"""The tables of parents' conversations. Personal data is `Sealed` or a keyed hash; all else must be harmless to read.

Every promise of "only one" is a constraint here, because a check in code does not survive two processes. Each index is
one more page to write for every text, so there are no more than are asked for; small rows written with every text are
kept in their key's own tree (`sqlite_with_rowid=False`).
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.columns import Code, Id, Instant, Sealed, belongs_to, index_while, metadata, only, unique_while

conversation = Table(
    "conversation",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("channel", Code(), nullable=False),
    Column("contact_hash", String(64), comment="keyed hash; null after erasure"),
    Column("contact", Sealed),
    Column("language", Code()),
    Column("status", Code(), nullable=False),
    Column("flow_version", Code(), nullable=False),
    Column("step", Code(), nullable=False),
    Column("loss", Boolean(create_constraint=False), nullable=False),
    Column("state", Sealed, comment="answers, trail and the rest of what the engine remembers, as JSON"),
    Column("created_at", Instant, nullable=False),
    Column("heard_at", Instant, comment="last message from the parent"),
    Column("updated_at", Instant, nullable=False),
    Column("person", Code(), comment="the member of staff who has it; counts only while the status is with_person"),
    UniqueConstraint("channel", "contact_hash"),
    only("status", "status", "with_bot", "with_person", "opted_out", "closed"),
)

conversation_event = Table(
    "conversation_event",
    metadata,
    # In this order: the history of one conversation lies together, and needs no index beside it.
    Column("conversation_id", Id(), ForeignKey("conversation.id"), primary_key=True),
    Column("id", Id(), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Code(), nullable=False),
    Column("kind", Code(), nullable=False),
    Column("from_state", Code()),
    Column("to_state", Code()),
    sqlite_with_rowid=False,
)

inbound_message = Table(
    "inbound_message",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation", required=False),
    Column("provider", Code(), nullable=False),
    Column("sid", String(128), nullable=False),
    Column("body", Sealed),
    Column("body_hash", String(64), comment="keyed hash of sid and body, to know a repeat; null after erasure"),
    Column("media_count", Integer, nullable=False),
    Column("kind", Code(), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reply", Sealed, comment="the answer as the web chat draws it; null for a text, whose answers are outbound"),
    Column("late", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("provider", "sid"),
    only("kind", "kind", "message", "cannot_reply", "unroutable", "command_opt_out"),
)

screening = Table(
    "screening",
    metadata,
    Column("inbound_id", Id(), ForeignKey("inbound_message.id"), primary_key=True),
    belongs_to("conversation", required=False, index=False),
    Column("lexicon_version", Code(), nullable=False),
    Column("level", Code(), nullable=False),
    Column("categories", String(400), nullable=False, comment="names of our own categories, by spaces"),
    Column("matches", Sealed, comment="the words that matched and where, as JSON; null when nothing did"),
    Column("at", Instant, nullable=False),
    index_while("ix_screening_conversation_id", "matches IS NOT NULL", "conversation_id"),
    sqlite_with_rowid=False,
)

alert = Table(
    "alert",
    metadata,
    Column("id", Id(), primary_key=True),
    Column("reference", String(12), nullable=False, unique=True),
    belongs_to("conversation"),
    Column("severity", Code(), nullable=False),
    Column("category", Code(), nullable=False),
    Column("state", Code(), nullable=False),
    Column("level", Integer, nullable=False, comment="how far up the chain it has gone"),
    Column("count", Integer, nullable=False, comment="messages that raised it"),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, comment="when the next person is told; null when nothing more is due"),
    Column("owner", Code()),
    Column("acknowledged_at", Instant),
    Column("closed_at", Instant),
    Column("outcome", Code()),
    Column("stage", Integer, nullable=False, server_default="0", comment="goes up whenever a level is entered"),
    Column("stage_at", Instant, comment="when its level was entered; null before chains were followed"),
    Column("epoch", Integer, nullable=False, server_default="0", comment="goes up when it is taken from its owner"),
    Column("unreached_at", Instant, comment="since when a whole level could not be reached; null when it can"),
    Column("chain", Text, comment="the chain it was opened with, as JSON: keys, roads, waiting times, hours"),
    only("state", "state", "open", "acknowledged", "closed"),
    CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name="closed_with_an_outcome"),
    unique_while("uq_alert_live", "state IN ('open', 'acknowledged')", "conversation_id"),
    index_while("ix_alert_due", "state IN ('open', 'acknowledged')", "due_at"),
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("alert"),
    Column("at", Instant, nullable=False),
    Column("who", Code(), nullable=False),
    Column("kind", Code(), nullable=False),
    Column("detail", String(200), comment="codes and ids, never words of a parent; null after erasure"),
)

outbound_message = Table(
    "outbound_message",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation", required=False),
    Column("inbound_id", Id(), ForeignKey("inbound_message.id")),
    Column("lane", Code(), nullable=False),
    Column("kind", Code(), nullable=False),
    Column("channel", Code(), nullable=False),
    Column("author", Code(), nullable=False, comment="'bot', or the member of staff who wrote it"),
    Column("recipient", Sealed),
    Column("body", Sealed),
    Column("language", Code()),
    Column("dedupe_key", String(128), nullable=False, unique=True),
    Column("due_at", Instant, nullable=False),
    Column("not_after", Instant),
    Column("state", Code(), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("lease_token", Id()),
    Column("provider_sid", String(64)),
    Column("provider_status", Code()),
    Column("error_code", Code()),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    only("lane", "lane", "alert", "reply", "reminder"),
    only("channel", "channel", "sms", "email", "web", "terminal", "console"),
    only("state", "state", "waiting", "sending", "sent", "answered", "failed", "dropped"),
    index_while("ix_outbound_message_to_send", "state IN ('waiting', 'sending')", "lane", "due_at"),
    index_while("ix_outbound_message_provider_sid", "provider_sid IS NOT NULL", "provider_sid"),
    index_while("ix_outbound_message_dropped", "state = 'dropped'", "due_at"),
)

call = Table(
    "call",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation"),
    Column("staff_key", Code(), nullable=False),
    Column("starts_at", Instant, nullable=False, index=True),
    Column("ends_at", Instant, nullable=False),
    Column("state", Code(), nullable=False),
    Column("hold_until", Instant),
    Column("sheet", Sealed, comment="the call sheet as JSON"),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, comment="goes up with every change: calendars need it"),
    Column("beside_by", Code(), comment="who allowed the parent another call beside this one"),
    only("state", "state", "held", "booked", "called_off", "released", "done", "no_answer", "not_safe", "passed_on"),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    unique_while("uq_call_live", "state IN ('held', 'booked') AND beside_by IS NULL", "conversation_id"),
)

call_cell = Table(
    "call_cell",
    metadata,
    Column("call_id", Id(), ForeignKey("call.id"), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False, comment="five minutes, counted since 1970"),
    Column("staff_key", Code(), nullable=False),
    Index("uq_call_cell", "staff_key", "cell", unique=True),
)

call_record = Table(
    "call_record",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("call", index=False),
    Column("kind", Code(), nullable=False),
    Column("choice", Code(), comment="which of our own wordings; null where somebody wrote their own"),
    Column("words", Sealed, comment="null after erasure"),
    Column("who", Code(), nullable=False),
    Column("at", Instant, nullable=False),
    only("kind", "kind", "next_step", "passed_on"),
    UniqueConstraint("call_id", "kind"),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation"),
    Column("what", Code(), nullable=False),
    Column("given", Boolean(create_constraint=False), nullable=False),
    Column("at", Instant, nullable=False),
    only("what", "what", "call", "share_team", "health_visitor", "midwife", "gp"),
)

# A parent waits for a person. The clock runs from the parent's own message, whatever else happens to the conversation.
promise = Table(
    "promise",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation", index=False),
    Column("since", Instant, nullable=False, comment="when the parent's message came, the first that waits"),
    Column("due_at", Instant, comment="by when somebody should have read; null where no time was named"),
    Column("sorry_at", Instant, comment="when it was broken and the apology was settled: there is never a second"),
    Column("sorry", Code(), comment="sent, or why nothing was said"),
    Column("kept_at", Instant),
    Column("kept_by", Code()),
    unique_while("uq_promise_open", "kept_at IS NULL", "conversation_id"),
    index_while("ix_promise_due", "kept_at IS NULL AND sorry_at IS NULL", "due_at"),
)

offer_event = Table(
    "offer_event",
    metadata,
    Column("id", Id(), primary_key=True),
    belongs_to("conversation", required=False, index=False),
    Column("offer", Code(), nullable=False, comment="id of an offer in the directory"),
    Column("kind", Code(), nullable=False),
    Column("day", Instant, nullable=False, comment="midnight UTC of the day it happened"),
    Column("ask_at", Instant, comment="when the parent agreed to be asked; null where they did not"),
    Column("asked_at", Instant),
    only("kind", "kind", "shown", "taken", "refused"),
    unique_while("uq_offer_event_once", "conversation_id IS NOT NULL", "conversation_id", "offer", "kind"),
    index_while("ix_offer_event_to_ask", "ask_at IS NOT NULL AND asked_at IS NULL", "ask_at"),
)
