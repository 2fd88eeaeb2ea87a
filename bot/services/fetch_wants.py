"""Fetches what the engine asks for: an offer near the parent, free times, the lines to share, a place looked up."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.areas import ELSEWHERE
from bot.domain.conversation import Conversation, Line
from bot.domain.referral import STRUCK, strike
from bot.domain.slots import Slot
from bot.domain.turn import WITHDRAWALS, Given, Item, Turn, Want
from bot.services.book_call import book_call, find_channels, find_slots, hold_slot, live_call, spoken_call
from bot.services.desk import Desk
from bot.services.know_offers import with_known_offers
from bot.services.name_items import area_items, channel_item, slot_item
from bot.services.share_referral import contact_values, summary_items
from bot.services.suggest_card import suggest_card
from bot.services.suggest_offers import suggest_offer
from bot.services.tell_offer import tell_offer
from bot.services.withdraw_consent import withdraw_consent
from bot.storage import concerns, offer_events, reports, tasks
from bot.storage.call_times import SlotTaken
from bot.storage.calls import Call
from bot.storage.database import Transaction

NOTHING = Given(ok=False)


def outside_facts(desk: Desk, tx: Transaction, conversation: Conversation, now: datetime) -> Mapping[str, str]:
    """What the flow may ask about beside the parent's answers: is a call booked, and not over; is the area known; how
    they talk, by `slots.CHANNELS`."""
    live = live_call(desk, tx, conversation.id)
    kept = live.sheet.get("kept_answers", {}) if live and live.sheet else {}
    # Who begins anew has no answers, and a booked call all the same: by video it is not "we will ring".
    how = kept.get("call_channel") or conversation.answers.get("call_channel", "phone")
    known = conversation.answers.get("area", "") in desk.atlas.served
    return {
        "call": "booked" if live and _is_coming(live, now) else "none",
        "near": "known" if known else "unknown",
        "how": how,
    }


def _is_coming(call: Call, now: datetime) -> bool:
    return call.state == "booked" and call.ends_at > now


def fetch_want(desk: Desk, tx: Transaction, turn: Turn, contact: str, now: datetime) -> Given:
    """The answer to the turn's want."""
    want, conversation = turn.want, turn.conversation
    if want is None:
        raise ValueError("nothing was wanted")
    return _FETCH[want.kind, want.name](desk, tx, conversation, want, contact, now)


Fetch = Callable[[Desk, Transaction, Conversation, Want, str, datetime], Given]


def _offer(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    chosen = suggest_offer(with_known_offers(desk, tx), conversation, now, again=want.again)
    if chosen is None:
        return NOTHING
    if chosen.offer.id not in conversation.seen:
        offer_events.note_offer(tx, conversation.id, chosen.offer.id, "shown", now)
    return Given(ok=True, values=tell_offer(desk, chosen), items=(Item(chosen.offer.id),))


def _offer_details(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    chosen = suggest_offer(with_known_offers(desk, tx), conversation, now, again=True)
    if chosen is None or chosen.offer.id not in conversation.seen:
        return NOTHING
    return Given(ok=True, values=tell_offer(desk, chosen), items=(Item(chosen.offer.id),))


def _tip(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    card = suggest_card(desk, conversation)
    if card is None:
        return NOTHING
    return Given(ok=True, values={"tip": Line(card.words)}, items=(Item(card.id),))


def _slots(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    slots = find_slots(desk, tx, conversation, now, again=want.again)
    return Given(ok=bool(slots), items=tuple(map(slot_item, slots)))


def _summary(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    return Given(ok=True, values=contact_values(conversation, contact), items=summary_items(desk, conversation))


def _booking(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    live = live_call(desk, tx, conversation.id)
    return Given(ok=True, values=spoken_call(desk, live)) if live and _is_coming(live, now) else NOTHING


def _areas(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    """The areas asked about last, where the question is put again; else all that the team serves."""
    keys = [key for key in conversation.shown if key in desk.atlas.areas] or desk.atlas.served
    return Given(ok=bool(keys), items=area_items(desk, keys))


def _take_slot(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    try:
        call = hold_slot(desk, tx, conversation, Slot.from_key(want.key), now)
    except SlotTaken:
        return NOTHING
    facts = {"call": "booked" if call.state == "booked" else "none"}
    return Given(ok=True, values=spoken_call(desk, call), answers={"slot": want.key}, facts=facts)


def _channels(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    found = find_channels(desk, tx, conversation)
    return Given(ok=bool(found), items=tuple(map(channel_item, found)))


def _take_channel(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    return Given(ok=True, answers={"call_channel": want.key})


def _take_strike(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    return Given(ok=True, answers={STRUCK: strike(conversation.answers, want.key)[STRUCK]})


def _take_area(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    return Given(ok=True, answers={"area": _kept(desk, want.key)})


def _place(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    areas = desk.atlas.find(want.key)
    if len({_kept(desk, area) for area in areas}) == 1:
        return Given(ok=True, answers={"area": _kept(desk, areas[0])})
    return Given(ok=False, items=area_items(desk, [key for key in areas if key != ELSEWHERE]))


def _kept(desk: Desk, area: str) -> str:
    """What is kept of where a parent lives: one of our areas, or that it is none of them."""
    return area if area in desk.atlas.served else ELSEWHERE


def _book(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    try:
        call = book_call(desk, tx, conversation, contact, now)
    except SlotTaken:
        return NOTHING
    return Given(ok=True, values=spoken_call(desk, call), facts={"call": "booked"})


def _ask_person(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    tasks.open_task(tx, conversation.id, "asks_for_person", now)
    return Given(ok=True)


def _withdraw(
    desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime
) -> Given:
    """What was taken back counts from now on, also for the sheet that is kept true by the parent's answers."""
    whom = want.name.removeprefix("withdraw_")
    withdraw_consent(desk, tx, conversation.id, whom, now)
    asked = whom == "team" and "share_summary" in conversation.answers
    return Given(ok=True, values={"time": now}, answers={"share_summary": "no"} if asked else {})


def _forget(desk: Desk, tx: Transaction, conversation: Conversation, want: Want, contact: str, now: datetime) -> Given:
    """Whether it may be erased; the erasing itself comes last, when the answer is written."""
    live = any(alert.state != "closed" for alert in concerns.of_conversation(tx, conversation.id))
    if live or reports.is_pending(tx, conversation.id):
        tasks.open_task(tx, conversation.id, "asks_to_be_forgotten", now)
        return NOTHING
    return Given(ok=True, acts=("forgot",))


_FETCH: Mapping[tuple[str, str], Fetch] = {
    ("find", "offer"): _offer,
    ("find", "offer_details"): _offer_details,
    ("find", "tip"): _tip,
    ("find", "slots"): _slots,
    ("find", "summary"): _summary,
    ("find", "booking"): _booking,
    ("find", "areas"): _areas,
    ("find", "channels"): _channels,
    ("take", "channel"): _take_channel,
    ("take", "slot"): _take_slot,
    ("take", "strike"): _take_strike,
    ("take", "area"): _take_area,
    ("place", "area"): _place,
    ("do", "book_call"): _book,
    ("do", "ask_person"): _ask_person,
    ("do", "forget"): _forget,
    **{("do", act): _withdraw for act in WITHDRAWALS},
}
