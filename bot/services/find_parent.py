"""Finds a parent's conversation by their number, through the keyed hash: no number is ever stored readably."""

from bot.domain.conversation import Channel
from bot.domain.phone import read_uk_landline, read_uk_mobile
from bot.services.desk import Desk
from bot.storage import conversations


def find_parent(desk: Desk, number: str) -> str | None:
    """The id of the SMS conversation of a number, however people write it (07700 900123), or None."""
    contact = read_uk_mobile(number) or read_uk_landline(number) or number.replace(" ", "")
    found = desk.database.read(lambda tx: conversations.find(tx, desk.vault, channel=Channel.SMS, contact=contact))
    return found.conversation.id if found else None
