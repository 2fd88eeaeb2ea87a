"""What a text that never reached us, and was fetched, still brings about: what it said, never what it did not know."""

from datetime import datetime, timedelta

from bot.domain.answers import fold
from bot.domain.conversation import InboundMessage
from bot.domain.lateness import Lateness, how_late
from bot.domain.screening import Screening
from bot.domain.status import Status
from bot.domain.turn import Turn
from bot.services.answer_parent import answer_parent
from bot.services.desk import Desk
from bot.services.reply_late import LATE
from bot.storage import messages, outgoing, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction


def answer_late(
    desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, screening: Screening, now: datetime
) -> Turn:
    """The finished turn for a late message. In its turn it is answered like any other. Overtaken, the question of now
    is put again, unless a late reply has done so already. Too old, it is left to staff. Danger, a loss, and a wish for
    no more texts are heeded however late.
    """
    sent_at = message.sent_at or now
    moved_at = stored.updated_at if stored.heard_at else None
    longest = timedelta(seconds=desk.settings.late_reply_seconds)
    lateness = how_late(sent_at, now, moved_at=moved_at, longest=longest)
    if _taken_back(desk, tx, stored, message, sent_at):
        return Turn(stored.conversation)
    replied = lateness is Lateness.OVERTAKEN and outgoing.was_put_since(tx, stored.conversation.id, LATE, sent_at)
    turn = answer_parent(desk, tx, stored, message, screening, now, Lateness.TOO_OLD if replied else lateness)
    if lateness is Lateness.TOO_OLD and stored.conversation.status is Status.WITH_BOT and not turn.texts:
        tasks.open_task(tx, stored.conversation.id, "text_came_late", now)
    return turn


def _taken_back(desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, sent_at: datetime) -> bool:
    """Whether texts were switched off by this message and on again by a later one, or the other way round."""
    library = desk.library
    opposite = {
        word: other
        for words, other in (
            (library.opt_out_words, library.opt_in_words),
            (library.opt_in_words, library.opt_out_words),
        )
        for word in words
    }.get(fold(message.text))
    if opposite is None:
        return False
    return any(fold(text) in opposite for text in messages.texts_since(tx, desk.vault, stored.conversation.id, sent_at))
