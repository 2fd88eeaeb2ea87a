"""What every answer carries, and what is refused before anybody reads it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask, request
from flask.testing import FlaskClient

from bot.settings import Settings
from bot.storage.database import DatabaseAway
from bot.web.guard import HEADERS, MOST_BYTES, install_guard
from bot.web.pages import dress_pages

PLANTED = "PLANTED words of a parent 07700 900123"
HTML = {"Accept": "text/html"}


class EchoWords:
    """Stands for the catalogue: says the language and the address."""

    def text(self, language: str, address: str, values: Any = None, count: int | None = None) -> str:
        return f"[{language} {address}]"


@pytest.fixture
def guarded(settings_in: Settings) -> FlaskClient:
    app = Flask("bot.web")
    install_guard(app, settings_in)
    dress_pages(app, EchoWords())

    @app.post("/letterbox")
    def letterbox() -> str:
        return str(len(request.form.get("text", "")))

    @app.get("/broken")
    def broken() -> str:
        raise ValueError(PLANTED)

    @app.get("/away")
    def away() -> str:
        raise DatabaseAway(PLANTED)

    @app.get("/kept")
    def kept() -> tuple[str, dict[str, str]]:
        return "page", {"Cache-Control": "public, max-age=3600"}

    return app.test_client()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.mark.parametrize("path", ["/kept", "/nowhere", "/broken", "/letterbox", "/static/base.css"])
def test_every_answer_carries_every_header(guarded: FlaskClient, path: str) -> None:
    answer = guarded.get(path, buffered=True)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_no_page_may_load_or_send_anything_elsewhere(guarded: FlaskClient, settings_in: Settings) -> None:
    policy = guarded.get("/kept").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert re.findall(r"https?://[^ ;]+", policy) == ["https://www.bbc.co.uk"]
    assert settings_in.exit_url.startswith("https://www.bbc.co.uk/")


def test_a_plain_http_demo_does_not_ask_for_https_for_a_year(settings_in: Settings) -> None:
    from dataclasses import replace

    app = Flask("bot.web")
    install_guard(app, replace(settings_in, public_url="http://127.0.0.1:8000"))
    dress_pages(app, EchoWords())
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


def test_a_body_that_is_too_long_is_refused_however_it_is_sent(guarded: FlaskClient) -> None:
    long = "a" * (MOST_BYTES + 1)
    assert guarded.post("/letterbox", data={"text": long}).status_code == 413
    assert guarded.post("/letterbox", data={"text": long}, content_type="multipart/form-data").status_code == 413
    assert guarded.post("/letterbox", headers={"Transfer-Encoding": "chunked"}).status_code == 413
    assert guarded.post("/letterbox", data={"text": "a" * 1000}).get_data(as_text=True) == "1000"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/letterbox", 405), ("GET", "/broken", 500), ("GET", "/away", 503)],
)
def test_an_error_page_speaks_both_languages_and_tells_nothing(
    guarded: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = guarded.open(path, method=method, headers=HTML)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "[cy common.error." in page
    assert "[en common.error." in page
    assert "PLANTED" not in page
    assert "<title>Helo</title>" in page
    assert "Werkzeug" not in page
    assert path.strip("/") not in page


def test_a_machine_gets_a_status_and_no_words(guarded: FlaskClient) -> None:
    answer = guarded.get("/broken", headers={"Accept": "application/json"})
    assert json.loads(answer.get_data()) == {"status": 500}


def test_a_wrong_method_still_names_the_right_ones(guarded: FlaskClient) -> None:
    assert "POST" in guarded.get("/letterbox").headers["Allow"]


@pytest.mark.parametrize("path", ["/broken", "/away"])
def test_the_log_of_a_fault_has_its_kind_and_never_its_words(
    guarded: FlaskClient, logged: list[Any], capfd: pytest.CaptureFixture[str], path: str
) -> None:
    guarded.get(path)
    assert [line["log_level"] for line in logged] == ["error"]
    assert "PLANTED" not in str(logged) + "".join(capfd.readouterr())
