"""What a parent said that later texts and times need: in the conversation, or kept with the call booked last."""

from collections.abc import Mapping

from bot.domain.conversation import Conversation
from bot.services.desk import Desk
from bot.storage import calls
from bot.storage.transaction import Transaction


def recall_answers(desk: Desk, tx: Transaction, conversation: Conversation) -> Mapping[str, str]:
    """The answers. Who starts again begins with none: what they said of safe contact for a call counts still, until it
    is asked anew."""
    every = calls.every_of_conversation(tx, desk.vault, conversation.id)
    kept: Mapping[str, str] = next((call.sheet.get("kept_answers", {}) for call in reversed(every) if call.sheet), {})
    return {**kept, **conversation.answers}
