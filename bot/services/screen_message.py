"""Reads one message against the lexicon, together with what the same parent said a moment before."""

from datetime import datetime, timedelta

from bot.domain.conversation import InboundMessage
from bot.domain.pieces import add_later
from bot.domain.screening import Screening, screen, screen_after
from bot.services.desk import Desk
from bot.storage import said
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

# A disclosure in more pieces than this has whole ones among them.
MOST_EARLIER = 3
# As many of those that a late message is read with because they came after it.
MOST_LATER = MOST_EARLIER


def screen_message(
    desk: Desk, tx: Transaction, known: Stored | None, message: InboundMessage, inbound_id: str, now: datetime
) -> Screening:
    """What `message` says, on its own and as the end of a sentence begun in the messages of the last minutes.

    `known` is the conversation it was stored in, None for somebody's first message. How many minutes: the setting
    `HELO_SPLIT_SECONDS`, counted from when it was sent. One that was fetched late may be the beginning as well: it is
    read with the messages of as many minutes after it.
    """
    text, lexicon = message.text, desk.lexicon
    at, apart = message.sent_at or now, timedelta(seconds=desk.settings.split_seconds)
    if known is None or known.updated_at < at - apart:
        return screen(text, lexicon)
    whose = known.conversation.id
    # What is kept when a message comes was said before it, also where our clock was set back in between.
    until = message.sent_at or now + apart
    earlier = said.before(tx, desk.vault, inbound_id, whose, since=at - apart, until=until, limit=MOST_EARLIER)
    found = screen_after(earlier, text, lexicon)
    if message.sent_at is None:
        return found
    later = said.after(tx, desk.vault, whose, since=at, until=at + apart, limit=MOST_LATER)
    return add_later(found, earlier, text, later, lexicon)
