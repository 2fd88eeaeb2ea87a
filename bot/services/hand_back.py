"""A person gives a conversation back to the bot, which goes on where it stood."""

from datetime import datetime

from bot.services.desk import Desk
from bot.services.take_over import move_status


def hand_back(desk: Desk, conversation_id: str, who: str, now: datetime) -> None:
    """Lets the bot speak again. Raises `NoSuchConversation`; `MoveNotAllowed` where no person has it."""
    desk.database.write(lambda tx: move_status(tx, desk, conversation_id, "hand_back", who, now))
