"""Writes to a parent unasked: a line or a question of ours, dressed as they chose, at a safe hour, once for its key."""

from datetime import datetime

from bot.domain import engine
from bot.domain.contact import safe_parts
from bot.domain.conversation import Channel, Text
from bot.domain.text_hours import next_moment
from bot.services.desk import Desk
from bot.services.dress_texts import dress_texts
from bot.services.fetch_wants import outside_facts
from bot.services.put_into_words import Rendered, put_into_words
from bot.services.recall_answers import recall_answers
from bot.storage import conversations, outbox
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
    (words,) = dress_texts(desk, tx, stored.conversation, put_into_words(desk, stored.conversation, (text,), now))
    return _put(desk, tx, stored, words, now, kind=kind, key=key, not_after=not_after, author=author)


def ask_parent(
    desk: Desk, tx: Transaction, stored: Stored, door: str, now: datetime, *, kind: str, key: str, not_after: datetime
) -> None:
    """Stands the conversation at the step `door` and puts its question in the outbox, one message a text."""
    conversation = stored.conversation
    turn = engine.enter(conversation, desk.library.flow, outside_facts(desk, tx, conversation, now), door)
    said = put_into_words(desk, turn.conversation, turn.texts, now)
    for place, words in enumerate(dress_texts(desk, tx, conversation, said)):
        _put(desk, tx, stored, words, now, kind=kind, key=f"{key}:{place}", not_after=not_after, author="bot")
    conversations.save(tx, desk.vault, turn.conversation, now, heard=False)
    conversations.note_event(tx, conversation.id, now, "bot", "step", conversation.step, turn.conversation.step)


def _put(
    desk: Desk, tx: Transaction, stored: Stored, words: Rendered, now: datetime,
    *, kind: str, key: str, not_after: datetime, author: str,
) -> bool:  # fmt: skip
    conversation = stored.conversation
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
