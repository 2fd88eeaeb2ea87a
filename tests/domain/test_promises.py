"""When a person reads: never a closed hour, never a time gone by, right across clock changes, at any hour of a year."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.promises import LONG_WAIT, next_look, stretches
from bot.domain.slots import WALES, WEEKDAYS

Hours = Mapping[str, tuple[tuple[time, time], ...]]

NINE_TO_FIVE: Hours = {day: ((time(9), time(17)),) for day in WEEKDAYS[:5]}
READING = timedelta(minutes=30)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
# The nights on which clocks in Wales change in 2027.
CHANGES = (date(2027, 3, 28), date(2027, 10, 31))

_times = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
_stretch = st.tuples(_times, _times).filter(lambda ends: ends[0] < ends[1])


def _apart(ranges: list[tuple[time, time]]) -> bool:
    return all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(ranges)))


_day = st.lists(_stretch, max_size=2).filter(_apart).map(tuple)
_hours = st.dictionaries(st.sampled_from(WEEKDAYS), _day)
_moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
_closed = st.frozensets(st.integers(0, 800).map(lambda days: MONDAY.date() + timedelta(days=days)), max_size=30)


def is_staffed(hours: Hours, closed: frozenset[date], moment: datetime) -> bool:
    """Whether the clocks of Wales stand within hours at `moment`, both ends included: worked out the plain way."""
    wall = moment.astimezone(WALES)
    if wall.date() in closed:
        return False
    return any(opens <= wall.time() <= closes for opens, closes in hours.get(WEEKDAYS[wall.weekday()], ()))


@given(_hours, _closed, _moments)
def test_a_promise_is_never_in_the_past_and_never_in_a_closed_hour(
    hours: Hours, closed: frozenset[date], now: datetime
) -> None:
    look = next_look(hours, closed, now, reading=READING)
    if look is None:
        assert not any(end - start >= READING for start, end in stretches(hours, closed, now) if start > now)
        return
    assert now <= look.at <= look.due_at
    assert now < look.due_at
    if look.at.astimezone(WALES).date() not in CHANGES:
        assert is_staffed(hours, closed, look.at)
        assert is_staffed(hours, closed, look.due_at)
    if look.kind == "before":
        assert is_staffed(hours, closed, now)
        assert look.at.astimezone(WALES).date() == now.astimezone(WALES).date()
    else:
        assert (look.kind == "not_until") == (look.at - now >= LONG_WAIT)


@pytest.mark.parametrize("monday", [date(2026, 11, 23), date(2027, 3, 22), date(2027, 10, 25), date(2026, 12, 21)])
def test_every_quarter_of_an_hour_of_a_week(monday: date) -> None:
    """A plain week, both weeks that end with a clock change, and Christmas week."""
    christmas = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
    start = datetime.combine(monday, time(0), WALES).astimezone(UTC)
    seen = set()
    for quarter in range(7 * 24 * 4):
        now = start + timedelta(minutes=15 * quarter)
        look = next_look(NINE_TO_FIVE, christmas, now, reading=READING)
        assert look is not None
        seen.add(look.kind)
        wall = now.astimezone(WALES)
        open_now = wall.weekday() < 5 and wall.date() not in christmas and time(9) <= wall.time() <= time(16, 30)
        assert (look.kind == "before") == open_now, now
        said = look.at.astimezone(WALES)
        assert said.time() == (time(17) if open_now else time(9))
        assert said.weekday() < 5
        assert said.date() not in christmas
    assert {"before", "opens"} <= seen


@pytest.mark.parametrize("night", CHANGES)
def test_on_the_night_of_a_clock_change_hours_are_as_the_clock_on_the_wall_says(night: date) -> None:
    hours = {day: ((time(0), time(6)), (time(9), time(17))) for day in WEEKDAYS}
    midnight = datetime.combine(night, time(0), WALES).astimezone(UTC)
    first = next_look(hours, (), midnight, reading=READING)
    assert first is not None
    assert first.at.astimezone(WALES).time() == time(6)
    assert first.at - midnight == timedelta(hours=5 if night.month == 3 else 7), "an hour less, an hour more"
    later = next_look(hours, (), first.at, reading=READING)
    assert later is not None
    assert (later.kind, later.at.astimezone(WALES).time()) == ("opens", time(9))


def test_with_too_little_of_the_day_left_nothing_is_promised_for_today() -> None:
    at = [datetime(2026, 11, 23, 16, 30, tzinfo=UTC), datetime(2026, 11, 23, 16, 31, tzinfo=UTC)]
    before, after = (next_look(NINE_TO_FIVE, (), now, reading=READING) for now in at)
    assert before is not None
    assert after is not None
    assert (before.kind, before.due_at) == ("before", datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert (after.kind, after.at) == ("opens", datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert after.due_at == after.at + READING, "the team needs a moment to read after opening"


def test_a_fortnight_without_hours_is_said_to_be_long() -> None:
    closed = {MONDAY.date() + timedelta(days=days) for days in range(15)}
    look = next_look(NINE_TO_FIVE, closed, MONDAY, reading=READING)
    assert look is not None
    assert (look.kind, look.at) == ("not_until", datetime(2026, 12, 8, 9, tzinfo=UTC))


def test_a_team_without_hours_promises_nothing() -> None:
    assert next_look({}, (), MONDAY, reading=READING) is None
    assert next_look({"monday": ((time(1, 15), time(1, 45)),)}, (), MONDAY, reading=READING) is not None
