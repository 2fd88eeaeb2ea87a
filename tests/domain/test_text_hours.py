"""A text arrives unasked by day, in safe hours only, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slots import PARTS_OF_DAY, WALES, part_of_day
from bot.domain.text_hours import MORNING, NIGHT, last_moment, may_text_at, next_moment

ZONES = tuple(map(ZoneInfo, ("UTC", "America/New_York", "Asia/Kolkata")))
MOMENTS = st.integers(0, 60 * 24 * 395).map(lambda n: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=n))
SAFE = st.frozensets(st.sampled_from(sorted(PARTS_OF_DAY)))


def wales(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WALES)  # type: ignore[misc,arg-type]


@given(MOMENTS, SAFE, st.sampled_from(ZONES))
def test_what_may_arrive_is_by_day_and_safe_in_whichever_zone_we_run(
    moment: datetime, safe: frozenset[str], zone: ZoneInfo
) -> None:
    may = may_text_at(moment.astimezone(zone), safe)
    wall = moment.astimezone(WALES).time()
    assert may == (MORNING <= wall < NIGHT and (not safe or part_of_day(moment) in safe))


@given(MOMENTS, SAFE)
def test_the_moment_before_and_the_moment_after_are_good_ones(target: datetime, safe: frozenset[str]) -> None:
    earliest = target - timedelta(days=2)
    before, after = last_moment(target, safe, not_before=earliest), next_moment(target, safe)
    assert before is not None
    assert earliest <= before <= target <= after
    assert may_text_at(before, safe)
    assert may_text_at(after, safe)
    if may_text_at(target, safe):
        assert before == target == after


def test_where_there_is_no_safe_hour_there_is_no_moment() -> None:
    nine = wales(2026, 11, 24, 9)
    assert last_moment(nine, {"evening"}, not_before=nine - timedelta(hours=16)) is not None
    assert last_moment(nine, {"afternoon"}, not_before=nine - timedelta(hours=12)) is None


@pytest.mark.parametrize("day", [(2027, 3, 28), (2027, 10, 31)])
def test_on_the_days_the_clocks_change_the_wall_clock_counts(day: tuple[int, int, int]) -> None:
    assert not may_text_at(wales(*day, 7, 59), ())
    assert may_text_at(wales(*day, 8), ())
    assert may_text_at(wales(*day, 20, 59), ())
    assert not may_text_at(wales(*day, 21), ())
