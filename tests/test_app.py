"""The joined application: every door is open, each with its own rules, and none gets in the way of another."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.app import create_app
from bot.services.open_for_service import open_for_service
from bot.settings import load_settings
from tests.factories import strong_environment

pytestmark = pytest.mark.usefixtures("content_read_once")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, content_read_once: None) -> Iterator[Flask]:
    """The application of a demo, on a database of its own."""
    settings = load_settings(strong_environment(tmp_path_factory.mktemp("app")))
    desk = open_for_service(settings)
    yield create_app(settings, desk)
    desk.database.close()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def get(browser: FlaskClient, path: str, **headers: str) -> tuple[int, str]:
    answer = browser.get(path, headers={"Accept": "text/html", **headers}, buffered=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_doors_of_the_contract_are_open(browser: FlaskClient) -> None:
    assert get(browser, "/")[0] == 200
    assert get(browser, "/healthz")[0] == 200
    assert get(browser, "/readyz")[0] == 200
    assert get(browser, "/metrics")[0] == 200
    assert get(browser, "/staff/")[0] in {200, 302}
    for path in ("/sms", "/sms/fallback", "/sms/status"):
        assert browser.post(path).status_code == 403
        assert browser.get(path).status_code == 405


def test_a_text_is_answered_in_front_of_flask(app: Flask, browser: FlaskClient) -> None:
    """No session, no cookie, no page header: nothing of the pages is on the way of a text."""
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append("flask"))
    try:
        answer = browser.post("/sms", data={"Body": "helo"})
    finally:
        app.before_request_funcs[None].pop()
    assert answer.status_code == 403
    assert seen == []
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_is_not_there_says_so_in_both_languages(browser: FlaskClient) -> None:
    status, page = get(browser, "/nowhere")
    assert status == 404
    assert 'lang="cy"' in page
    assert 'lang="en"' in page
    assert "{" not in page


@pytest.mark.parametrize("path", ["/", "/staff/", "/nowhere", "/healthz"])
def test_no_answer_is_kept_or_told_to_others(browser: FlaskClient, path: str) -> None:
    headers = browser.get(path, buffered=True).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_pages_ask_nobody_else_for_anything(browser: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/staff/sign-in"):
        page = get(browser, path)[1]
        assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']*""", page) == [], path


def test_without_twilio_every_text_is_refused(tmp_path: Path) -> None:
    environment = strong_environment(tmp_path) | {"HELO_TWILIO_AUTH_TOKEN": ""}
    settings = load_settings(environment)
    desk = open_for_service(settings)
    answer = (
        create_app(settings, desk).test_client().post("/sms", data={"Body": "x"}, headers={"X-Twilio-Signature": "x"})
    )
    desk.database.close()
    assert answer.status_code == 403
