"""The directory for anybody, the calendar entry, and the card on the parent's page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from bot.app import create_app
from bot.content.open_referral import service_id
from bot.content.open_referral_in import read_services
from bot.domain.offers import Directory
from bot.services.desk import Desk
from bot.storage.database import Database
from tests.desks import Clock, make_desk
from tests.domain.offers import offer
from tests.web.parents import ENGLISH, WELSH, Parent, Site, open_site


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """The chat, on each engine."""
    opened = open_site(tmp_path, database_url=database_url)
    yield opened
    opened.desk.database.close()


@pytest.fixture
def parent(site: Site) -> Parent:
    return site.parent()


HTTPS = {"base_url": "https://helo.example"}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """The content that ships, on a database of this test."""
    return make_desk(database, tmp_path, Clock())


def browser(desk: Desk) -> FlaskClient:
    return create_app(desk.settings, desk).test_client()


def names(client: FlaskClient, query: str = "") -> list[str]:
    return [service["name"] for service in client.get(f"/offers/services{query}", **HTTPS).json["contents"]]


def test_a_demo_shows_what_is_marked_so_and_nothing_for_staff(desk: Desk) -> None:
    found = names(browser(desk), "?per_page=500")
    assert found
    assert all("(demo)" in name for name in found)


def test_production_shows_what_is_checked_and_for_parents_and_nothing_else(desk: Desk) -> None:
    checked = date(2026, 11, 1)
    directory = Directory(
        (
            offer("shown", checked=checked), offer("old", checked=checked - timedelta(days=400)),
            offer("unchecked", checked=None), offer("secret", checked=checked, audience="staff"),
            offer("statutory", checked=checked, audience="staff", tier="statutory"),
            offer("english", checked=checked, welsh_missing=True), offer("demo", checked=checked, demo=True),
        )
    )  # fmt: skip
    client = browser(replace(desk, settings=replace(desk.settings, mode="production"), directory=directory))
    assert names(client) == ["Group shown"]
    for one in directory.offers:
        answer = client.get(f"/offers/services/{service_id(one)}", **HTTPS)
        assert answer.status_code == (200 if one.id == "shown" else 404), one.id


def test_pages_hold_each_service_once(desk: Desk) -> None:
    client = browser(desk)
    every = names(client, "?per_page=500")
    first = client.get("/offers/services?page=1&per_page=4", **HTTPS).json
    assert (first["total_items"], first["total_pages"], first["first_page"]) == (len(every), -(-len(every) // 4), True)
    walked = [name for page in range(1, first["total_pages"] + 1) for name in names(client, f"?page={page}&per_page=4")]
    assert walked == every
    past = client.get("/offers/services?page=999", **HTTPS).json
    assert (past["empty"], past["last_page"], past["contents"]) == (True, True, [])


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=²", "page=" + "9" * 50, "per_page=0", "page="])
def test_a_page_that_is_none_is_refused(desk: Desk, query: str) -> None:
    assert browser(desk).get(f"/offers/services?{query}", **HTTPS).status_code == 400


def test_what_is_public_can_be_read_back(desk: Desk) -> None:
    answer = browser(desk).get("/offers/services?per_page=500", **HTTPS)
    assert all(one in desk.directory.offers for one in read_services(answer.data))


@pytest.mark.parametrize(("language", "title"), [("en", "Keep free"), ("cy", "Cadw'n rhydd")])
def test_a_calendar_entry_names_neither_what_nor_where(desk: Desk, language: str, title: str) -> None:
    found = desk.directory.get("bridgend-baby-massage")
    assert found is not None
    answer = browser(desk).get(f"/offers/entry/{service_id(found)}.ics?language={language}", **HTTPS)
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["summary"]) == title
    assert event.decoded("dtstart").isoformat() == "2026-11-24T10:00:00+00:00"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS"}
    text = (answer.text + str(answer.headers)).casefold()
    for telling in ("baby", "babi", "massage", "tylino", "bridgend", "helo", "demo", "hall"):
        assert telling not in text, telling


def test_no_calendar_entry_for_what_is_not_shown_or_has_no_time(desk: Desk) -> None:
    client = browser(desk)
    for offer_id in ("bridgend-baby-in-mind", "bridgend-home-start", "gp"):
        found = desk.directory.get(offer_id)
        assert found is not None
        assert client.get(f"/offers/entry/{service_id(found)}.ics", **HTTPS).status_code == 404
    assert client.get("/offers/entry/nothing.ics", **HTTPS).status_code == 404
    made_up = desk.directory.get("bridgend-baby-massage")
    assert made_up is not None
    production = browser(replace(desk, settings=replace(desk.settings, mode="production")))
    assert production.get(f"/offers/entry/{service_id(made_up)}.ics", **HTTPS).status_code == 404
    shown = desk.directory.get("bridgend-dads")
    assert shown is not None
    assert client.get(f"/offers/entry/{service_id(shown)}.ics?language=de", **HTTPS).status_code == 400


# --- on the page ---

WALK = {"en": (ENGLISH, "1", "2", "3", "3", "1", "1"), "cy": (WELSH, "1", "2", "3", "3", "1", "1")}
CARD = {
    "en": ("You said nights are hard.", "Sleep chat (demo)", "Wednesday 25 November", "Demo hall, Bridgend",
           "Prams can come in.", "A bus stops outside (demo).", "There is a quiet corner.", "Just walk in.",
           "Add to my calendar"),
    "cy": ("Ti ddewisodd y Gymraeg.", "Stori a chanu Cymraeg (demo)", "Dydd Gwener 27 Tachwedd",
           "Neuadd demo, Pen-y-bont ar Ogwr",
           "Mae lle i&#39;r pram", "Mae cornel dawel yma.", "Dere i mewn.", "Rhoi yn fy nghalendr"),
}  # fmt: skip


def at_an_offer(parent: Parent, language: str) -> str:
    for mark in WALK[language]:
        parent.choose(mark)
    return parent.say("CF31").html


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_offer_is_a_card_without_a_map(parent: Parent, language: str) -> None:
    html = at_an_offer(parent, language)
    for words in CARD[language]:
        assert words in html, words
    assert 'class="offer"' in html
    for strange in ("<img", "<iframe", "maps.", "openstreetmap", 'src="http'):
        assert strange not in html
    assert "Manylion" not in html
    assert "Details" not in html, "the page shows them already"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_card_to_keep_going_has_a_picture_with_words_for_whoever_cannot_see_it(
    parent: Parent, site: Site, language: str
) -> None:
    at_an_offer(parent, language)
    for mark in ("1", "2"):
        parent.choose(mark)
    html = parent.choose("2").html
    assert '<svg class="drawing"' in html
    assert site.desk.catalogue.text(language, "cards.pictures.window.title") in html
    assert site.desk.catalogue.text(language, "cards.pictures.window.desc") in html


@pytest.mark.parametrize(("language", "loss"), [("en", "my baby died"), ("cy", "mae fy mabi wedi marw")])
def test_after_a_loss_no_card_and_no_picture_stays_on_the_page(parent: Parent, language: str, loss: str) -> None:
    at_an_offer(parent, language)
    for mark in ("1", "2", "2"):
        parent.choose(mark)
    html = parent.say(loss).html
    assert '<svg class="drawing"' not in html
    assert 'class="offer"' not in html
