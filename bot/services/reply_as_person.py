"""A person writes to a parent, on the road the parent chose; only whoever has the conversation: never two voices."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.domain.segments import LONGEST_MESSAGE, for_sms
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.take_over import NoSuchConversation, find, refuse_unless_mine
from bot.storage import audit, conversations, outbox, promises
from bot.storage.transaction import Transaction


class CannotBeSent(ValueError):
    """The words are none, or more than one message holds, or texting is not safe and nobody said: all the same.

    `reason` is "empty", "too_long" or "not_safe".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reply_as_person(
    desk: Desk,
    conversation_id: str,
    text: str,
    who: str,
    now: datetime,
    *,
    once: str,
    though_not_safe: bool = False,
) -> None:
    """Puts `text` in the outbox. `once` names the form it came from: sent twice, it leaves once.

    `though_not_safe`: the writer was warned that a text may be seen by somebody else, and means it all the same.
    Raises `NoSuchConversation`, `CannotBeSent`, `SomebodyElseHasIt`, and `MoveNotAllowed` where no person has it.
    """

    def work(tx: Transaction) -> None:
        stored = find(tx, desk, conversation_id)
        if not stored.contact:
            raise NoSuchConversation(conversation_id)
        refuse_unless_mine(stored, who)
        conversation = stored.conversation
        ready = ready_to_send(text, conversation.channel)
        unsafe = conversation.channel is Channel.SMS and not look_up_safe_contact(desk, tx, stored)
        if unsafe and not though_not_safe:
            raise CannotBeSent("not_safe")
        message = outbox.OutboundMessage(
            lane="reply",
            kind="person_confirmed" if unsafe else "person",
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=ready,
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


def ready_to_send(text: str, channel: Channel) -> str:
    """The words as they will leave on `channel`. Raises `CannotBeSent`."""
    plain = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    ready = for_sms(plain) if channel is Channel.SMS else plain
    if not ready:
        raise CannotBeSent("empty")
    if len(ready) > LONGEST_MESSAGE:
        raise CannotBeSent("too_long")
    return ready
