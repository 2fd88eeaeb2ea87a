"""Times are matched to what the parent said; an answer means the list that was shown, or that the time has gone."""

import dataclasses
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.content.moments import moment_in_words
from bot.domain.conversation import LANGUAGES
from bot.domain.slots import Caller, Slot, part_of_day
from bot.services.book_call import hold_slot
from bot.services.desk import Desk
from bot.storage import callers, promises, tasks
from bot.storage.call_times import SlotTaken
from tests.desks import Clock, Phone
from tests.services.to_a_call import BEGIN, SHARE, booked, to_slots


def shown(phone: Phone) -> tuple[Slot, ...]:
    """The times in the last list, in order."""
    return tuple(Slot.from_key(key) for key in phone.conversation.shown)


def taken(phone: Phone) -> Slot:
    """The time of the booked call."""
    call = booked(phone.desk, phone)
    return Slot(call.starts_at, call.staff_key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("before", ["", "an_hour", "more", "back"])
def test_a_number_means_the_time_that_was_shown_beside_it(
    desk: Desk, phone: Phone, clock: Clock, language: str, number: int, before: str
) -> None:
    to_slots(phone, language)
    if before == "an_hour":
        clock.forward(hours=1)
    elif before == "more":
        phone.text("MORE" if language == "en" else "MWY")
    elif before == "back":
        phone.text("1", "BACK" if language == "en" else "NOL")
    wanted = shown(phone)[number - 1]
    phone.text(str(number), *SHARE[language])
    assert taken(phone) == wanted


def test_a_time_somebody_else_took_is_said_to_be_gone_and_no_other_is_booked(desk: Desk, phone: Phone) -> None:
    to_slots(phone)
    first, second, third = shown(phone)
    other = Phone(desk, "+447700900322")
    to_slots(other)
    assert shown(other) == (first, second, third)
    other.text("2", *SHARE["en"])
    said = phone.text("2")
    assert said[0] == desk.catalogue.text("en", "booking.slot.gone")
    assert phone.conversation.step == "slot"
    assert second not in shown(phone)
    assert {first, third} <= set(shown(phone)), "what is still free stays"
    wanted = shown(phone)[1]
    phone.text("2", *SHARE["en"])
    assert taken(phone) == wanted


@pytest.mark.parametrize("what", ["leave", "other_hours", "calendar", "gone_from_the_team"])
def test_a_time_that_the_rota_no_longer_has_is_gone(desk: Desk, phone: Phone, clock: Clock, what: str) -> None:
    to_slots(phone)
    slot = shown(phone)[0]
    team = desk.team
    if what in ("leave", "other_hours"):
        old = team.callers[slot.staff_key]
        day = slot.starts_at.date()
        hours = () if what == "leave" else ((time(15), time(16)),)
        new = dataclasses.replace(old, exceptions={day: hours})
        desk.database.write(lambda tx: callers.keep(tx, new, "lead", clock.now, seen=0))
    elif what == "calendar":
        busy = [(slot.starts_at + timedelta(minutes=10), slot.starts_at + timedelta(minutes=20))]
        keep_calendar(desk, slot.staff_key, busy, clock)
    else:
        rest = {key: caller for key, caller in team.callers.items() if key != slot.staff_key}
        desk = dataclasses.replace(desk, team=dataclasses.replace(team, callers=rest))
        phone.desk = desk
    said = phone.text("1")
    assert said[0] == desk.catalogue.text("en", "booking.slot.gone")
    assert slot not in shown(phone)


def keep_calendar(desk: Desk, staff_key: str, busy: list[tuple[datetime, datetime]], clock: Clock) -> None:
    """What the person's own calendar says."""

    def work(tx):  # type: ignore[no-untyped-def]
        callers.name_calendar(tx, desk.vault, staff_key, "https://calendar.example/own.ics")
        callers.note_busy(tx, staff_key, busy, clock.now)

    desk.database.write(work)


def test_a_time_that_is_too_near_by_now_is_gone(desk: Desk, phone: Phone, clock: Clock) -> None:
    to_slots(phone)
    slot = shown(phone)[0]
    clock.now = slot.starts_at - timedelta(seconds=10)
    conversation = phone.conversation
    with pytest.raises(SlotTaken):
        desk.database.write(lambda tx: hold_slot(desk, tx, conversation, slot, clock.now))


def with_team(desk: Desk, *people: Caller) -> Desk:
    """A team of these people."""
    return dataclasses.replace(desk, team=dataclasses.replace(desk.team, callers={one.key: one for one in people}))


ALL_WEEK = {day: ((time(9), time(20)),) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
BETH = Caller("beth", "Beth", frozenset({"en", "cy", "pl"}), ALL_WEEK, frozenset({"phone", "video"}))
CERI = Caller("ceri", "Ceri", frozenset({"en", "cy"}), ALL_WEEK, frozenset({"phone"}), frozenset({"merthyr_tydfil"}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_area_channel_safe_hours_and_sleep_count(desk: Desk, clock: Clock, language: str) -> None:
    phone = Phone(with_team(desk, BETH, CERI))
    # Safe: afternoon and evening; sleep: evening; by video.
    phone.text(*BEGIN[language], "1", "1", "2", "4 5", "1", "1", "1")
    assert phone.conversation.step == "call_sleep"
    phone.text("4")
    assert phone.conversation.step == "call_channel"
    phone.text("2")
    found = shown(phone)
    assert {slot.staff_key for slot in found} == {"beth"}, "Ceri covers another area"
    assert {part_of_day(slot.starts_at) for slot in found} == {"evening"}
    assert len({slot.starts_at.date() for slot in found}) == 3
    assert phone.conversation.answers["call_channel"] == "video"


def test_one_way_to_talk_is_no_question(desk: Desk) -> None:
    phone = Phone(with_team(desk, CERI))
    phone.text(*BEGIN["en"][:6], "CF47", *BEGIN["en"][7:], "1", "1", "2", "1", "1", "1", "1", "5")
    assert phone.conversation.step == "slot"


@pytest.mark.parametrize(("said", "to"), [("Polish", "slot"), ("pwyleg", "slot"), ("polski", "slot"), ("Urdu", "no")])
def test_a_language_that_somebody_speaks_is_offered_and_else_a_person_is_asked_with_a_promise(
    desk: Desk, said: str, to: str
) -> None:
    phone = Phone(with_team(desk, BETH, CERI))
    phone.text(*BEGIN["en"][:12], "3", said, "skip", "skip")
    if to == "slot":
        assert {slot.staff_key for slot in shown(phone)} == {"beth"}
        return
    whose = phone.conversation.id
    assert "asks_for_person" in {task.kind for task in desk.database.read(tasks.open_tasks)}
    waiting = desk.database.read(lambda tx: promises.of_conversation(tx, whose))
    assert waiting is not None
    assert waiting.due_at is not None
    assert waiting.due_at > desk.now()


def test_none_of_these_is_a_task_and_a_promise(desk: Desk, phone: Phone) -> None:
    to_slots(phone)
    said = phone.text("5")
    assert "Someone is next here: today, before" in said[0]
    whose = phone.conversation.id
    waiting = desk.database.read(lambda tx: promises.of_conversation(tx, whose))
    assert waiting is not None
    assert waiting.due_at == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_who_moves_a_call_later_is_offered_times_that_are_safe_still(desk: Desk, clock: Clock) -> None:
    """What was said for the call counts for its new time, also after the conversation began anew."""
    phone = Phone(with_team(desk, BETH))
    phone.text(*BEGIN["en"], "1", "1", "2", "4", "1", "1", "1", "5", "1")
    phone.text("1", *SHARE["en"], "2")
    clock.forward(days=0, hours=5)
    phone.text("hello", "3")
    assert "call_safety_hours" not in phone.conversation.answers
    phone.text("CHANGE", "1")
    assert {part_of_day(slot.starts_at) for slot in shown(phone)} == {"afternoon"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("by_day", [False, True])
def test_the_line_or_the_day_as_shown_means_the_time_that_was_shown(
    desk: Desk, phone: Phone, language: str, place: int, *, by_day: bool
) -> None:
    to_slots(phone, language)
    wanted = shown(phone)[place]
    line = moment_in_words(language, wanted.starts_at)
    phone.text(line.partition(" 2")[0] if by_day else line, *SHARE[language])
    assert taken(phone) == wanted


def test_two_times_that_fit_are_asked_for_again(desk: Desk, phone: Phone) -> None:
    to_slots(phone)
    said = phone.text("November")
    assert phone.conversation.step == "slot"
    assert desk.catalogue.text("en", "booking.slot.ask_again") in said[0]
