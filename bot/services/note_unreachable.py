"""A number that cannot be texted: nothing more is sent to it, and a person is told, because somebody may be waiting."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.services.opt_out import opt_out
from bot.storage import conversations, outbox, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction

_OPTED_OUT = "21610"


def note_unreachable(
    desk: Desk,
    tx: Transaction,
    *,
    conversation_id: str | None,
    lane: str,
    code: str,
    recipient: str | None,
    now: datetime,
) -> None:
    """Writes down that a message of `lane` failed for good with the provider's `code`.

    `conversation_id` is whom the message is about, `recipient` the number where it is known.
    """
    if lane == "alert":
        tasks.open_task(tx, conversation_id, "alert_not_delivered", now)
        return
    if code != _OPTED_OUT:
        tasks.open_task(tx, conversation_id, "cannot_be_texted", now)
        if conversation_id:
            outbox.drop(tx, conversation_id, reason="cannot_be_texted")
        return
    tasks.open_task(tx, conversation_id, "texts_off", now)
    stored = _who_texts(desk, tx, conversation_id, recipient)
    if stored and stored.conversation.status is not Status.OPTED_OUT:
        after = opt_out(desk, tx, stored.conversation, now).conversation
        conversations.save(tx, desk.vault, after, now, heard=False)
        conversations.note_event(tx, after.id, now, "network", "status", stored.conversation.status, after.status)
        outbox.drop(tx, after.id, reason="opted_out")


def _who_texts(desk: Desk, tx: Transaction, conversation_id: str | None, recipient: str | None) -> Stored | None:
    """The conversation by SMS of the number that opted out; not always the one the message was about."""
    if recipient:
        return conversations.find(tx, desk.vault, channel=Channel.SMS, contact=recipient)
    stored = conversations.load(tx, desk.vault, conversation_id) if conversation_id else None
    return stored if stored and stored.conversation.channel is Channel.SMS else None
