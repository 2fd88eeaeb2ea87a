"""Staff record that a baby has died, or take back what was recorded by mistake."""

from datetime import datetime

from bot.domain.conversation import Conversation, after_loss, as_before_loss
from bot.services.book_call import keep_sheet_true
from bot.services.desk import Desk
from bot.services.note_loss import note_loss
from bot.services.take_over import NoSuchConversation, find
from bot.storage import audit, calls, conversations, losses
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction


def record_loss(desk: Desk, conversation_id: str, who: str, now: datetime, *, taken_back: bool = False) -> bool:
    """Makes a loss known for good, as the parent's own words do. What waits and may speak of a baby is dropped.

    It does not come back when the loss is taken back.

    `taken_back`: staff know that it was a mistake, whether a person recorded it or the computer misread the parent.
    Only a person can know that: nothing the bot hears ever undoes a loss. The parent is texted neither way. False where
    nothing was to change. Raises `NoSuchConversation`.
    """

    def work(tx: Transaction) -> bool:
        stored = find(tx, desk, conversation_id)
        if not stored.contact:
            raise NoSuchConversation(conversation_id)
        if stored.conversation.loss != taken_back:
            return False
        after = _without(desk, stored.conversation) if taken_back else _with(desk, stored.conversation)
        conversations.save(tx, desk.vault, after, now, heard=False)
        if taken_back:
            losses.note_taken_back(tx, conversation_id, who, now)
        else:
            note_loss(tx, conversation_id, who, now)
        audit.record(tx, who, "take_back_loss" if taken_back else "record_loss", "conversation", conversation_id, now)
        _tell_sheets(desk, tx, stored._replace(conversation=after), now)
        return True

    return desk.database.write(work)


def _with(desk: Desk, conversation: Conversation) -> Conversation:
    """The next text of the parent is answered from the neutral way in: no question about a baby stands any more."""
    return after_loss(conversation)._replace(step=desk.library.flow.start_after_loss, shown=(), misunderstood=0)


def _without(desk: Desk, conversation: Conversation) -> Conversation:
    """As `_with`: where they stood before is not known any more, and nothing is asked as if they had answered it."""
    return as_before_loss(conversation)._replace(step=desk.library.flow.restart, shown=(), misunderstood=0)


def _tell_sheets(desk: Desk, tx: Transaction, stored: Stored, now: datetime) -> None:
    """Whoever opens a sheet of this parent, also after the call, is told."""
    loss = stored.conversation.loss
    keep_sheet_true(desk, tx, stored.conversation, stored.contact, now)
    for call in calls.every_of_conversation(tx, desk.vault, stored.conversation.id):
        if call.sheet is not None and call.sheet.get("loss", False) != loss:
            calls.keep_sheet(tx, desk.vault, call.id, {**call.sheet, "loss": loss}, now)
