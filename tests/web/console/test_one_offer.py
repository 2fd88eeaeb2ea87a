"""Keeping the directory true from the console: who confirmed an offer, what its owner said, what is held back."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from werkzeug.test import TestResponse

from bot.commands import content
from bot.content.offer_facts import mark_of
from bot.content.timetable import Timetable
from bot.domain.conversation import Bilingual
from bot.domain.offers import Contact, Directory
from bot.services.desk import Known
from bot.services.know_offers import know_offers
from bot.services.remind_owners import remind_owners
from bot.settings import Settings
from bot.storage import kept_offers
from bot.web.offers import OfferPages
from tests.desks import Phone
from tests.domain.offers import offer
from tests.services.test_offers import TO_AN_OFFER
from tests.web.console.house import Browser, House

MASSAGE = "/staff/directory/baby-massage"
# What its owner says on the telephone. Ofcom's numbers for drama.
SAID = {
    "contact.phone": "01632 960123",
    "cost.cy": "Am ddim",
    "cost.en": "Free",
    "where.cy": "Neuadd y Bont",
    "where.en": "Bont Hall",
    "when.cy": "",
    "when.en": "",
    "day": "TU",
    "from": "10:00",
    "until": "11:00",
    "owner": "Bont Hall",
    "owner_email": "hall@example.org",
}


@pytest.fixture
def house(house: House) -> Iterator[House]:
    """A house in production, with the directory that ships."""
    desk = replace(house.desk, settings=replace(house.desk.settings, mode="production"))
    house.app.extensions["helo-desk"] = desk
    yield replace(house, desk=desk)
    house.app.extensions["helo-desk"] = house.desk


def settings_of(house: House) -> Settings:
    """As a command has them."""
    url = house.desk.database.url.render_as_string(hide_password=False)
    return replace(house.desk.settings, database_url=url)


def form_of(page: str) -> dict[str, str]:
    """What the browser would send of the form that confirms, untouched."""
    form = page.split('class="one-offer"')[1]
    found = dict(re.findall(r'<input type="(?!checkbox)\w+" (?:id="[^"]+" )?name="([^"]+)" value="([^"]*)"', form))
    found["day"] = (re.findall(r'<option value="(\w+)" selected', form) or [""])[0]
    return {name: value.replace("&#39;", "'").replace("&amp;", "&") for name, value in found.items()}


def confirm(browser: Browser, path: str = MASSAGE, **said: str) -> TestResponse:
    """Opens the form, changes what its owner said, and keeps it."""
    fields = {**form_of(browser.get(path).text), "asked": "yes", **said}
    fields.pop("csrf_token")
    return browser.send(f"{path}/keep", **fields)


def hold(browser: Browser, held: str, path: str = MASSAGE) -> TestResponse:
    return browser.send(f"{path}/pause", held=held, revision=form_of(browser.get(path).text)["revision"])


def told(house: House, number: str = "+447700900301") -> str:
    """What a parent with a young baby in Bridgend is told first."""
    return "\n".join(Phone(house.desk, number).text(*TO_AN_OFFER["en"], "CF31"))


def in_the_feed(house: House) -> list[str]:
    """What anybody may read of it as Open Referral UK."""
    with house.app.test_request_context("/offers/services"):
        page = OfferPages(house.desk).services().get_json()
        return [service["name"] for service in page["contents"]]


def test_a_real_offer_is_confirmed_and_a_parent_hears_of_it(house: House) -> None:
    assert "Baby massage" not in told(house)
    email = house.person("practitioner", password=False)
    browser = house.signed_in(email=email)
    assert confirm(browser, **SAID).status_code == 302
    first = told(house, "+447700900302")
    assert first.startswith("Baby massage: Tuesday")
    assert "Bont Hall" in first
    assert "Free" in first
    name = email.partition("@")[0].title()
    for page in (browser.get(MASSAGE).text, browser.get("/staff/directory").text):
        assert name in page, "who"
        assert "23 November 2026" in page, "when"
    assert [entry.action for entry in house.audited("offer", "baby-massage") if entry.action != "view"] == [
        "confirm", "correct_contact", "correct_cost", "correct_owner", "correct_owner_email", "correct_times",
        "correct_when", "correct_where",
    ]  # fmt: skip


def test_it_goes_stale_from_that_day_on(house: House) -> None:
    confirm(house.signed_in("lead"), **SAID)
    house.clock.forward(seconds=house.desk.settings.offer_fresh_seconds - 13 * 86400)
    assert "Check again soon" in house.signed_in("lead").get(MASSAGE).text
    house.clock.forward(days=13)
    assert "Check is too old" in house.signed_in("lead").get(MASSAGE).text
    assert "Baby massage" not in told(house)


def test_it_outlives_a_restart_and_every_process_knows(house: House) -> None:
    confirm(house.signed_in("lead"), **SAID)
    other = replace(house.desk, known=Known())
    kept = other.database.read(lambda tx: know_offers(other, tx)).get("baby-massage")
    assert kept is not None
    assert (kept.contact.phone, kept.checked) == ("01632 960123", date(2026, 11, 23))
    hold(house.signed_in("lead"), "yes")
    again = other.database.read(lambda tx: know_offers(other, tx)).get("baby-massage")
    assert again is not None
    assert again.paused, "the other process hears of a later change too"


def test_held_back_no_parent_hears_of_it_until_it_is_shown_again(house: House) -> None:
    browser = house.signed_in("lead")
    confirm(browser, **SAID)
    assert hold(browser, "yes").status_code == 302
    assert "Baby massage" not in told(house)
    for page in (browser.get(MASSAGE).text, browser.get("/staff/directory").text):
        assert "Held back: not shown" in page
        assert "Held back by Lead" in page
    assert confirm(browser).status_code == 302, "it may be confirmed while it is held back"
    assert "Baby massage" not in told(house, "+447700900302")
    hold(browser, "no")
    assert "Baby massage" in told(house, "+447700900303")


def test_what_a_parent_has_on_the_page_goes_as_well(house: House) -> None:
    browser = house.signed_in("lead")
    confirm(browser, **SAID)
    parent = Phone(house.desk, "+447700900304")
    parent.text(*TO_AN_OFFER["en"], "CF31")
    hold(browser, "yes")
    parent.text("AGAIN")
    assert not any("Baby massage" in text for text in parent.answer.texts)
    assert in_the_feed(house) == []
    hold(browser, "no")
    assert in_the_feed(house) == ["Baby massage"]


FAULTS = [
    ({"contact.phone": ""}, "A parent needs one way"),
    ({"contact.phone": "ring me"}, "This is not in order"),
    ({"contact.email": "nobody"}, "This is not in order"),
    ({"contact.web": "javascript:alert(1)"}, "This is not in order"),
    ({"cost.cy": "i'w gadarnhau", "cost.en": "to be confirmed"}, "still says"),
    ({"cost.cy": ""}, "This is not in order"),
    ({"name.cy": "", "name.en": ""}, "This is not in order"),
    ({"owner": ""}, "This is not in order"),
    ({"from": "11:00", "until": "10:00"}, "This is not in order"),
    ({"from": "", "until": ""}, "This is not in order"),
    ({"day": "", "from": "", "until": ""}, "This is not in order"),
    ({"what.en": "Like the Miskin team, but kinder."}, "staff only"),
    ({"what.cy": "Fel Tîm Meisgyn."}, "staff only"),
    ({"what.en": "We assess your baby."}, "do not use with parents"),
    ({"what.en": "very " * 16 + "long."}, "too long: 15 words"),
    ({"where.en": "A hall with a very long name indeed, " * 3}, "too long for one text"),
    ({"asked": ""}, "Tick this"),
]


@pytest.mark.parametrize(("said", "says"), FAULTS, ids=[str(sorted(said.items()))[:60] for said, _ in FAULTS])
def test_what_parents_could_not_be_told_is_refused_and_nothing_is_lost(
    house: House, said: dict[str, str], says: str
) -> None:
    browser = house.signed_in("lead")
    answer = confirm(browser, **{**SAID, **said})
    assert answer.status_code == 422
    assert says in answer.text
    kept = form_of(answer.text)
    assert kept["where.cy"] == "Neuadd y Bont", "what was written is still there"
    assert house.desk.database.read(kept_offers.every) == {}
    assert "Baby massage" not in told(house)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_speaks_both_languages(house: House, language: str) -> None:
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    page = browser.get(MASSAGE).text
    for address in ("confirm", "hold_back", "asked", "field.way"):
        assert house.desk.catalogue.text(language, f"console.one_offer.{address}").replace("'", "&#39;") in page
    answer = confirm(browser, **{**SAID, "contact.phone": ""})
    assert house.desk.catalogue.text(language, "console.one_offer.fault.no_contact") in answer.text


def test_of_two_who_keep_at_once_the_second_is_told_and_sees_both(house: House) -> None:
    mine, theirs = house.signed_in("lead"), house.signed_in("practitioner")
    before = form_of(mine.get(MASSAGE).text)
    confirm(theirs, **{**SAID, "contact.phone": "01632 960999"})
    fields = {name: value for name, value in before.items() if name != "csrf_token"}
    answer = mine.send(f"{MASSAGE}/keep", **{**fields, **SAID, "asked": "yes"})
    assert answer.status_code == 409
    assert "01632 960999" in answer.text
    assert "01632 960123" in answer.text
    again = form_of(answer.text)
    again.pop("csrf_token")
    assert mine.send(f"{MASSAGE}/keep", **{**again, "asked": "yes"}).status_code == 302, "once they have seen it"
    stale = mine.send(f"{MASSAGE}/pause", held="yes", revision="1")
    assert stale.status_code == 409


def test_when_the_file_is_changed_afterwards_the_file_counts(house: House) -> None:
    browser = house.signed_in("lead")
    confirm(browser, **SAID)
    assert house.desk.directory.get("baby-massage") is not None
    moved = tuple(
        replace(each, where=Bilingual("Lle arall", "Elsewhere")) if each.id == "baby-massage" else each
        for each in house.desk.directory.offers
    )
    newer = replace(house.desk, directory=Directory(moved))
    known = newer.database.read(lambda tx: know_offers(newer, tx)).get("baby-massage")
    assert known is not None
    assert (known.checked, known.contact.phone) == (None, "")
    house.app.extensions["helo-desk"] = newer
    assert "The file counts until it is confirmed again" in browser.get(MASSAGE).text
    form = form_of(browser.get(MASSAGE).text)
    old = mark_of(next(each for each in house.desk.directory.offers if each.id == "baby-massage"))
    assert form["mark"] != old
    form.pop("csrf_token")
    stale = browser.send(f"{MASSAGE}/keep", **{**form, **SAID, "asked": "yes", "mark": old})
    assert stale.status_code == 409, "what was read out to the owner was another entry"
    assert confirm(browser, **SAID).status_code == 302


def test_a_check_in_the_file_that_is_later_counts(house: House) -> None:
    confirm(house.signed_in("lead"), **SAID)
    later = date(2026, 12, 1)
    checked = tuple(
        replace(each, checked=later) if each.id == "baby-massage" else each for each in house.desk.directory.offers
    )
    newer = replace(house.desk, directory=Directory(checked))
    known = newer.database.read(lambda tx: know_offers(newer, tx)).get("baby-massage")
    assert known is not None
    assert (known.checked, known.contact.phone) == (later, "01632 960123")


def test_what_came_without_welsh_is_shown_once_somebody_has_written_it(house: House) -> None:
    both = Bilingual("Sing and play", "Sing and play")
    strange = offer("oruk-1", what=both, when=both, times=None, cost=Bilingual("Free", "Free"), contact=Contact(),
                    checked=None, welsh_missing=True)  # fmt: skip
    house.app.extensions["helo-desk"] = desk = replace(house.desk, directory=Directory((strange,)))
    browser, path = house.signed_in("lead"), "/staff/directory/oruk-1"
    answer = confirm(browser, path, **{"contact.phone": "01632 960123"})
    assert answer.status_code == 422
    assert answer.text.count("The Welsh is still missing") == 3
    welsh = {"what.cy": "Canu a chwarae", "when.cy": "Bob bore", "cost.cy": "Am ddim"}
    assert confirm(browser, path, **{"contact.phone": "01632 960123", **welsh}).status_code == 302
    known = desk.database.read(lambda tx: know_offers(desk, tx)).get("oruk-1")
    assert known is not None
    assert not known.welsh_missing
    assert "Shown to parents" in browser.get(path).text


def test_an_entry_for_staff_may_be_confirmed_and_never_becomes_one_for_parents(house: House) -> None:
    browser, path = house.signed_in("lead"), "/staff/directory/bridgend-baby-in-mind"
    assert "Hold back" not in browser.get(path).text
    assert confirm(browser, path, **{"contact.phone": "01632 960123"}).status_code == 302
    sneaky = {"audience": "parents", "tier": "informal"}
    assert confirm(browser, path, **sneaky).status_code == 302
    known = house.desk.database.read(lambda tx: know_offers(house.desk, tx)).get("bridgend-baby-in-mind")
    assert known is not None
    assert (known.audience, known.tier, known.checked) == ("staff", "statutory", date(2026, 11, 23))
    assert hold(browser, "yes", path).status_code == 400


def test_the_person_everybody_has_is_confirmed_with_one_tick(house: House) -> None:
    assert confirm(house.signed_in("practitioner"), "/staff/directory/gp").status_code == 302
    known = house.desk.database.read(lambda tx: know_offers(house.desk, tx)).get("gp")
    assert known is not None
    assert known.checked == date(2026, 11, 23)
    assert house.desk.database.read(kept_offers.every)["gp"].facts == {}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda fields: fields.pop("where.en"),
        lambda fields: fields.update({"where.en": "x" * 301}),
        lambda fields: fields.update(revision="²"),
        lambda fields: fields.update(revision="-1"),
    ],
)
def test_a_form_no_browser_sends_is_refused(house: House, spoil: Callable[[dict[str, str]], object]) -> None:
    browser = house.signed_in("lead")
    fields = {**form_of(browser.get(MASSAGE).text), "asked": "yes", **SAID}
    fields.pop("csrf_token")
    spoil(fields)
    assert browser.send(f"{MASSAGE}/keep", **fields).status_code == 400
    assert browser.send(f"{MASSAGE}/pause", held="perhaps", revision="0").status_code == 400
    for path in ("/staff/directory/no-such-offer", "/staff/directory/numbers-"):
        assert browser.get(path).status_code == 404


def test_a_monthly_rule_of_the_file_is_left_as_it_is(house: House) -> None:
    monthly = Timetable(datetime(2026, 11, 3, 10), time(11), "FREQ=MONTHLY;BYDAY=1TU")  # noqa: DTZ001 - wall time
    house.app.extensions["helo-desk"] = desk = replace(
        house.desk, directory=Directory((offer("monthly", times=monthly),))
    )
    browser, path = house.signed_in("lead"), "/staff/directory/monthly"
    assert "its times stand in its file" in browser.get(path).text
    assert confirm(browser, path, **{"cost.en": "A pound", "cost.cy": "Punt"}).status_code == 302
    known = desk.database.read(lambda tx: know_offers(desk, tx)).get("monthly")
    assert known is not None
    assert known.times == monthly
    assert known.cost == Bilingual("Punt", "A pound")


def test_the_owner_is_reminded_of_the_check_made_here(house: House) -> None:
    answer = confirm(house.signed_in("lead"), **SAID)
    assert answer.status_code == 302, re.findall(r'class="fault"[^<]*', answer.text)
    desk = replace(house.desk, settings=replace(house.desk.settings, smtp_url="smtp://mail.example"))
    assert remind_owners(desk, house.clock()) == 0
    house.clock.forward(seconds=desk.settings.offer_fresh_seconds - timedelta(days=13).total_seconds())
    assert remind_owners(desk, house.clock()) == 1


def test_the_export_tells_what_was_confirmed_and_nothing_that_is_held_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_settings", lambda: settings_of(house))

    def exported(*more: str) -> dict[str, dict[str, object]]:
        told = CliRunner().invoke(content.offers, ["export", *more])
        assert told.exit_code == 0, told.output
        return {service["name"]: service for service in json.loads(told.output)["contents"]}

    assert exported() == {}
    browser = house.signed_in("lead")
    confirm(browser, **SAID)
    service = exported()["Baby massage"]
    assert (service["assured_date"], service["fees"]) == ("2026-11-23", "Free")
    assert "01632 960123" in json.dumps(service)
    hold(browser, "yes")
    assert exported() == {}
    assert exported("--everything")["Baby massage"]["status"] == "inactive"
    assert "paused: 1" in CliRunner().invoke(content.offers, ["check"]).output


def test_without_its_database_nothing_is_exported(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed without what staff hold back would tell of it."""
    monkeypatch.setattr(content, "_settings", lambda: settings_of(house))
    with house.desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    told = CliRunner().invoke(content.offers, ["export"])
    assert told.exit_code == 1
    assert "contents" not in told.output
