"""Signing in: a password and a code, each once; what is refused is refused in the same words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine

from bot.services.add_staff import OnlyInDemo, add_staff, seed_demo
from bot.services.disable_staff import disable_staff
from bot.storage.database import Prepared
from bot.storage.staff_tables import staff_session
from bot.web.console import people
from tests.web.console.house import HOST, PASSWORD, Browser, House

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


def sign_in(browser: Browser, email: str, code: str, password: str = PASSWORD) -> int:
    """The status of the last step that was reached."""
    answer = browser.send("/staff/sign-in", email=email, password=password)
    if answer.status_code != 302:
        return answer.status_code
    return browser.send("/staff/sign-in/code", code=code).status_code


def test_password_and_code_open_the_first_page(house: House) -> None:
    email = house.person("practitioner")
    browser = house.browser()
    assert sign_in(browser, email, house.code(email)) == 302
    assert browser.get("/staff/").status_code == 200
    assert [entry.action for entry in house.audited("staff", f"staff:{house.staff_id(email)}")] == [
        "sign_in:authenticator"
    ]


def test_a_right_password_alone_opens_nothing(house: House) -> None:
    email = house.person("lead")
    browser = house.browser()
    browser.send("/staff/sign-in", email=email, password=PASSWORD)
    answer = browser.get("/staff/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/sign-in?next=/staff/")


def test_a_code_without_a_password_opens_nothing(house: House) -> None:
    email = house.person("lead")
    browser = house.browser()
    answer = browser.send("/staff/sign-in/code", code=house.code(email))
    assert answer.headers["Location"] == "/staff/sign-in"
    assert browser.get("/staff/").status_code == 302


def test_a_right_password_waits_ten_minutes_for_its_code(house: House) -> None:
    email = house.person("lead")
    browser = house.browser()
    browser.send("/staff/sign-in", email=email, password=PASSWORD)
    house.clock.forward(minutes=10, seconds=1)
    answer = browser.send("/staff/sign-in/code", code=house.code(email))
    assert answer.headers["Location"] == "/staff/sign-in"


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "12345", "١٢٣٤٥٦", "²²²²²²", "1" * 5000])
def test_a_wrong_code_is_refused(house: House, code: str) -> None:
    email = house.person("lead")
    browser = house.browser()
    assert sign_in(browser, email, code) == 401
    assert browser.get("/staff/").status_code == 302


def test_a_code_works_once(house: House) -> None:
    email = house.person("lead")
    with time_machine.travel(NOON, tick=False):
        code = house.code(email)
        assert sign_in(house.browser(), email, code) == 302
        assert sign_in(house.browser(), email, code) == 401


def test_the_code_of_the_half_minute_before_works_once(house: House) -> None:
    email = house.person("lead")
    with time_machine.travel(NOON, tick=False) as travel:
        code = house.code(email)
        travel.shift(30)
        assert sign_in(house.browser(), email, code) == 302
        assert sign_in(house.browser(), email, code) == 401
        travel.shift(60)
        assert sign_in(house.browser(), email, code) == 401


def test_a_recovery_code_stands_in_for_the_phone_once(house: House) -> None:
    email = house.person("lead")
    browser = house.signed_in(email=email)
    browser.send("/staff/account/new-recovery-codes", password=PASSWORD)
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", browser.get("/staff/account/recovery-codes").text)
    assert len(set(codes)) == 8
    assert browser.get("/staff/account/recovery-codes").status_code == 302, "shown once"
    for code, expected in ((codes[3], 302), (codes[3], 401), ("0000-0000-0000", 401), (codes[4].upper(), 302)):
        other = house.browser()
        other.send("/staff/sign-in", email=email, password=PASSWORD)
        assert other.send("/staff/sign-in/recovery", code=code).status_code == expected


def test_an_unknown_address_and_a_wrong_password_look_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    email = house.person("lead")
    checked: list[str] = []
    real = people.verify_password

    def counting(password: str, kept: str) -> bool:
        checked.append(kept)
        return bool(real(password, kept))

    monkeypatch.setattr(people, "verify_password", counting)
    pages = []
    for address in (email, "nobody@team.example"):
        answer = house.browser().send("/staff/sign-in", email=address, password="not the password at all")
        pages.append((answer.status_code, re.sub(r'value="[^"]+"', "", answer.text)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 401
    assert len(checked) == 2, "both paid for one comparison"
    assert all(kept.startswith("$argon2") for kept in checked)


def test_the_session_id_changes_and_the_old_one_opens_nothing(house: House) -> None:
    email = house.person("lead")
    browser = house.browser()
    browser.get("/staff/sign-in")
    before = browser.cookie
    assert sign_in(browser, email, house.code(email)) == 302
    assert browser.cookie != before
    stale = house.browser()
    stale.cookie = before
    assert stale.get("/staff/").status_code == 302


def test_a_copied_cookie_is_dead_after_sign_out(house: House) -> None:
    browser = house.signed_in("lead")
    copy = house.browser()
    copy.cookie = browser.cookie
    assert copy.get("/staff/").status_code == 200
    browser.send("/staff/sign-out")
    assert copy.get("/staff/").status_code == 302
    assert browser.cookie == ""


@pytest.mark.parametrize("cookie", ["made-up", "", "ñ", "a" * 4000])
def test_a_made_up_cookie_is_nobody(house: House, cookie: str) -> None:
    browser = house.browser()
    browser.cookie = cookie
    assert browser.get("/staff/").status_code == 302


def test_the_cookie_is_guarded_and_not_in_the_database(house: House) -> None:
    browser = house.browser()
    header = browser.get("/staff/sign-in").headers["Set-Cookie"]
    for part in ("__Host-", "; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert part in header
    assert "Domain" not in header
    signed_in = house.signed_in("lead")
    kept = house.desk.database.read(lambda tx: tx.rows(Prepared(staff_session.select())))
    assert kept
    assert signed_in.cookie not in repr(kept)


def test_doing_nothing_signs_out(house: House) -> None:
    browser = house.signed_in("lead")
    house.clock.forward(seconds=house.desk.settings.session_idle_seconds - 1)
    assert browser.get("/staff/").status_code == 200
    house.clock.forward(seconds=house.desk.settings.session_idle_seconds + 1)
    assert browser.get("/staff/").status_code == 302


def test_a_page_that_only_asks_for_alerts_does_not_keep_a_session_alive(house: House) -> None:
    browser = house.signed_in("lead")
    for _ in range(4):
        house.clock.forward(seconds=house.desk.settings.session_idle_seconds / 3)
        last = browser.get("/staff/alerts/live").status_code
    assert last == 401


def test_a_working_day_is_the_longest(house: House) -> None:
    browser = house.signed_in("lead")
    for _ in range(house.desk.settings.session_absolute_seconds // 600):
        house.clock.forward(minutes=10)
        assert browser.get("/staff/").status_code == 200
    house.clock.forward(minutes=1)
    assert browser.get("/staff/").status_code == 302


def test_a_disabled_person_is_out_at_their_next_request(house: House) -> None:
    email = house.person("lead")
    browser = house.signed_in(email=email)
    disable_staff(house.desk, email, house.clock())
    assert browser.get("/staff/").status_code == 302
    assert sign_in(house.browser(), email, house.code(email)) == 401


def test_a_new_password_ends_the_other_sessions(house: House) -> None:
    email = house.person("lead")
    mine, other = house.signed_in(email=email), house.signed_in(email=email)
    answer = mine.send("/staff/account/password", password=PASSWORD, new_password="another set of words")
    assert answer.status_code == 302
    assert mine.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 302
    assert sign_in(house.browser(), email, house.code(email), "another set of words") == 302


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("short", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("my password 2026", False),
        ("team lead and more", False),
        ("x" * 129, False),
        (" leading space and é", True),
        ("👶🏼 cwsg dawel babi", True),
        ("correct horse battery staple " * 3, True),
    ],
)
def test_what_a_new_password_must_be(house: House, password: str, good: bool) -> None:
    email = house.person("lead", email="team.lead@team.example")
    browser = house.signed_in(email=email)
    if password == "team lead and more":
        password = "team.lead and more"
    answer = browser.send("/staff/account/password", password=PASSWORD, new_password=password)
    assert answer.status_code == (302 if good else 422)


def test_guessing_at_one_account_stops_wherever_it_comes_from(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "verify_password", lambda password, kept: False)
    email = house.person("lead")
    statuses = []
    for place in range(12):
        browser = house.browser(f"198.51.100.{place}")
        statuses.append(browser.send("/staff/sign-in", email=email, password="guess").status_code)
    assert statuses == [401] * 10 + [429] * 2


def test_guessing_at_many_accounts_from_one_address_stops(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "verify_password", lambda password, kept: False)
    browser = house.browser("198.51.100.77")
    statuses = [
        browser.send("/staff/sign-in", email=f"{number}@team.example", password="guess").status_code
        for number in range(31)
    ]
    assert statuses == [401] * 30 + [429]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/staff/",
        "/staff/../../evil",
        "/staff/%2f%2fevil",
        "/staff//evil\r\nX: y",
        "/staffx",
        "javascript:alert(1)",
        "/",
    ],
)
def test_signing_in_leads_only_to_the_console(house: House, target: str) -> None:
    email = house.person("lead")
    browser = house.browser()
    browser.get("/staff/sign-in", query_string={"next": target})
    browser.client.post(
        "/staff/sign-in",
        data={"csrf_token": _token_here(browser), "email": email, "password": PASSWORD},
        base_url=HOST,
    )
    answer = browser.client.post(
        "/staff/sign-in/code", data={"csrf_token": _code_token(browser), "code": house.code(email)}, base_url=HOST
    )
    assert answer.headers["Location"] == "/staff/"


def test_signing_in_leads_where_one_was_going(house: House) -> None:
    email = house.person("lead")
    browser = house.browser()
    browser.get("/staff/sign-in", query_string={"next": "/staff/alerts"})
    browser.client.post(
        "/staff/sign-in",
        data={"csrf_token": _token_here(browser), "email": email, "password": PASSWORD},
        base_url=HOST,
    )
    answer = browser.client.post(
        "/staff/sign-in/code", data={"csrf_token": _code_token(browser), "code": house.code(email)}, base_url=HOST
    )
    assert answer.headers["Location"] == "/staff/alerts"


def test_pretend_staff_are_refused_by_production(build: Callable[..., House]) -> None:
    house = build()
    link = seed_demo(house.desk, house.clock()).removeprefix(HOST)
    assert house.browser().get(link).status_code == 200
    production = build(mode="production")
    with pytest.raises(OnlyInDemo):
        seed_demo(production.desk, production.clock())
    with pytest.raises(OnlyInDemo):
        add_staff(production.desk, "somebody@helo.invalid", "lead", production.clock())
    email = production.person("lead", email="lead@helo.invalid")
    assert sign_in(production.browser(), email, production.code(email)) == 401
    assert production.browser().get(link).status_code == 404


def _token_here(browser: Browser) -> str:
    return _code_token(browser, "/staff/first/" + "x" * 43)


def _code_token(browser: Browser, path: str = "/staff/sign-in/code") -> str:
    """The token of a page that does not touch what `next` was remembered."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert found is not None
    return found[1]
