"""Free times: the grid, the clock changes, what is taken, closed and seen."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slots import WALES, WEEKDAYS, Caller, CallRules, Slot, free_slots, is_open

EVERY_DAY = {day: ((time(9), time(11)),) for day in WEEKDAYS}
SIAN = Caller("sian", "Siân", frozenset({"cy", "en"}), EVERY_DAY)
TOM = Caller("tom", "Tom", frozenset({"en"}), EVERY_DAY)
RULES = CallRules(timedelta(minutes=30), timedelta(hours=18), timedelta(days=14), 3)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def slots(callers=(SIAN, TOM), *, now=MONDAY, taken=(), closed=(), language=None, seen=()):  # type: ignore[no-untyped-def]
    return free_slots(callers, RULES, taken=taken, closed=closed, language=language, seen=seen, now=now)


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


def test_what_is_taken_closed_or_seen_is_not_offered() -> None:
    first = slots()[0]
    assert first not in slots(taken={(first.staff_key, first.starts_at)})
    assert first not in slots(seen={first.key})
    assert all(slot.starts_at.date() != date(2026, 11, 24) for slot in slots(closed={date(2026, 11, 24)}))


@given(st.integers(0, 24 * 730).map(lambda hours: MONDAY + timedelta(hours=hours)))
def test_no_two_slots_of_one_person_ever_overlap_and_none_is_before_its_notice(now: datetime) -> None:
    grid = free_slots(
        (SIAN,),
        CallRules(RULES.length, RULES.notice, RULES.horizon, 500),
        taken=(),
        closed=(),
        language=None,
        seen=(),
        now=now,
    )
    assert all(later.starts_at - earlier.starts_at >= RULES.length for earlier, later in pairwise(grid))
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


def test_whether_a_person_is_there_now() -> None:
    hours = {"monday": ((time(9), time(17)),)}
    assert is_open(hours, (), MONDAY)
    assert not is_open(hours, (), MONDAY + timedelta(hours=7))
    assert not is_open(hours, {MONDAY.date()}, MONDAY)
    assert not is_open({}, (), MONDAY)
