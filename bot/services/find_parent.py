"""Finds a parent's conversation by their number, through the keyed hash: no number is ever stored readably."""

from bot.domain.conversation import Channel
from bot.services.desk import Desk
from bot.storage import conversations


def find_parent(desk: Desk, number: str) -> str | None:
    """The id of the SMS conversation of an E.164 number, or None."""
    found = desk.database.read(
        lambda tx: conversations.find(tx, desk.vault, channel=Channel.SMS, contact=number.replace(" ", ""))
    )
    return found.conversation.id if found else None
