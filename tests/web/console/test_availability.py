"""Staff keep when they take calls: their own or, for a lead, everybody's; never over what they have not seen."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.domain.slots import Caller
from bot.services.know_callers import know_callers
from bot.storage import caller_feeds, callers
from bot.web.console.availability_form import draft_of, read_ranges
from tests.web.console.house import HOST, Browser, House, line
from tests.web.console.test_pages import CANARY

SIAN, PAGE = "demo-sian", "/staff/callers/demo-sian"
SECRET = "https://calendar.example.org/secret-4711/busy.ics"
FORM: Mapping[str, list[str]] = {
    "revision": ["0"], "hours-monday": ["9-12, 13.30-15:30"], "hours-friday": ["10:00-12:00"], "language": ["cy", "en"],
    "other_languages": ["Polish, BSL"], "channel": ["phone", "video"], "area": ["bridgend"], "since": ["2026-12-07"],
    "until": ["2026-12-11"], "day_hours": [""],
}  # fmt: skip


def keep(browser: Browser, path: str = PAGE, **changes: str | list[str]) -> TestResponse:
    """Sends the form with some fields changed."""
    given = {name: [value] if isinstance(value, str) else value for name, value in changes.items()}
    # A field's name may hold a hyphen, an argument's may not.
    fields = {**FORM, **{name.replace("__", "-"): value for name, value in given.items()}}
    data = MultiDict([("csrf_token", browser.token()), *((name, each) for name in fields for each in fields[name])])
    return browser.client.post(f"{path}/keep", data=data, base_url=HOST)


def kept(house: House) -> Caller:
    return house.desk.database.read(lambda tx: know_callers(house.desk, tx))[SIAN]


def test_a_lead_keeps_hours_leave_languages_ways_and_areas(house: House) -> None:
    browser = house.signed_in("lead")
    assert keep(browser).status_code == 302
    caller = kept(house)
    assert caller.hours == {
        "monday": ((time(9), time(12)), (time(13, 30), time(15, 30))), "friday": ((time(10), time(12)),),
    }  # fmt: skip
    assert caller.languages == {"cy", "en", "polish", "bsl"}
    assert caller.channels == {"phone", "video"}
    assert caller.areas == {"bridgend"}
    assert caller.exceptions == {date(2026, 12, day): () for day in range(7, 12)}
    page = browser.get(PAGE).text
    assert 'value="09:00-12:00, 13:30-15:30"' in page
    assert "Monday 7 December 2026" in page
    assert 'name="revision" value="1"' in page
    assert [entry.action for entry in house.audited("caller", SIAN)] == ["keep", "view"]


def test_leave_is_taken_out_again_and_a_year_of_it_has_room(house: House) -> None:
    browser = house.signed_in("lead")
    assert (
        keep(browser, since="2026-12-07", until="2027-11-30", day_hours="10:00-11:00, 12:00-13:00").status_code == 302
    )
    assert len(kept(house).exceptions) == 359
    (span,) = draft_of(kept(house), date(2026, 11, 23)).spans
    again = keep(browser, revision="1", span=span.key, drop=span.key, since="", until="")
    assert again.status_code == 302
    assert kept(house).exceptions == {}


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("hours-monday", "mornings", "hours"), ("hours-monday", "12:00-09:00", "hours"),
        ("hours-monday", "09:00-12:00, 11:00-13:00", "hours"), ("hours-monday", "25:00-26:00", "hours"),
        ("hours-monday", CANARY, "hours"), ("day_hours", "all day", "hours"), ("since", "soon", "day"),
        ("since", "", "day"), ("until", "2026-12-01", "span"), ("until", "2030-01-01", "span"),
        ("until", "9999-99-99", "span"), ("other_languages", "<b>", "other_languages"), ("channel", [], "none_chosen"),
        ("calendar", "http://calendar.example.org/x.ics", "address"), ("calendar", "https://127.0.0.1/x", "address"),
        ("calendar", "https://localhost/x", "address"), ("calendar", "javascript:alert(1)", "address"),
        ("calendar", "https://[", "address"), ("calendar", "https://a.example.org:99999999/", "address"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_at_its_field_and_kept_in_it(
    house: House, language: str, field: str, value: str | list[str], fault: str
) -> None:
    browser = house.signed_in("lead")
    browser.send("/staff/language", language=language)
    answer = keep(browser, **{field.replace("-", "__"): value})
    assert answer.status_code == 422
    words = house.desk.catalogue.text(language, f"console.availability.fault.{fault}").replace("'", "&#39;")
    found = re.search(rf'id="fault-{field}">([^<]+)<', answer.text)
    assert found is not None
    assert found[1] == words
    assert f'aria-describedby="fault-{field}' in answer.text
    assert "<script>alert" not in answer.text
    assert 'value="9-12, 13.30-15:30"' in answer.text or field == "hours-monday", "what was right stays written"
    assert kept(house) == house.desk.team.callers[SIAN]


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": "x"}, {"revision": "²"}, {"revision": "9" * 400}, {"language": "fr"}, {"channel": "fax"},
        {"area": "atlantis"}, {"span": "yesterday"}, {"span": "2026-12-01/2030-12-01"},
        {"span": "2026-12-01/2026-12-02 x"},
    ],
)  # fmt: skip
def test_what_no_form_of_ours_sends_is_refused(house: House, changes: dict[str, str]) -> None:
    assert keep(house.signed_in("lead"), **changes).status_code == 400
    assert kept(house) == house.desk.team.callers[SIAN]


@pytest.mark.parametrize(
    "path", ["/staff/callers/nobody", "/staff/callers/..", "/staff/callers/%00", "/staff/callers/" + "x" * 5000]
)
def test_nobody_elses_key_is_no_page(house: House, path: str) -> None:
    browser = house.signed_in("lead")
    assert browser.get(path).status_code == 404
    assert browser.send(f"{path}/keep").status_code == 404
    assert browser.send(f"{path}/feed").status_code == 404


def test_two_who_change_the_same_see_both_versions_and_nothing_is_overwritten(house: House) -> None:
    first, second = house.signed_in(email=house.person("lead", email="gwen@team.example")), house.signed_in("lead")
    assert keep(first, hours__monday="09:00-10:00").status_code == 302
    answer = keep(second, hours__monday="14:00-16:00", languages="en")
    assert answer.status_code == 409
    table = answer.text[answer.text.index("<table>") : answer.text.index("</table>")]
    assert "09:00-10:00" in table
    assert "14:00-16:00" in table
    assert "Gwen" in answer.text
    assert table.count("differs") == 1
    assert kept(house).hours["monday"] == ((time(9), time(10)),)
    # Having seen both, they may still decide for theirs.
    assert 'name="revision" value="1"' in answer.text
    assert keep(second, revision="1", hours__monday="14:00-16:00").status_code == 302
    assert kept(house).hours["monday"] == ((time(14), time(16)),)
    assert keep(first, revision="1", hours__monday="08:00-09:00").status_code == 409, "still on what they saw first"
    assert kept(house).hours["monday"] == ((time(14), time(16)),)


def test_a_practitioner_changes_their_own_and_nobody_elses(house: House) -> None:
    mail = house.person("practitioner", email="sian@team.example")
    desk = house.desk
    sian = replace(desk.team.callers[SIAN], email="Sian@team.example")
    team = replace(desk.team, callers={**desk.team.callers, SIAN: sian})
    object.__setattr__(desk, "team", team)
    browser = house.signed_in(email=mail)
    assert keep(browser).status_code == 302
    assert keep(browser, "/staff/callers/demo-tom").status_code == 403
    assert browser.send("/staff/callers/demo-tom/feed").status_code == 403
    page = browser.get("/staff/callers/demo-tom").text
    assert "/keep" not in page
    assert "Only they or a lead" in page
    stranger = house.signed_in("practitioner")
    assert keep(stranger, revision="1").status_code == 403
    assert keep(house.signed_in("admin"), revision="1").status_code == 403


def test_leave_over_booked_calls_warns_lists_them_and_drops_none(house: House) -> None:
    call = house.call(line("call_name", "Mared"), hours=46)  # Wednesday at ten
    browser = house.signed_in("lead")
    day = (house.clock() + timedelta(hours=46)).date().isoformat()
    assert f"/staff/calls/{call.id}/change" not in browser.get(PAGE).text
    assert keep(browser, hours__wednesday="10:00-12:00", since=day, until=day).status_code == 302
    page = browser.get(PAGE).text
    assert "1 call is booked outside these hours" in page
    assert f"/staff/calls/{call.id}/change" in page
    assert "1 call is booked outside these hours" in browser.get("/staff/callers").text
    assert f"/staff/calls/{call.id}" in browser.get("/staff/").text, "the call stays"


def test_the_address_of_a_calendar_is_written_and_never_shown(house: House) -> None:
    browser = house.signed_in("lead")
    assert keep(browser, calendar=SECRET.replace("https", "webcal")).status_code == 302
    (calendar,) = house.desk.database.read(lambda tx: callers.own_calendars(tx, house.desk.vault))
    assert calendar.address == SECRET
    assert "Not read yet" in browser.get(PAGE).text
    house.desk.database.write(lambda tx: callers.note_busy(tx, SIAN, [], house.clock()))
    house.desk.database.write(lambda tx: callers.note_unread(tx, SIAN, "http_404"))
    page = browser.get(PAGE).text
    assert "Last read: Monday 23 November at 12:00" in page
    assert "nothing is published at this address" in page
    assert "secret-4711" not in page
    # What is kept about hours leaves the calendar alone; a tick forgets it.
    assert keep(browser, revision="1").status_code == 302
    assert house.desk.database.read(lambda tx: callers.own_calendars(tx, house.desk.vault))
    assert keep(browser, revision="2", forget_calendar="yes").status_code == 302
    assert house.desk.database.read(lambda tx: callers.own_calendars(tx, house.desk.vault)) == ()
    assert {"name_calendar", "forget_calendar"} <= {entry.action for entry in house.audited("caller", SIAN)}


def test_a_secret_feed_address_is_shown_once(house: House) -> None:
    browser = house.signed_in("lead")
    assert browser.send(f"{PAGE}/feed").status_code == 302
    shown = re.search(r'<code class="secret">([^<]+)</code>', browser.get(PAGE).text)
    assert shown is not None
    assert 'secret">' not in browser.get(PAGE).text
    token = shown[1].rpartition("/")[2].removesuffix(".ics")
    assert house.desk.database.read(lambda tx: caller_feeds.whose_feed(tx, token)) == SIAN
    browser.send(f"{PAGE}/feed")
    assert house.desk.database.read(lambda tx: caller_feeds.whose_feed(tx, token)) is None


def test_bank_holidays_and_closed_days_are_shown(house: House) -> None:
    page = house.signed_in("practitioner").get("/staff/callers").text
    assert "Friday 25 December 2026" in page
    assert "Bank holiday" in page


@pytest.mark.parametrize("written", ["9-10", "09:00-10:00,11:00-12:00", "9.30–10"])
def test_hours_are_read_as_people_write_them(written: str) -> None:
    assert read_ranges(written)


@pytest.mark.parametrize("written", ["9", "9-9", "٩-١٠", "9-10-11", "9:60-10", "-"])
def test_what_are_no_hours(written: str) -> None:
    assert read_ranges(written) is None
