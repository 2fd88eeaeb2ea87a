"""The table of access is the truth: every route stands in it, every role gets exactly what it says."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from bot.services.add_staff import ROLES
from bot.web.console.access import ANYONE, RULES, Role, RouteWithoutRule, may, refuse_routes_without_rule
from tests.web.console.house import HOST, House

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
FILLED = {"id": "0" * 31 + "a", "link": "x" * 43, "key": "nobody-of-ours"}


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Page and an address of every route of the console."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            address = re.sub(r"<(\w+):\w+>", lambda found: FILLED[found[1]], rule.rule)
            yield rule.endpoint.removeprefix("console."), address


def test_services_and_table_know_the_same_roles() -> None:
    assert set(ROLES) == set(Role)


def test_every_route_under_staff_belongs_to_the_console(house: House) -> None:
    for rule in house.app.url_map.iter_rules():
        assert rule.rule.startswith("/staff") == rule.endpoint.startswith("console."), rule.rule


def test_every_rule_has_its_route(house: House) -> None:
    found = {
        (rule.endpoint.removeprefix("console."), method)
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(RULES)


def test_a_route_without_a_rule_stops_the_start(house: House) -> None:
    house.app.url_map._remap = True
    house.app.add_url_rule("/staff/secret", "console.secret", lambda: "secret")
    with pytest.raises(RouteWithoutRule, match="/staff/secret"):
        refuse_routes_without_rule(house.app)
    assert house.signed_in("lead", "admin").get("/staff/secret").status_code != 200 or not may(["lead"], "secret")


def test_what_the_table_does_not_name_is_refused() -> None:
    assert not may([*Role], "no_such_page")
    assert not may([*Role], "today", "DELETE")
    assert not may([], "today")
    assert not may(["king"], "today")


def test_nobody_gets_in_without_signing_in(house: House) -> None:
    browser = house.browser()
    token = browser.token()
    for page, address in routes(house.app):
        for method in METHODS:
            rule = RULES.get((page, "GET" if method == "HEAD" else method))
            if rule == ANYONE:
                continue
            data = {"csrf_token": token} if method == "POST" else None
            answer = browser.client.open(address, method=method, base_url=HOST, data=data)
            expected = {302, 401} if rule else {403, 405}
            assert answer.status_code in expected, (method, address, answer.status_code)
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/staff/sign-in?next=/staff/")


@pytest.mark.parametrize("role", [*Role, "nobody"])
def test_each_role_gets_exactly_what_the_table_says(house: House, role: str) -> None:
    browser = house.signed_in(*([role] if role in set(Role) else []))
    token = browser.token()
    for page, address in routes(house.app):
        if page in {"sign_out", "demo_sign_in", "first_sign_in", "choose_language"}:
            continue  # open to anyone, and they would change who this is
        for method in METHODS:
            rule = RULES.get((page, "GET" if method == "HEAD" else method))
            data = {"csrf_token": token} if method == "POST" else None
            answer = browser.client.open(address, method=method, base_url=HOST, data=data)
            if rule is None:
                assert answer.status_code in {403, 405}, (method, address, answer.status_code)
            elif may([role], page, method):
                assert answer.status_code not in {401, 403, 500}, (method, address, answer.status_code)
            elif page == "today":  # the address that everybody is told leads to a page of theirs
                assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/account"), method
            else:
                assert answer.status_code == 403, (method, address, answer.status_code)


def test_the_consoles_own_address_leads_who_sees_no_parents_to_their_account(house: House) -> None:
    admin, nobody = house.signed_in("admin"), house.signed_in()
    assert admin.get("/staff/").headers["Location"] == "/staff/account"
    assert admin.get("/staff/account").status_code == 200
    assert nobody.get("/staff/account").status_code == 403, "and no further"


def test_a_role_taken_away_counts_at_the_next_request(house: House) -> None:
    email = house.person("practitioner")
    browser = house.signed_in(email=email)
    assert browser.get("/staff/tasks").status_code == 200
    with house.app.test_request_context("/staff/"):
        from bot.web.console.people import find_staff, save

        user = find_staff(email)
        assert user is not None
        user.roles = []
        save(user)
    assert browser.get("/staff/tasks").status_code == 403


@pytest.mark.parametrize(
    "name",
    ["0", "-1", "9" * 30, "9" * 5000, "٣", "%00", "..%2f..", "0" * 31 + "G", "A" * 32, "%F0%28%8C%28", "a b", "'"],
)
def test_an_id_that_is_none_is_not_found(house: House, name: str) -> None:
    browser = house.signed_in("lead")
    token = browser.token()
    for place in ("calls", "alerts", "conversations"):
        assert browser.get(f"/staff/{place}/{name}").status_code == 404
    for place in ("calls/{}/outcome", "alerts/{}/close", "tasks/{}/close", "conversations/{}/reply", "first/{}"):
        assert browser.send(f"/staff/{place.format(name)}", token=token).status_code == 404


def test_an_id_of_nothing_is_not_found(house: House) -> None:
    browser = house.signed_in("lead")
    nothing = "0" * 32
    assert browser.get(f"/staff/calls/{nothing}").status_code == 404
    assert browser.get(f"/staff/alerts/{nothing}").status_code == 404
    assert browser.get(f"/staff/conversations/{nothing}").status_code == 404
    assert browser.send(f"/staff/calls/{nothing}/outcome", outcome="talked", revision="1").status_code == 404
    assert browser.send(f"/staff/alerts/{nothing}/acknowledge").status_code == 404
    assert browser.send(f"/staff/alerts/{nothing}/close", outcome="spoke_safe").status_code == 404
    for what in ("take-over", "hand-back"):
        assert browser.send(f"/staff/conversations/{nothing}/{what}").status_code == 404
    assert browser.send(f"/staff/conversations/{nothing}/reply", text="x", once="a" * 32).status_code == 404
