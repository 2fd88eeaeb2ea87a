"""Booking a listening call: free times, holding one, booking it with its sheet, moving and calling off."""

from datetime import datetime, timedelta

from bot.content.bank_holidays import closed_days
from bot.domain.conversation import Conversation, Value
from bot.domain.slots import Slot, Wishes, free_slots
from bot.domain.turn import NAMED
from bot.services.desk import Desk
from bot.services.know_callers import know_busy, know_callers
from bot.services.share_referral import make_sheet
from bot.services.tell_caller import tell_caller
from bot.storage import calls
from bot.storage.call_times import SlotTaken
from bot.storage.calls import Call
from bot.storage.database import Transaction


def find_slots(
    desk: Desk, tx: Transaction, conversation: Conversation, now: datetime, *, again: bool
) -> tuple[Slot, ...]:
    """Free times in the language of the call. `again`: those last shown, as far as they are still free."""
    rules = desk.team.rules
    language = conversation.answers.get("call_language", "")
    wanted = None if language == "other" else NAMED.get(language, conversation.language)
    found = free_slots(
        know_callers(desk, tx).values(),
        rules,
        busy=know_busy(desk, tx, now),
        closed=closed_days(desk.team.closed, now),
        wishes=Wishes(language=wanted),
        seen=() if again else conversation.seen,
        now=now,
    )
    return () if language == "other" else found


def hold_slot(desk: Desk, tx: Transaction, conversation: Conversation, slot: Slot, now: datetime) -> Call:
    """Holds the slot, or moves a booked call there at once. Raises `SlotTaken`, also for a slot nobody offers."""
    caller = desk.team.callers.get(slot.staff_key)
    if caller is None or slot.starts_at <= now:
        raise SlotTaken(slot.key)
    ends_at = slot.starts_at + desk.team.rules.length
    busy_until = ends_at + desk.team.rules.pause
    booked = live_call(desk, tx, conversation.id)
    if booked and booked.state == "booked":
        moved = calls.move(
            tx,
            desk.vault,
            booked.id,
            staff_key=slot.staff_key,
            starts_at=slot.starts_at,
            ends_at=ends_at,
            busy_until=busy_until,
            now=now,
        )
        tell_caller(desk, tx, moved.id, now, before=booked.staff_key)
        return moved
    return calls.hold(
        tx,
        conversation_id=conversation.id,
        staff_key=slot.staff_key,
        starts_at=slot.starts_at,
        ends_at=ends_at,
        busy_until=busy_until,
        hold_until=now + timedelta(seconds=desk.settings.hold_seconds),
        now=now,
    )


def book_call(desk: Desk, tx: Transaction, conversation: Conversation, contact: str, now: datetime) -> Call:
    """Books what was held. A hold that lapsed is taken again when the slot is still free. Raises `SlotTaken`."""
    held = live_call(desk, tx, conversation.id)
    if held is None or held.state == "booked":
        if held is not None:
            return held
        held = hold_slot(desk, tx, conversation, Slot.from_key(_chosen(conversation)), now)
    call = calls.confirm(tx, desk.vault, held.id, sheet=make_sheet(desk, conversation, contact), now=now)
    tell_caller(desk, tx, call.id, now)
    return call


def keep_sheet_true(desk: Desk, tx: Transaction, conversation: Conversation, contact: str, now: datetime) -> None:
    """Brings the sheet of a booked call up to what the parent has said since: a line taken out, a number, a loss.

    Once they started again, only a loss is added: what they had agreed to share stands.
    """
    live = live_call(desk, tx, conversation.id)
    if live is None or live.state != "booked" or live.sheet is None:
        return
    same_journey = "share_summary" in conversation.answers
    fresh = make_sheet(desk, conversation, contact) if same_journey else {**live.sheet, "loss": conversation.loss}
    if fresh != live.sheet:
        calls.keep_sheet(tx, desk.vault, live.id, fresh, now)


def call_off(desk: Desk, tx: Transaction, conversation_id: str, now: datetime) -> None:
    """Frees the slot of the conversation's call, if it has one."""
    live = live_call(desk, tx, conversation_id)
    if live:
        calls.call_off(tx, live.id, now)
        if live.state == "booked":
            tell_caller(desk, tx, live.id, now)


def live_call(desk: Desk, tx: Transaction, conversation_id: str) -> Call | None:
    """The held or booked call of the conversation."""
    return calls.of_conversation(tx, desk.vault, conversation_id)


def spoken_call(desk: Desk, call: Call) -> dict[str, Value]:
    """When and who, for a text."""
    caller = desk.team.callers.get(call.staff_key)
    return {"time": call.starts_at, "who": caller.name if caller else ""}


def _chosen(conversation: Conversation) -> str:
    key = conversation.answers.get("slot", "")
    if "@" not in key:
        raise SlotTaken("no time was chosen")
    return key
