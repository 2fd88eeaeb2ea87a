"""A person writes to a parent, on the road the parent chose; only while a person has it: never two voices."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.domain.segments import LONGEST_MESSAGE, for_sms
from bot.domain.status import MoveNotAllowed, Status
from bot.services.desk import Desk
from bot.services.take_over import NoSuchConversation
from bot.storage import audit, conversations, outbox
from bot.storage.transaction import Transaction


class CannotBeSent(ValueError):
    """The words are none, or more than one message holds. `reason` is "empty" or "too_long"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reply_as_person(desk: Desk, conversation_id: str, text: str, who: str, now: datetime, *, once: str) -> None:
    """Puts `text` in the outbox. `once` names the form it came from: sent twice, it leaves once.

    Raises `NoSuchConversation`, `CannotBeSent`, and `MoveNotAllowed` where no person has the conversation.
    """

    def work(tx: Transaction) -> None:
        stored = conversations.load(tx, desk.vault, conversation_id)
        if stored is None or not stored.contact:
            raise NoSuchConversation(conversation_id)
        conversation = stored.conversation
        if conversation.status is not Status.WITH_PERSON:
            raise MoveNotAllowed(f"reply from {conversation.status}")
        message = outbox.OutboundMessage(
            lane="reply",
            kind="person",
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=ready_to_send(text, conversation.channel),
            dedupe_key=f"person:{conversation_id}:{once}",
            due_at=now,
            conversation_id=conversation_id,
            language=conversation.language,
            author=who,
            # A page shows it at its next look; only a text has to be carried.
            state="waiting" if conversation.channel is Channel.SMS else "answered",
        )
        if outbox.put(tx, desk.vault, message, now) is not None:
            audit.record(tx, who, "reply", "conversation", conversation_id, now)

    desk.database.write(work)


def ready_to_send(text: str, channel: Channel) -> str:
    """The words as they will leave on `channel`. Raises `CannotBeSent`."""
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    ready = for_sms(plain) if channel is Channel.SMS else plain
    if not ready:
        raise CannotBeSent("empty")
    if len(ready) > LONGEST_MESSAGE:
        raise CannotBeSent("too_long")
    return ready
