"""Replies to a text that came late leave by the outbox: its HTTP request was answered long ago, or never was."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.lateness import SAFE_TEXT_LASTS
from bot.domain.segments import LONGEST_MESSAGE
from bot.domain.turn import Turn, spoken
from bot.services.desk import Desk
from bot.services.put_into_words import Rendered, put_into_words
from bot.storage import outbox
from bot.storage.conversations import Stored
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

# The kind of such a reply. It is dropped when the parent has written again, and been answered, before it leaves.
LATE = "late_reply"
_APART = timedelta(seconds=10)


def reply_late(
    desk: Desk,
    tx: Transaction,
    stored: Stored,
    turn: Turn,
    rendered: Sequence[Rendered],
    *,
    inbound_id: str,
    sent_at: datetime,
    now: datetime,
) -> None:
    """Puts the turn's texts in the outbox as one message that says first that the parent's own came late.

    A safe text goes first and by itself. None of it leaves later after `sent_at` than `HELO_LATE_REPLY_SECONDS`, or a
    day where there is a safe text.
    """
    if not rendered:
        return
    (late,) = put_into_words(desk, turn.conversation, (spoken("common.late"),), now)
    bodies = [(LATE, "\n\n".join((late.body, *(text.body for text in rendered))))]
    longest = timedelta(seconds=desk.settings.late_reply_seconds)
    if "safety" in turn.visited:
        longest = max(longest, SAFE_TEXT_LASTS)
        # The same words, once in each language where it is not known.
        safe = sum(text.lines == turn.texts[0].lines for text in turn.texts)
        rest = "\n\n".join((late.body, *(text.body for text in rendered[safe:])))
        bodies = [*(("safety", text.body) for text in rendered[:safe]), (LATE, rest)]
    elif len(bodies[0][1]) > LONGEST_MESSAGE:
        bodies = [(LATE, text.body) for text in (late, *rendered)]
    for place, (kind, body) in enumerate(bodies):
        message = OutboundMessage(
            lane="reply",
            kind=kind,
            channel=turn.conversation.channel.value,
            recipient=stored.contact,
            body=body,
            dedupe_key=f"{inbound_id}:{place}",
            due_at=now + place * _APART,
            conversation_id=turn.conversation.id,
            inbound_id=inbound_id,
            language=rendered[0].language,
            not_after=sent_at + longest,
        )
        outbox.put(tx, desk.vault, message, now)
