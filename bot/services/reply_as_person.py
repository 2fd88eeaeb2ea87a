"""A person writes to a parent, on the road the parent chose; only whoever has the conversation: never two voices.

By text their words look as the parent chose that texts look, and a locked phone shows how they begin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bot.domain.conversation import LANGUAGES, Channel, Conversation
from bot.domain.segments import LONGEST_MESSAGE, count_segments, for_sms
from bot.services.desk import Desk
from bot.services.dress_texts import dressed, skin_on
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.take_over import NoSuchConversation, find, refuse_unless_mine
from bot.storage import audit, conversations, outbox, promises
from bot.storage.transaction import Transaction

LOCK_SCREEN = 40
# Kinds of words in the glossary that must not be the first that anybody reads.
_TELLING = ("lock_screen", "statutory", "never")


class CannotBeSent(ValueError):
    """The words are none, or more than one message holds; or somebody else may see what they must not, and nobody
    said: all the same.

    `reason` is "empty", "too_long", "not_safe" (any text) or "shows" (how this one begins).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ready:
    """Words as they will arrive. By text: in how many `parts`, what a locked phone `shows` of them, and the words in
    that which give away what it is about (`telling`, as the glossary has them). On a page: none of it."""

    body: str
    parts: int = 0
    shows: str = ""
    telling: tuple[str, ...] = ()


def reply_as_person(
    desk: Desk,
    conversation_id: str,
    text: str,
    who: str,
    now: datetime,
    *,
    once: str,
    though_not_safe: bool = False,
    though_shown: bool = False,
) -> None:
    """Puts `text` in the outbox. `once` names the form it came from: sent twice, it leaves once.

    `though_not_safe`: the writer was warned that a text may be seen by somebody else, and means it all the same.
    `though_shown`: the same, of how it begins.
    Raises `NoSuchConversation`, `CannotBeSent`, `SomebodyElseHasIt`, and `MoveNotAllowed` where no person has it.
    """

    def work(tx: Transaction) -> None:
        stored = find(tx, desk, conversation_id)
        if not stored.contact:
            raise NoSuchConversation(conversation_id)
        refuse_unless_mine(stored, who)
        conversation = stored.conversation
        ready = ready_to_send(desk, tx, conversation, text)
        unsafe = conversation.channel is Channel.SMS and not look_up_safe_contact(desk, tx, stored)
        if unsafe and not though_not_safe:
            raise CannotBeSent("not_safe")
        if ready.telling and not though_shown:
            raise CannotBeSent("shows")
        message = outbox.OutboundMessage(
            lane="reply",
            kind="person_confirmed" if unsafe else "person",
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=ready.body,
            dedupe_key=f"person:{conversation_id}:{once}",
            due_at=now,
            conversation_id=conversation_id,
            language=conversation.language,
            author=who,
            # A page shows it at its next look; only a text has to be carried.
            state="waiting" if conversation.channel is Channel.SMS else "answered",
        )
        if outbox.put(tx, desk.vault, message, now) is not None:
            conversations.note_event(tx, conversation_id, now, who, "replied")
            promises.keep(tx, conversation_id, who, now)
            audit.record(tx, who, "reply_not_safe" if unsafe else "reply", "conversation", conversation_id, now)

    desk.database.write(work)


def ready_to_send(desk: Desk, tx: Transaction, conversation: Conversation, text: str) -> Ready:
    """The words as they will arrive, dressed as the parent chose. Raises `CannotBeSent`: "empty" or "too_long"."""
    by_text = conversation.channel is Channel.SMS
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    words = for_sms(plain) if by_text else plain
    if not words:
        raise CannotBeSent("empty")
    body = dressed(desk, skin_on(desk, tx, conversation), conversation.language, words)
    if len(body) > LONGEST_MESSAGE:
        raise CannotBeSent("too_long")
    if not by_text:
        return Ready(body)
    # The words themselves: what a signature adds is ours, and neutral.
    shows = " ".join(words[: LOCK_SCREEN * 2].split())[:LOCK_SCREEN]
    return Ready(body, count_segments(body).parts, shows, tuple(sorted(set(_telling(desk, shows)))))


def _telling(desk: Desk, shows: str) -> Iterator[str]:
    """A person may write in either language whatever the conversation's is."""
    found = (desk.glossary.found(kind, language, shows) for kind in _TELLING for language in LANGUAGES)
    return (word.removesuffix("*") for word in chain.from_iterable(found))
