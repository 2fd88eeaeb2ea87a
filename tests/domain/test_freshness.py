"""What nobody has checked with its owner is not offered."""

from datetime import date, timedelta

import pytest

from bot.domain.freshness import SHOWN, Standing, standing
from bot.domain.offers import Contact
from tests.domain.offers import offer

KEEPS = timedelta(days=180)
CHECKED = date(2026, 1, 1)


def judged(day: date, *, production: bool = True, **changes: object) -> Standing:
    return standing(offer("one", checked=CHECKED, **changes), today=day, keeps=KEEPS, production=production)


def after(days: int) -> date:
    return CHECKED + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, Standing.OPEN), (165, Standing.OPEN), (166, Standing.SOON), (179, Standing.SOON), (180, Standing.STALE),
     (999, Standing.STALE), (-1, Standing.NOT_CHECKED)],
)  # fmt: skip
def test_staff_hear_a_fortnight_before_and_parents_see_it_not_a_day_too_long(days: int, expected: Standing) -> None:
    assert judged(after(days)) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"contact": Contact()}, Standing.NO_CONTACT),
        ({"checked": None}, Standing.NOT_CHECKED),
        ({"demo": True}, Standing.ONLY_DEMO),
        ({"welsh_missing": True}, Standing.NO_WELSH),
        ({"audience": "staff"}, Standing.STAFF_ONLY),
    ],
)
def test_production_leaves_out(changes: dict[str, object], expected: Standing) -> None:
    found = standing(offer("one", **{"checked": CHECKED, **changes}), today=after(1), keeps=KEEPS, production=True)
    assert found is expected
    assert found not in SHOWN


def test_a_demo_shows_what_is_marked_so_and_people_everybody_has() -> None:
    assert judged(after(999), production=False, demo=True) is Standing.OPEN
    assert judged(after(1), production=False) is Standing.ONLY_REAL
    assert judged(after(999), production=False, tier="universal", kind="person") is Standing.OPEN
    assert judged(after(1), production=False, demo=True, audience="staff") is Standing.STAFF_ONLY
