"""A person takes a conversation from the bot, which is silent from the same transaction on; or from a colleague."""

from datetime import datetime

from bot.domain.status import MoveNotAllowed, Status, move
from bot.services.desk import Desk
from bot.storage import audit, conversations
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction


class NoSuchConversation(LookupError):
    """There is no conversation of this id."""


class SomebodyElseHasIt(MoveNotAllowed):
    """A colleague has the conversation: `owner`, as records name staff. It may be taken from them on purpose."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


def take_over(desk: Desk, conversation_id: str, who: str, now: datetime, *, taking_from: str | None = None) -> None:
    """Puts the conversation in `who`'s hands; once more is no harm. `taking_from`: the colleague it is taken from.

    Raises `NoSuchConversation`; `SomebodyElseHasIt` where that is nobody `who` has named; `MoveNotAllowed` where the
    bot has it not.
    """

    def work(tx: Transaction) -> None:
        stored = find(tx, desk, conversation_id)
        if stored.conversation.status is Status.WITH_PERSON:
            _take_from(tx, stored, who, now, taking_from)
            return
        move_status(tx, desk, stored, "take_over", who, now)
        conversations.give_to(tx, conversation_id, who)

    desk.database.write(work)


def find(tx: Transaction, desk: Desk, conversation_id: str) -> Stored:
    """The conversation, locked; raises `NoSuchConversation`."""
    stored = conversations.load(tx, desk.vault, conversation_id)
    if stored is None:
        raise NoSuchConversation(conversation_id)
    return stored


def refuse_unless_mine(stored: Stored, who: str) -> None:
    """Raises `SomebodyElseHasIt` where a colleague has it, `MoveNotAllowed` where no person has."""
    if stored.conversation.status is not Status.WITH_PERSON:
        raise MoveNotAllowed(f"{stored.conversation.status} is with no person")
    if stored.person not in (None, who):
        raise SomebodyElseHasIt(stored.person)


def move_status(tx: Transaction, desk: Desk, stored: Stored, event: str, who: str, now: datetime) -> Stored:
    """The conversation after one edge of the status table, written with who did it; raises `MoveNotAllowed`."""
    conversation = stored.conversation
    after = conversation._replace(status=move(conversation.status, event))
    conversations.save(tx, desk.vault, after, now, heard=False)
    conversations.note_event(tx, after.id, now, who, event, conversation.status.value, after.status.value)
    audit.record(tx, who, event, "conversation", after.id, now)
    return stored._replace(conversation=after)


def _take_from(tx: Transaction, stored: Stored, who: str, now: datetime, taking_from: str | None) -> None:
    owner = stored.person
    if owner == who:
        return
    if owner is not None and owner != taking_from:
        raise SomebodyElseHasIt(owner)
    id_ = stored.conversation.id
    conversations.give_to(tx, id_, who)
    conversations.note_event(tx, id_, now, who, "take_from", owner, who)
    audit.record(tx, who, "take_from", "conversation", id_, now)
