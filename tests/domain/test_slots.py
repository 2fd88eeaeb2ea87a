"""Free times: the grid, the clock changes, what is taken, closed and seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slots import WALES, WEEKDAYS, Caller, CallRules, Slot, free_slots, next_open, open_until

EVERY_DAY = {day: ((time(9), time(11)),) for day in WEEKDAYS}
SIAN = Caller("sian", "Siân", frozenset({"cy", "en"}), EVERY_DAY)
TOM = Caller("tom", "Tom", frozenset({"en"}), EVERY_DAY)
RULES = CallRules(timedelta(minutes=30), timedelta(minutes=10), timedelta(hours=18), timedelta(days=14), 3)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def slots(callers=(SIAN, TOM), *, now=MONDAY, busy=None, closed=(), language=None, seen=()):  # type: ignore[no-untyped-def]
    return free_slots(callers, RULES, busy=busy or {}, closed=closed, language=language, seen=seen, now=now)


def test_three_times_on_three_days_after_the_notice() -> None:
    found = slots()
    assert [slot.starts_at.astimezone(WALES).strftime("%a %H:%M") for slot in found] == [
        "Tue 09:00",
        "Wed 09:00",
        "Thu 09:00",
    ]


def test_a_welsh_call_is_offered_with_a_welsh_speaker_only() -> None:
    assert {slot.staff_key for slot in slots(language="cy")} == {"sian"}
    assert slots((TOM,), language="cy") == ()


@pytest.mark.parametrize("before", [-35, -5, 0, 35])
def test_what_meets_something_else_is_not_offered(before: int) -> None:
    """Minutes from the start of the call to the start of something of half an hour: the pause counts with the call."""
    first = slots((SIAN,))[0]
    since = first.starts_at + timedelta(minutes=before)
    met = {"sian": [(since, since + timedelta(minutes=36))], "tom": [(MONDAY, MONDAY + timedelta(days=30))]}
    assert first not in slots((SIAN,), busy=met)


@pytest.mark.parametrize("since", [-60, 40])
def test_what_only_touches_something_else_is_offered(since: int) -> None:
    first = slots((SIAN,))[0]
    begins = first.starts_at + timedelta(minutes=since)
    assert first in slots((SIAN,), busy={"sian": [(begins, begins + timedelta(minutes=60))]})


def test_what_is_closed_or_seen_is_not_offered() -> None:
    first = slots()[0]
    assert first not in slots(seen={first.key})
    assert all(slot.starts_at.date() != date(2026, 11, 24) for slot in slots(closed={date(2026, 11, 24)}))


@given(st.integers(0, 24 * 730).map(lambda hours: MONDAY + timedelta(hours=hours)))
def test_no_two_slots_of_one_person_ever_overlap_and_none_is_before_its_notice(now: datetime) -> None:
    grid = free_slots(
        (SIAN,),
        replace(RULES, offered=500),
        busy={},
        closed=(),
        language=None,
        seen=(),
        now=now,
    )
    assert all(later.starts_at - earlier.starts_at >= RULES.length + RULES.pause for earlier, later in pairwise(grid))
    assert all(now + RULES.notice <= slot.starts_at <= now + RULES.horizon for slot in grid)


@pytest.mark.parametrize(
    ("now", "utc_hour"), [(datetime(2027, 3, 26, 10, tzinfo=UTC), 8), (datetime(2027, 10, 29, 10, tzinfo=UTC), 9)]
)
def test_wall_time_holds_across_the_clock_changes(now: datetime, utc_hour: int) -> None:
    later = [slot for slot in slots(now=now) if slot.starts_at > now + timedelta(days=2)]
    assert later
    assert {slot.starts_at.hour for slot in later} == {utc_hour}
    assert {slot.starts_at.astimezone(WALES).hour for slot in later} == {9}


def test_a_key_tells_the_slot() -> None:
    slot = slots()[0]
    assert Slot.from_key(slot.key) == slot


def test_how_long_a_person_is_there_today() -> None:
    hours = {"monday": ((time(9), time(17)),)}
    assert open_until(hours, (), MONDAY) == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert open_until(hours, (), MONDAY + timedelta(hours=7)) is None
    assert open_until(hours, {MONDAY.date()}, MONDAY) is None


def test_when_a_person_is_next_there() -> None:
    hours = {"monday": ((time(9), time(17)),)}
    assert next_open(hours, (), MONDAY) == MONDAY
    assert next_open(hours, (), MONDAY + timedelta(hours=9)) == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert next_open(hours, {date(2026, 11, 30)}, MONDAY + timedelta(hours=9)) == datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert next_open({}, (), MONDAY) is None
