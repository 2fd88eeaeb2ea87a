"""When something happens: by the clock of Wales, whatever the clocks do, and not on days it does not."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.timetable import BadRule, Timetable
from bot.domain.slots import WALES

TUESDAYS = "FREQ=WEEKLY;BYDAY=TU"


def at(*parts: int) -> datetime:
    """Wall time of Wales: it has no zone, as an offer's file has none."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - wall time


def weekly(**changes: object) -> Timetable:
    return Timetable(**{"starts": at(2026, 9, 8, 10), "ends": time(11), "rule": TUESDAYS, **changes})  # type: ignore[arg-type]


def wall(found: datetime | None) -> str:
    assert found is not None
    return found.astimezone(WALES).strftime("%Y-%m-%d %H:%M")


def test_half_past_stays_half_past_when_the_clocks_change() -> None:
    times = weekly()
    before = times.next_after(datetime(2026, 10, 19, tzinfo=UTC))
    after = times.next_after(datetime(2026, 10, 26, tzinfo=UTC))
    assert (wall(before), wall(after)) == ("2026-10-20 10:00", "2026-10-27 10:00")
    assert before is not None
    assert after is not None
    assert after - before == timedelta(days=7, hours=1), "an hour longer in UTC: summer time ended between"
    spring = weekly().next_after(datetime(2027, 3, 29, tzinfo=UTC))
    assert spring == datetime(2027, 3, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-11-24 09:59", "2026-11-24 10:00"), ("2026-11-24 10:00", "2026-12-01 10:00")],
)
def test_next_is_strictly_after_now(now: str, expected: str) -> None:
    moment = datetime.strptime(now, "%Y-%m-%d %H:%M").replace(tzinfo=WALES)
    assert wall(weekly().next_after(moment)) == expected


def test_not_on_bank_holidays_of_wales_unless_it_says_so() -> None:
    fridays = {"starts": at(2026, 9, 11, 10), "rule": "FREQ=WEEKLY;BYDAY=FR"}
    eve = datetime(2026, 12, 20, tzinfo=UTC)
    assert wall(weekly(**fridays).next_after(eve)) == "2027-01-08 10:00", "25 December and 1 January are passed over"
    assert wall(weekly(**fridays, bank_holidays=True).next_after(eve)) == "2026-12-25 10:00"


def test_not_on_its_own_closed_days() -> None:
    closed = weekly(not_on=frozenset({date(2026, 11, 24), date(2026, 12, 1)}))
    assert wall(closed.next_after(datetime(2026, 11, 23, tzinfo=UTC))) == "2026-12-08 10:00"


def test_it_ends_when_its_rule_ends() -> None:
    ended = weekly(rule=TUESDAYS + ";UNTIL=20261124")
    assert wall(ended.next_after(datetime(2026, 11, 23, tzinfo=UTC))) == "2026-11-24 10:00", "the last day counts"
    assert ended.next_after(datetime(2026, 11, 25, tzinfo=UTC)) is None
    once = weekly(rule="", starts=at(2026, 11, 24, 10))
    assert wall(once.next_after(datetime(2026, 11, 23, tzinfo=UTC))) == "2026-11-24 10:00"
    assert once.next_after(datetime(2026, 11, 24, 10, tzinfo=UTC)) is None


def test_the_first_tuesday_of_the_month_every_other_month() -> None:
    rule = "FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU"
    times = weekly(rule=rule, starts=at(2026, 9, 1, 10))
    assert wall(times.next_after(datetime(2026, 9, 2, tzinfo=UTC))) == "2026-11-03 10:00"


def test_when_it_ends_that_day() -> None:
    times = weekly()
    at = times.next_after(datetime(2026, 7, 1, tzinfo=UTC))
    assert at is not None
    assert wall(times.end_of(at)) == "2026-09-08 11:00"


@given(st.datetimes(at(2026, 9, 1), at(2028, 9, 1)), st.lists(st.integers(0, 400), max_size=5))
def test_what_is_remembered_is_what_would_be_found(start: datetime, hours: list[int]) -> None:
    remembering = weekly()
    for hour in sorted(hours):
        now = start.replace(tzinfo=UTC) + timedelta(hours=hour)
        found = remembering.next_after(now)
        assert found == weekly().next_after(now)
        assert found is not None
        assert now < found <= now + timedelta(days=36)
        assert found.astimezone(WALES).strftime("%A %H:%M") == "Tuesday 10:00"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rule": "every Tuesday"}, "is not a rule"),
        ({"rule": "FREQ=SECONDLY"}, "FREQ may be"),
        ({"rule": "FREQ=WEEKLY;BYHOUR=3"}, "no place here"),
        ({"rule": "FREQ=WEEKLY;FREQ=DAILY"}, "a part twice"),
        ({"rule": "FREQ=WEEKLY;INTERVAL=0"}, "INTERVAL"),
        ({"rule": "FREQ=WEEKLY;BYDAY=XX"}, "is not a rule"),
        ({"rule": "FREQ=WEEKLY;BYDAY=WE"}, "not one of the rule's"),
        ({"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "never happens"),
        ({"rule": TUESDAYS + ";UNTIL=soon"}, "UNTIL|not a rule"),
        ({"rule": TUESDAYS + ";UNTIL=20200101"}, "never happens"),
        ({"ends": time(9)}, "ends before it begins"),
        ({"starts": at(1, 1, 1, 10), "rule": "FREQ=DAILY"}, "cannot be meant"),
        ({"starts": at(9999, 12, 31, 10), "rule": "FREQ=DAILY"}, "cannot be meant"),
    ],
)
def test_a_rule_that_cannot_be_followed_says_why(changes: dict[str, object], why: str) -> None:
    with pytest.raises(BadRule, match=why):
        weekly(**changes)


@given(st.text(alphabet="FREQWKLYDAINTVBMOUSP=;,-0123456789", max_size=60))
def test_no_rule_is_worse_than_refused(rule: str) -> None:
    with suppress(BadRule):
        weekly(rule=rule)
