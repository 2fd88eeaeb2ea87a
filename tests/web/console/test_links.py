"""One-time links: the first sign-in, and the demo's short cut."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from bot.services.add_staff import NotAnAddress, NotARole, add_staff, seed_demo
from tests.web.console.house import HOST, House

GONE, REFUSED = 410, 422
# A code works once, so the second of two set-ups needs the code of another half minute.
EARLIER = datetime(2026, 11, 23, 9, tzinfo=UTC)


def the_link(house: House, email: str = "new@team.example", role: str = "practitioner") -> str:
    return add_staff(house.desk, email, role, house.clock()).removeprefix(HOST)


def set_up(house: House, link: str, email: str = "new@team.example", password: str = "quiet river lantern") -> int:
    """Scans the square, types the code; the status of what came back."""
    browser = house.browser()
    page = browser.get(link).text
    found = re.search(r'<code class="secret">([A-Z0-9-]+)</code>', page)
    assert found is not None
    with house.app.app_context():
        from bot.web.console.people import the_security

        factory = the_security().totp_factory
        code = factory._totp(key=found[1].replace("-", ""), format="base32").generate().token
    return browser.send(link, password=password, code=code).status_code


def test_a_newcomer_sets_a_password_and_an_authenticator(house: House) -> None:
    link = the_link(house)
    browser = house.browser()
    page = browser.get(link)
    assert page.status_code == 200
    assert "<svg" in page.text, "the square is drawn into the page, not fetched"
    assert set_up(house, link) == 302
    assert house.browser().get(link).status_code == GONE


def test_a_link_is_used_up_by_sending_and_not_by_looking(house: House) -> None:
    link = the_link(house)
    for _ in range(3):
        assert house.browser().get(link).status_code == 200
    assert set_up(house, link) == 302
    assert set_up_again(house, link) == GONE


def set_up_again(house: House, link: str) -> int:
    return house.browser().send(link, password="quiet river lantern", code="000000").status_code


@pytest.mark.parametrize(("password", "code"), [("short", None), ("quiet river lantern", "000000")])
def test_a_bad_password_or_code_uses_nothing_up(house: House, password: str, code: str | None) -> None:
    link = the_link(house)
    browser = house.browser()
    browser.get(link)
    assert browser.send(link, password=password, code=code or "123456").status_code == REFUSED
    assert set_up(house, link) == 302


def test_a_link_is_over_after_three_days(house: House) -> None:
    link = the_link(house)
    house.clock.forward(days=3, seconds=1)
    assert house.browser().get(link).status_code == GONE


def test_a_newer_link_ends_the_older_one_and_every_session(house: House) -> None:
    with time_machine.travel(EARLIER):
        assert set_up(house, the_link(house)) == 302
    browser = house.signed_in(email="new@team.example")
    older = the_link(house)
    newer = the_link(house, role="lead")
    assert house.browser().get(older).status_code == GONE
    assert browser.get("/staff/").status_code == 302
    assert set_up(house, newer) == 302


def test_no_link_opens_another_kind_of_door(house: House) -> None:
    first = the_link(house)
    demo = seed_demo(house.desk, house.clock()).removeprefix(HOST)
    assert house.browser().get(first.replace("/first/", "/demo/")).status_code == GONE
    assert house.browser().get(demo.replace("/demo/", "/first/")).status_code == GONE
    stranger = house.browser()
    stranger.cookie = first.rpartition("/")[2]
    assert stranger.get("/staff/").status_code == 302


def test_the_demo_link_signs_in_at_once_and_once(house: House) -> None:
    link = seed_demo(house.desk, house.clock()).removeprefix(HOST)
    browser, late = house.browser(), house.browser()
    assert browser.get(link).status_code == 200
    assert browser.send(link).headers["Location"] == "/staff/"
    assert browser.get("/staff/").status_code == 200
    assert late.send(link).status_code == GONE


def test_seeding_again_gives_a_new_link_to_the_same_person(house: House) -> None:
    first, second = (seed_demo(house.desk, house.clock()).removeprefix(HOST) for _ in range(2))
    assert first != second
    assert house.browser().get(second).status_code == 200


def test_what_cannot_be_an_account(house: House) -> None:
    with pytest.raises(NotARole):
        add_staff(house.desk, "new@team.example", "king", house.clock())
    for address in ("", "nobody", "@team.example", "a b@team.example", "x@nowhere", "x" * 300 + "@team.example"):
        with pytest.raises(NotAnAddress):
            add_staff(house.desk, address, "lead", house.clock())
