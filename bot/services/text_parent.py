"""Texts a parent unasked: one line of ours, dressed as they chose, at a safe hour, once for what it is about."""

from datetime import datetime

from bot.domain.contact import safe_parts
from bot.domain.conversation import Channel, Text
from bot.domain.text_hours import next_moment
from bot.services.desk import Desk
from bot.services.dress_texts import dress_texts
from bot.services.put_into_words import put_into_words
from bot.services.recall_answers import recall_answers
from bot.storage import outbox
from bot.storage.conversations import Stored
from bot.storage.outbox import OutboundMessage
from bot.storage.transaction import Transaction


def text_parent(
    desk: Desk,
    tx: Transaction,
    stored: Stored,
    text: Text,
    now: datetime,
    *,
    kind: str,
    key: str,
    not_after: datetime,
    author: str = "bot",
) -> bool:
    """Puts the text in the outbox; False where one of this `key` was put there before.

    `kind` is one of `contact.KINDS`; whether it may leave is asked once more just before it does.
    """
    conversation = stored.conversation
    (words,) = dress_texts(desk, tx, conversation, put_into_words(desk, conversation, (text,), now))
    by_text = conversation.channel is Channel.SMS
    message = OutboundMessage(
        lane="reminder",
        kind=kind,
        channel=conversation.channel.value,
        recipient=stored.contact,
        body=words.body,
        dedupe_key=key,
        due_at=next_moment(now, safe_parts(recall_answers(desk, tx, conversation))) if by_text else now,
        not_after=not_after,
        conversation_id=conversation.id,
        language=words.language,
        # A page shows it at its next look; only a text has to be carried.
        state="waiting" if by_text else "answered",
        author=author,
    )
    return outbox.put(tx, desk.vault, message, now) is not None
