"""The directory and its numbers, for staff."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.offers import Contact, Directory
from bot.storage import offer_events
from tests.domain.offers import offer
from tests.web.console.house import House


@pytest.mark.parametrize("language", ["en", "cy"])
def test_staff_see_every_entry_those_for_staff_only_too(house: House, language: str) -> None:
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    page = browser.get("/staff/directory").text
    for name in ("Baby in Mind", "CAMHS", "Home-Start"):
        assert name in page
    for address in ("console.directory.never_said", "console.directory.standing.staff_only"):
        assert house.desk.catalogue.text(language, address).replace("'", "&#39;") in page


def test_one_area_at_a_time(house: House) -> None:
    browser = house.signed_in("lead")
    bridgend = browser.get("/staff/directory?area=bridgend").text
    assert "Baby in Mind" in bridgend
    assert "Valleys Kids" not in bridgend
    assert "CAMHS" in bridgend, "what is in all areas is in this one"
    assert browser.get("/staff/directory?area=atlantis").status_code == 400


@pytest.fixture
def due_house(house: House) -> Iterator[House]:
    """A house in production whose directory needs somebody."""
    today = house.clock().date()
    keeps = house.desk.settings.offer_fresh_seconds // 86400

    def checked(days_left: int) -> date:
        return today - timedelta(days=keeps - days_left)

    directory = Directory(
        (
            offer("fine", checked=checked(90)), offer("soon", checked=checked(13)), offer("stale", checked=checked(0)),
            offer("lonely", checked=checked(90), contact=Contact()), offer("new", checked=None),
        )
    )  # fmt: skip
    desk = replace(house.desk, settings=replace(house.desk.settings, mode="production"), directory=directory)
    house.app.extensions["helo-desk"] = desk
    yield house
    house.app.extensions["helo-desk"] = house.desk


def test_what_is_due_comes_first_and_says_why_the_rest_is_not_shown(due_house: House) -> None:
    page = due_house.signed_in("lead").get("/staff/directory").text
    assert "2 entries to check" in page
    due, rest = page.split('id="parents-head"')
    assert "Group soon" in due
    assert "Group stale" in due
    assert due.index("Group stale") < due.index("Group soon")
    assert "Group fine" in rest
    for why in ("No contact: not shown", "Not checked: not shown", "Shown to parents"):
        assert why in rest


@pytest.mark.parametrize(("language", "says"), [("en", "2 entries to check"), ("cy", "2 gofnod i")])
def test_who_signs_in_hears_on_the_first_page_that_something_is_due(due_house: House, language: str, says: str) -> None:
    browser = due_house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    assert says in browser.get("/staff/").text
    due_house.app.extensions["helo-desk"] = due_house.desk
    assert says not in browser.get("/staff/").text, "nothing is due in a demo"


def note(house: House, offer_id: str, kind: str, parents: int, first: int = 0) -> None:
    for number in range(first, first + parents):
        whose = house.parent("helo", contact=f"+4477009{number:05d}").id
        house.desk.database.write(
            lambda tx, whose=whose: offer_events.note_offer(tx, whose, offer_id, kind, house.clock())
        )


def test_a_month_that_is_over_shows_exact_numbers_and_hides_small_ones(house: House) -> None:
    note(house, "bridgend-dads", "shown", 12)
    note(house, "bridgend-dads", "taken", 7)
    note(house, "bridgend-baby-massage", "shown", 4)
    running = house.signed_in("lead").get("/staff/directory/numbers").text
    assert "10 or more" in running
    assert ">12<" not in running
    house.clock.forward(days=31)
    browser = house.signed_in("lead")
    page = browser.get("/staff/directory/numbers?month=2026-11").text
    assert "<td>12</td><td>7</td>" in page
    assert "<td>16</td>" not in page, "a total would give the 4 away"
    assert "under 5, or hidden" in page
    assert "No offer was shown" in browser.get("/staff/directory/numbers").text


@pytest.mark.parametrize("month", ["2026", "2026-13", "²026-01", "x" * 400])
def test_a_month_that_is_none_is_refused(house: House, month: str) -> None:
    assert house.signed_in("lead").get(f"/staff/directory/numbers?month={month}").status_code == 400


def test_a_parent_counts_once_however_often_they_look(house: House) -> None:
    for _ in range(6):
        note(house, "bridgend-dads", "shown", 1)
    house.clock.forward(days=31)
    page = house.signed_in("lead").get("/staff/directory/numbers?month=2026-11").text
    assert "<td>6</td>" not in page
    assert "under 5" in page
