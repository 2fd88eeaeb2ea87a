"""Forms: nothing changes without this session's own token, whoever asks."""

import pytest

from bot.web.console.access import RULES
from tests.web.console.house import HOST, House
from tests.web.console.test_access import FILLED, routes


def posts(house: House) -> list[str]:
    return [address for page, address in routes(house.app) if (page, "POST") in RULES]


def test_every_form_needs_a_token(house: House) -> None:
    browser = house.signed_in("lead", "admin")
    assert FILLED
    for address in posts(house):
        assert browser.send(address, token="").status_code == 403, address
    assert browser.get("/staff/").status_code == 200, "still signed in"


def test_the_token_of_somebody_else_is_none(house: House) -> None:
    browser, other = house.signed_in("lead"), house.signed_in("lead")
    token = other.token()
    for address in posts(house):
        assert browser.send(address, token=token).status_code == 403, address


def test_a_form_from_another_site_is_refused_with_a_good_token(house: House) -> None:
    browser = house.signed_in("lead")
    data = {"csrf_token": browser.token()}
    for site in ("cross-site", "same-site"):
        answer = browser.client.post("/staff/sign-out", data=data, base_url=HOST, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert browser.client.post("/staff/sign-out", data=data, base_url=HOST, headers=ours).status_code == 302


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_form_in_another_dress_is_refused(house: House, kind: str) -> None:
    browser = house.signed_in("lead")
    token = browser.token()
    answer = browser.client.post(
        "/staff/sign-out", data=f'{{"csrf_token": "{token}"}}', content_type=kind, base_url=HOST
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("body", ["[]", "null", "[" * 200_000, "{", "\x00"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_no_body_is_a_mistake_of_ours(house: House, body: str, signed_in: bool) -> None:
    client = house.signed_in("lead", "admin").client if signed_in else house.app.test_client()
    for address in posts(house):
        answer = client.post(address, data=body, content_type="application/json", base_url=HOST)
        assert 400 <= answer.status_code < 500, address


def test_a_refused_form_changes_nothing(house: House) -> None:
    alert = house.alert("I want to end it", "end it")
    browser = house.signed_in("lead")
    browser.send(f"/staff/alerts/{alert.id}/acknowledge", token="")
    assert "Nobody has taken it" in browser.get(f"/staff/alerts/{alert.id}").text
