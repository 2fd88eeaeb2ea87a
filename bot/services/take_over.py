"""A person takes a conversation from the bot, which is silent from the same transaction on."""

from dataclasses import replace
from datetime import datetime

from bot.domain.status import Status, move
from bot.services.desk import Desk
from bot.storage import audit, conversations
from bot.storage.transaction import Transaction


class NoSuchConversation(LookupError):
    """There is no conversation of this id."""


def take_over(desk: Desk, conversation_id: str, who: str, now: datetime) -> None:
    """Puts the conversation in `who`'s hands. Raises `NoSuchConversation`; `MoveNotAllowed` if the bot has it not."""
    desk.database.write(lambda tx: move_status(tx, desk, conversation_id, "take_over", who, now))


def move_status(tx: Transaction, desk: Desk, conversation_id: str, event: str, who: str, now: datetime) -> Status:
    """Moves the status along one edge of its table and writes who did it; raises as `take_over` does."""
    stored = conversations.load(tx, desk.vault, conversation_id)
    if stored is None:
        raise NoSuchConversation(conversation_id)
    before = stored.conversation.status
    after = move(before, event)
    conversations.save(tx, desk.vault, replace(stored.conversation, status=after), now, heard=False)
    conversations.note_event(tx, conversation_id, now, who, event, before.value, after.value)
    audit.record(tx, who, event, "conversation", conversation_id, now)
    return after
