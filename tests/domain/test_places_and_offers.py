"""Where a parent lives, and what is near."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.content.directory import load_atlas, load_offers
from bot.domain.areas import ELSEWHERE
from bot.domain.offers import choose_offer

FLOWS = Path(__file__).parents[2] / "flows"
ATLAS = load_atlas(FLOWS)
OFFERS = load_offers(FLOWS)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("CF31", {"bridgend"}),
        ("cf36 3ab", {"bridgend"}),
        ("CF47 9AA", {"merthyr_tydfil"}),
        ("Aberdare", {"rhondda_cynon_taf"}),
        ("Aberdâr", {"rhondda_cynon_taf"}),
        ("Y Porth", {"rhondda_cynon_taf"}),
        ("Merthyr", {"merthyr_tydfil"}),
        ("I live in Maesteg now", {"bridgend"}),
        ("CF39", {"bridgend", "rhondda_cynon_taf"}),
        ("CF44", {"rhondda_cynon_taf", "merthyr_tydfil", ELSEWHERE}),
        ("CF72", {"rhondda_cynon_taf", "bridgend", ELSEWHERE}),
        ("SA1 1AA", {ELSEWHERE}),
        ("the moon", set()),
    ],
)
def test_places_are_understood_in_welsh_and_english(text: str, areas: set[str]) -> None:
    assert set(ATLAS.find(text)) == areas


def choose(**changes):  # type: ignore[no-untyped-def]
    wishes = {"area": "bridgend", "stage": "under_1", "who": "mum", "seen": (), "now": NOW}
    return choose_offer(OFFERS, **{**wishes, **changes})


def test_dads_are_offered_what_is_for_dads_first() -> None:
    assert choose(who="dad").id == "bridgend-dads"
    assert choose(who="mum").id != "bridgend-dads"


def test_an_offer_fits_the_age_and_is_not_shown_twice() -> None:
    assert choose(stage="pregnant").stages == {"pregnant"}
    first = choose()
    assert choose(seen=(first.id,)).id != first.id
    assert choose(seen=tuple(offer.id for offer in OFFERS)) is None
    assert choose(area=ELSEWHERE) is None


def test_what_is_for_staff_is_never_chosen() -> None:
    hidden = [
        type(offer)(**{**{name: getattr(offer, name) for name in offer.__slots__}, "audience": "staff"})
        for offer in OFFERS
    ]
    assert choose_offer(hidden, area="bridgend", stage="under_1", who="mum", seen=(), now=NOW) is None


def test_the_next_time_is_always_ahead_and_within_a_week() -> None:
    for hour in range(0, 24 * 9, 5):
        now = NOW + timedelta(hours=hour)
        for offer in OFFERS:
            assert now < offer.next_at(now) <= now + timedelta(days=7, hours=1)
