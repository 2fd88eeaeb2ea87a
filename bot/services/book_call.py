"""Booking a listening call: free times, holding one, booking it with its sheet, moving and calling off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.bank_holidays import closed_days
from bot.content.languages import language_code
from bot.domain.contact import safe_parts
from bot.domain.conversation import Conversation, Value
from bot.domain.slots import CHANNELS, PARTS_OF_DAY, Slot, Wishes, free_slots, is_free, is_offered, part_of_day
from bot.domain.turn import NAMED
from bot.services.desk import Desk
from bot.services.know_callers import know_busy, know_callers
from bot.services.recall_answers import recall_answers
from bot.services.share_referral import make_sheet
from bot.services.tell_caller import tell_caller
from bot.storage import callers, calls
from bot.storage.call_times import SlotTaken
from bot.storage.calls import Call
from bot.storage.database import Transaction


def find_slots(
    desk: Desk, tx: Transaction, conversation: Conversation, now: datetime, *, again: bool
) -> tuple[Slot, ...]:
    """Free times that match what the parent said. `again`: those last shown, as far as they are still free, and others
    in place of those that have gone."""
    wishes = wishes_of(desk, recall_answers(desk, tx, conversation), conversation.language)
    if wishes is None:
        return ()
    return free_slots(
        know_callers(desk, tx).values(),
        desk.team.rules,
        busy=know_busy(desk, tx, now),
        closed=closed_days(desk.team.closed, now),
        wishes=wishes,
        seen=() if again and not conversation.shown else conversation.seen,
        keep=conversation.shown if again else (),
        now=now,
    )


def wishes_of(desk: Desk, answers: Mapping[str, str], written: str | None) -> Wishes | None:
    """What the call must be like, in the language `written` in where none was asked for; None where a language was
    asked for that we cannot name: a person arranges it."""
    language = NAMED.get(answers.get("call_language", ""), written)
    if answers.get("call_language") == "other":
        language = language_code(answers.get("call_interpreter", ""))
        if language is None:
            return None
    area = answers.get("area")
    return Wishes(
        language=language,
        channel=answers.get("call_channel", "phone"),
        area=area if area in desk.atlas.served else None,
        safe=safe_parts(answers),
        asleep=frozenset(answers.get("call_sleep", "").split()) & PARTS_OF_DAY.keys(),
    )


def find_channels(desk: Desk, tx: Transaction, conversation: Conversation) -> tuple[str, ...]:
    """The ways to talk that somebody offers who speaks the language and covers the area, the phone first; none where
    there is nothing to choose."""
    wishes = wishes_of(desk, recall_answers(desk, tx, conversation), conversation.language)
    if wishes is None:
        return ()
    able = [one for one in know_callers(desk, tx).values() if replace(wishes, channel=None).met_by(one)]
    offered = tuple(each for each in CHANNELS if any(each in one.channels for one in able))
    return offered if len(offered) > 1 else ()


def hold_slot(desk: Desk, tx: Transaction, conversation: Conversation, slot: Slot, now: datetime) -> Call:
    """Holds the slot, or moves a booked call there at once. Raises `SlotTaken`, also for a slot nobody offers now: the
    hours may have changed since it was shown, or the person's own calendar."""
    if not _stands(desk, tx, conversation, slot, now):
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


def _stands(desk: Desk, tx: Transaction, conversation: Conversation, slot: Slot, now: datetime) -> bool:
    """Whether the slot is still one we offer this parent. Our own calls are left to the constraint."""
    rules, caller = desk.team.rules, know_callers(desk, tx).get(slot.staff_key)
    wishes = wishes_of(desk, recall_answers(desk, tx, conversation), conversation.language)
    if caller is None or wishes is None or not wishes.met_by(caller):
        return False
    # A list may be answered for as long as the conversation is not taken for asleep.
    notice = max(rules.notice - timedelta(seconds=desk.settings.idle_seconds), timedelta(minutes=1))
    theirs = [each.busy for each in callers.own_calendars(tx, desk.vault) if each.staff_key == slot.staff_key]
    return (
        is_offered(slot, caller, rules, closed=closed_days(desk.team.closed, now), notice=notice, now=now)
        and (not wishes.safe or part_of_day(slot.starts_at) in wishes.safe)
        and all(is_free(slot, rules, busy) for busy in theirs)
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
