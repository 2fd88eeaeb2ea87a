"""After a call that was not safe: the parent, or a person whom they told, says that texting is safe again."""

from datetime import datetime

from bot.services.desk import Desk
from bot.services.take_over import find
from bot.storage import audit, conversations
from bot.storage.transaction import Transaction


def note_safe_again(desk: Desk, conversation_id: str, who: str, now: datetime) -> None:
    """Texts may leave unasked again, as far as the parent's own answers allow. Said twice changes nothing.

    Raises `NoSuchConversation`.
    """

    def work(tx: Transaction) -> None:
        find(tx, desk, conversation_id)
        if note_safe_again_within(tx, conversation_id, who, now):
            audit.record(tx, who, conversations.SAFE_AGAIN, "conversation", conversation_id, now)

    desk.database.write(work)


def note_safe_again_within(tx: Transaction, conversation_id: str, who: str, now: datetime) -> bool:
    """The same within a transaction; False where nothing was silenced."""
    if not conversations.is_silenced(tx, conversation_id):
        return False
    conversations.note_event(tx, conversation_id, now, who, conversations.SAFE_AGAIN)
    return True
