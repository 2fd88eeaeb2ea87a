"""Reads one message against the lexicon, together with what the same parent said a moment before."""

from datetime import datetime, timedelta

from bot.domain.screening import Screening, screen, screen_after
from bot.services.desk import Desk
from bot.storage import messages
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

# A disclosure in more pieces than this has whole ones among them.
MOST_EARLIER = 3


def screen_message(
    desk: Desk, tx: Transaction, known: Stored | None, text: str, inbound_id: str, now: datetime
) -> Screening:
    """What `text` says, on its own and as the end of a sentence begun in the messages of the last minutes.

    `known` is the conversation it was stored in, None for somebody's first message. How many minutes: the setting
    `HELO_SPLIT_SECONDS`.
    """
    since = now - timedelta(seconds=desk.settings.split_seconds)
    if known is None or known.updated_at < since:
        return screen(text, desk.lexicon)
    whose = known.conversation.id
    earlier = messages.said_before(tx, desk.vault, inbound_id, whose, since=since, limit=MOST_EARLIER)
    return screen_after(earlier, text, desk.lexicon)
