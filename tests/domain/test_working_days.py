"""Seven working days in Wales: no Saturday, no Sunday, no bank holiday, whatever the clock does in between."""

from datetime import UTC, datetime

import pytest

from bot.content.bank_holidays import closed_days
from bot.domain.working_days import add_working_days


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23T12:00", "2026-12-02T12:00"),  # Monday: Tuesday is the first day
        ("2026-11-21T23:30", "2026-12-01T23:30"),  # Saturday
        ("2026-12-22T09:00", "2027-01-05T09:00"),  # over Christmas, Boxing Day in lieu, and New Year
        ("2027-03-22T10:00", "2027-04-02T09:00"),  # over Easter and the clocks going forward: the same hour in Wales
        ("2026-10-20T08:30", "2026-10-29T09:30"),  # and back
    ],
)
def test_seven_working_days(start: str, due: str) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = add_working_days(begin, 7, closed_days((), begin))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)
