"""The next offer for this parent, and the reason that is shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.domain.choosing import Wishes, ask_at, choose_offer, reason_for
from bot.domain.offers import Ages, Directory, Offer
from tests.domain.offers import NOW, Weekly, in_days, offer


def chosen(*offers: Offer, **wishes: object) -> str | None:
    found = choose_offer(Directory(offers), Wishes(**{"area": "bridgend", **wishes}), now=NOW, is_open=lambda one: True)  # type: ignore[arg-type]
    return found.offer.id if found else None


def in_order(*offers: Offer, **wishes: object) -> list[str]:
    """What MORE shows, one after the other."""
    seen: list[str] = []
    while (next_one := chosen(*offers, seen=tuple(seen), **wishes)) is not None:
        seen.append(next_one)
    return seen


def test_the_area_decides_first() -> None:
    assert chosen(offer("there", areas=("merthyr_tydfil",))) is None
    assert chosen(offer("both", areas=("merthyr_tydfil", "bridgend"))) == "both"
    assert chosen(offer("here"), area="elsewhere") is None


@pytest.mark.parametrize(
    ("ages", "fits"),
    [
        (Ages(True, 0, 0), {"pregnant"}),
        (Ages(False, 0, 3), {"under_1", "from_0_to_3"}),
        (Ages(False, 6, 12), {"under_1", "from_6_to_12"}),
        (Ages(False, 12, 24), {"from_1_to_2"}),
        (Ages(False, 24, 60), {"from_2_to_4"}),
        (Ages(True, 0, 60), {"pregnant", "under_1", "from_0_to_3", "from_6_to_12", "from_1_to_2", "from_2_to_4"}),
    ],
)
def test_the_age_fits_to_the_month(ages: Ages, fits: set[str]) -> None:
    for stage in ("pregnant", "under_1", "from_1_to_2", "from_2_to_4"):
        assert ages.fit(stage, "") == (stage in fits), stage
    for band in ("from_0_to_3", "from_6_to_12"):
        assert ages.fit("under_1", band) == (band in fits), band
    assert ages.fit("", ""), "what was not said excludes nothing"


def test_dads_are_offered_what_is_for_dads_first_and_others_never() -> None:
    dads = offer("dads", people=frozenset({"dad"}), times=in_days(6))
    assert in_order(offer("all"), dads, who="dad") == ["dads", "all"]
    assert in_order(offer("all"), dads, who="mum") == ["all"]
    assert in_order(offer("all"), dads, who="") == ["all"]


def test_welsh_speakers_are_offered_welsh_groups_first() -> None:
    welsh = offer("welsh", people=frozenset({"welsh"}), times=in_days(6))
    assert chosen(offer("all"), welsh, language="cy") == "welsh"
    assert chosen(offer("all"), welsh, language="en") == "all"


def test_what_the_parent_wants_to_be_different_counts_before_the_day() -> None:
    nights = offer("nights", helps_with=frozenset({"nights"}), times=in_days(5))
    assert chosen(offer("soon"), nights, need="nights") == "nights"
    assert chosen(offer("soon"), nights, need="something in my own words about nights") == "soon"


def test_soonest_first_and_this_week_before_people_without_a_day() -> None:
    late = offer("late", kind="walk", times=in_days(5))
    person = offer("person", kind="person", times=None, tier="universal")
    assert in_order(late, offer("soon"), person) == ["soon", "late", "person"]


def test_three_offers_are_not_three_times_the_same() -> None:
    offers = (offer("one"), offer("same", times=in_days(2)), offer("walk", kind="walk", times=in_days(6)))
    assert in_order(*offers)[:2] == ["one", "walk"]


def test_after_two_groups_comes_a_person_everybody_has() -> None:
    groups = [offer(f"g{n}", kind=kind, times=in_days(n + 1)) for n, kind in enumerate(("play", "walk", "story"))]
    person = offer("person", kind="person", times=None, tier="universal")
    assert in_order(*groups, person)[:3] == ["g0", "g1", "person"]


def test_informal_and_universal_come_before_targeted() -> None:
    targeted = offer("targeted", tier="targeted", helps_with=frozenset({"nights"}))
    assert in_order(targeted, offer("late", times=in_days(20)), need="nights") == ["late", "targeted"]


def test_what_never_happens_again_is_not_offered() -> None:
    assert chosen(offer("over", times=Weekly(NOW - timedelta(days=70), NOW))) is None


def test_what_is_not_open_is_passed_over() -> None:
    directory = Directory((offer("closed"), offer("open", times=in_days(3))))
    found = choose_offer(directory, Wishes("bridgend"), now=NOW, is_open=lambda one: one.id == "open")
    assert found is not None
    assert found.offer.id == "open"


@pytest.mark.parametrize("tier", ["statutory", "specialist", "informal"])
def test_what_is_for_staff_is_never_chosen_whatever_is_said(tier: str) -> None:
    hidden = offer("hidden", audience="staff", tier=tier)
    slipped = replace(hidden, audience="parents") if tier != "informal" else hidden
    for one in (hidden, slipped):
        for stage, who, language in product(("", "pregnant", "under_1"), ("", "mum", "dad"), ("cy", "en")):
            assert chosen(one, stage=stage, who=who, language=language) is None


@pytest.mark.parametrize(
    ("wishes", "changes", "reason"),
    [
        (
            {"need": "nights", "who": "dad"},
            {"helps_with": frozenset({"nights"}), "people": frozenset({"dad"})},
            "nights",
        ),
        ({"who": "dad"}, {"people": frozenset({"dad"})}, "dad"),
        ({"language": "cy"}, {"people": frozenset({"welsh"})}, "welsh"),
        ({"stage": "pregnant"}, {"ages": Ages(True, 0, 0)}, "pregnant"),
        ({"stage": "under_1"}, {"ages": Ages(False, 0, 12)}, "under_1"),
        ({"stage": "under_1"}, {}, "area"),
        ({"need": "I am so tired of crying"}, {}, "area"),
        ({}, {}, "area"),
    ],
)
def test_the_reason_is_a_choice_the_parent_made(
    wishes: dict[str, str], changes: dict[str, object], reason: str
) -> None:
    assert reason_for(offer("one", **changes), Wishes("bridgend", **wishes)) == reason


def test_it_is_asked_two_days_later_late_in_the_morning_of_wales() -> None:
    assert ask_at(datetime(2026, 11, 24, 10, tzinfo=UTC), NOW) == datetime(2026, 11, 26, 11, tzinfo=UTC)
    assert ask_at(datetime(2026, 6, 24, 9, tzinfo=UTC), NOW) == datetime(2026, 6, 26, 10, tzinfo=UTC), "summer time"
    assert ask_at(None, NOW) == datetime(2026, 11, 30, 11, tzinfo=UTC)
