"""A database that has been in use: many conversations, each with a text, its screening, its reply and its history."""

import os
from datetime import UTC, datetime, timedelta

from bot.domain.conversation import Channel, Conversation, InboundMessage
from bot.domain.screening import Screening
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.storage import conversations, messages, outbox
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

_BATCH = 2000
_APART = timedelta(seconds=20)


def fill(desk: Desk, already: int, wanted: int) -> None:
    """Stored conversations from `already` to `wanted`, through the same functions that a real text goes through."""
    begun = datetime.now(UTC) - timedelta(days=30)
    for first in range(already, wanted, _BATCH):
        last = min(first + _BATCH, wanted)
        desk.database.write(lambda tx, first=first, last=last: [_store(desk, tx, n, begun) for n in range(first, last)])


def _store(desk: Desk, tx: Transaction, number: int, begun: datetime) -> None:
    now = begun + number * _APART
    contact = f"stored:{number}"
    flow = desk.library.flow
    stored = conversations.find_or_begin(
        tx, desk.vault, channel=Channel.SMS, contact=contact, flow_version=flow.version, start=flow.start, now=now
    )
    whose = stored.conversation.id
    text = InboundMessage("twilio", f"SM{os.urandom(16).hex()}", Channel.SMS, contact, "a baby under 1")
    inbound = messages.store_inbound(tx, desk.vault, text, now, conversation_id=whose, kind="message")
    messages.keep_screening(tx, desk.vault, inbound.id, whose, Screening("none", (), desk.lexicon.version), now)
    conversations.note_event(tx, whose, now, "parent", "step", "welcome", "about")
    reply = OutboundMessage(
        lane="reply",
        kind="reply",
        channel="sms",
        recipient=contact,
        body="To show you the right things: which of these is true for you?\n1 A baby on the way\n2 A baby under 1",
        dedupe_key=f"{inbound.id}:0",
        due_at=now,
        conversation_id=whose,
        inbound_id=inbound.id,
        language="en",
        state="answered",
    )
    outbox.put(tx, desk.vault, reply, now)
    standing = Conversation(whose, Channel.SMS, Status.WITH_BOT, "stage", flow.version, language="en")
    conversations.save(tx, desk.vault, standing, now, heard=True)
