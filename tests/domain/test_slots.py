"""Free times: the grid, the clock changes, what is taken, closed and seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slots import (
    WALES,
    WEEKDAYS,
    Caller,
    CallRules,
    Slot,
    Wishes,
    free_slots,
    is_offered,
    is_open,
    part_of_day,
    reads_once,
)

EVERY_DAY = {day: ((time(9), time(11)),) for day in WEEKDAYS}
SIAN = Caller("sian", "Siân", frozenset({"cy", "en"}), EVERY_DAY)
TOM = Caller("tom", "Tom", frozenset({"en"}), EVERY_DAY)
RULES = CallRules(timedelta(minutes=30), timedelta(minutes=10), timedelta(hours=18), timedelta(days=14), 3)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def slots(callers=(SIAN, TOM), *, now=MONDAY, busy=None, closed=(), seen=(), **wishes):  # type: ignore[no-untyped-def]
    return free_slots(callers, RULES, busy=busy or {}, closed=closed, wishes=Wishes(**wishes), seen=seen, now=now)


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


def test_a_call_is_offered_on_its_channel_and_in_its_area_only() -> None:
    video = replace(TOM, channels=frozenset({"phone", "video"}))
    local = replace(TOM, key="local", areas=frozenset({"bridgend"}))
    assert {slot.staff_key for slot in slots((SIAN, video), channel="video")} == {"tom"}
    assert {slot.staff_key for slot in slots((local,), area="bridgend")} == {"local"}
    assert slots((local,), area="merthyr_tydfil") == ()
    assert len(slots((SIAN,), area="merthyr_tydfil")) == 3


def test_leave_and_other_hours_count_before_the_week() -> None:
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    away = replace(SIAN, exceptions={tuesday: (), wednesday: ((time(15), time(16)),)})
    found = [slot.starts_at.astimezone(WALES).strftime("%a %H:%M") for slot in slots((away,))]
    assert found == ["Wed 15:00", "Thu 09:00", "Fri 09:00"]


ALL_DAY = replace(SIAN, hours={day: ((time(9), time(20)),) for day in WEEKDAYS})


@given(st.sets(st.sampled_from(["morning", "midday", "afternoon", "evening"]), min_size=1), st.integers(0, 24 * 400))
def test_no_time_is_offered_that_is_not_safe(safe: set[str], hours: int) -> None:
    found = slots((ALL_DAY,), now=MONDAY + timedelta(hours=hours), safe=frozenset(safe))
    assert found
    assert {part_of_day(slot.starts_at) for slot in found} <= safe


def test_times_at_which_the_baby_sleeps_come_first_and_others_fill_up() -> None:
    found = slots((ALL_DAY,), asleep=frozenset({"afternoon"}))
    assert {part_of_day(slot.starts_at) for slot in found} == {"afternoon"}
    assert len({slot.starts_at.date() for slot in found}) == 3
    assert len(slots((SIAN,), asleep=frozenset({"evening"}))) == 3


@pytest.mark.parametrize(
    ("wall", "part"),
    [("00:00", "morning"), ("11:59", "morning"), ("12:00", "midday"), ("14:00", "afternoon"), ("17:00", "evening")],
)
def test_the_parts_of_a_day_are_those_of_the_wall_clock(wall: str, part: str) -> None:
    assert part_of_day(datetime.fromisoformat(f"2027-07-01T{wall}").replace(tzinfo=WALES)) == part


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
        wishes=Wishes(),
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


NIGHTS = {day: ((time(0), time(5)),) for day in WEEKDAYS}
OWL = Caller("owl", "Owl", frozenset({"en"}), NIGHTS)


def read(slot: Slot) -> str:
    """As a parent and staff read it."""
    return f"{slot.starts_at.astimezone(WALES):%d %B %H:%M}"


@pytest.mark.parametrize("day", [date(2027, 10, 31), date(2027, 3, 28)])
@pytest.mark.parametrize("pause", [0, 10])
def test_no_two_times_of_a_night_read_alike_where_the_clocks_change(day: date, pause: int) -> None:
    now = datetime.combine(day, time(0), UTC) - timedelta(days=1)
    rules = replace(RULES, offered=500, notice=timedelta(minutes=1), pause=timedelta(minutes=pause))
    found = free_slots((OWL,), rules, busy={}, closed=(), wishes=Wishes(), seen=(), now=now)
    readings = [read(slot) for slot in found if slot.starts_at.astimezone(WALES).date() == day]
    assert readings
    assert len(set(readings)) == len(readings), "in October half past one comes twice"


def test_half_past_one_that_comes_twice_is_neither_offered_nor_taken() -> None:
    rules = replace(RULES, offered=500, notice=timedelta(minutes=1))
    now = datetime(2027, 10, 30, 10, tzinfo=UTC)
    first, second = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert {f"{each.astimezone(WALES):%H:%M}" for each in (first, second)} == {"01:30"}
    for each, once in ((first, False), (second, False), (second + timedelta(minutes=30), True)):
        taken = is_offered(Slot(each, "owl"), OWL, rules, closed=(), notice=timedelta(minutes=1), now=now)
        assert (reads_once(each), taken) == (once, once)


def test_a_key_tells_the_slot() -> None:
    slot = slots()[0]
    assert Slot.from_key(slot.key) == slot


def test_whether_a_person_is_there_now() -> None:
    hours = {"monday": ((time(9), time(17)),)}
    assert is_open(hours, (), MONDAY)
    assert not is_open(hours, (), MONDAY + timedelta(hours=7))
    assert not is_open(hours, {MONDAY.date()}, MONDAY)
    assert not is_open({}, (), MONDAY)
