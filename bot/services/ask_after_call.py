"""After a listening call took place: how was that? By text only, and only where the bot may speak."""

from datetime import datetime

from bot.domain import engine
from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.services.fetch_wants import outside_facts
from bot.services.put_into_words import put_into_words
from bot.storage import conversations, outbox
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

DOOR = "after_call"


def ask_after_call(desk: Desk, tx: Transaction, conversation_id: str, call_id: str, now: datetime) -> None:
    """Puts the question in the outbox, once a call, and stands the conversation at it."""
    stored = conversations.load(tx, desk.vault, conversation_id)
    if stored is None or not stored.contact:
        return
    conversation = stored.conversation
    if conversation.channel is not Channel.SMS or conversation.status is not Status.WITH_BOT:
        return
    turn = engine.enter(conversation, desk.library.flow, outside_facts(desk, tx, conversation, now), DOOR)
    for place, text in enumerate(put_into_words(desk, turn.conversation, turn.texts, now)):
        message = OutboundMessage(
            lane="reply",
            kind=DOOR,
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=text.body,
            dedupe_key=f"{DOOR}:{call_id}:{place}",
            due_at=now,
            conversation_id=conversation_id,
            language=text.language,
        )
        outbox.put(tx, desk.vault, message, now)
    conversations.save(tx, desk.vault, turn.conversation, now, heard=False)
    conversations.note_event(tx, conversation_id, now, "bot", "step", conversation.step, turn.conversation.step)
