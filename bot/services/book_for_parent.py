"""A person books a call for a parent who asked them; parent and caller are told, as if the parent had booked it."""

from datetime import datetime

from bot.domain.conversation import Channel
from bot.domain.slots import Slot
from bot.services.change_call import refuse_strange_times
from bot.services.desk import Desk
from bot.services.share_referral import make_sheet
from bot.services.take_over import NoSuchConversation, find
from bot.services.tell_caller import tell_caller
from bot.services.tell_parent_of_call import tell_parent_of_call
from bot.storage import audit, calls
from bot.storage.transaction import Transaction


def book_for_parent(desk: Desk, conversation_id: str, slot: Slot, who: str, now: datetime) -> str:
    """The id of the call that is booked. Its sheet holds what ringing needs, and no more unless the parent agreed.

    Raises `NoSuchConversation`, `SlotTaken`, `AlreadyBooked`, `NotATime`.
    """
    refuse_strange_times(desk, slot, now)

    def work(tx: Transaction) -> str:
        stored = find(tx, desk, conversation_id)
        if not stored.contact:
            raise NoSuchConversation(conversation_id)
        conversation = stored.conversation
        ends_at = slot.starts_at + desk.team.rules.length
        held = calls.hold(
            tx,
            conversation_id=conversation_id,
            staff_key=slot.staff_key,
            starts_at=slot.starts_at,
            ends_at=ends_at,
            busy_until=ends_at + desk.team.rules.pause,
            hold_until=ends_at,
            now=now,
        )
        # Nobody has asked this parent yet whether their answers may be shared.
        asked = {
            "share_summary": "no",
            **({"call_number": "this_number"} if conversation.channel is Channel.SMS else {}),
        }
        answers = {**asked, **conversation.answers}
        sheet = make_sheet(desk, conversation._replace(answers=answers), stored.contact)
        call = calls.confirm(tx, desk.vault, held.id, sheet=sheet, now=now)
        audit.record(tx, who, "book", "call", call.id, now)
        tell_caller(desk, tx, call.id, now)
        tell_parent_of_call(desk, tx, call, now)
        return call.id

    return desk.database.write(work)
