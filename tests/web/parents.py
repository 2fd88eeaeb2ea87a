"""A parent at a browser without script: sees what the page shows and sends its forms. For tests of the chat."""

import html
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.services.desk import Desk, open_desk
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from bot.storage.secrets import Vault
from bot.web.chat import chat_blueprint
from bot.web.guard import install_guard
from bot.web.offers import offers_blueprint
from bot.web.pages import dress_pages
from tests.factories import make_settings

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
WELSH, ENGLISH = "1", "2"


class Clock:
    """A clock that moves when it is told to. It starts on a Monday in November, at ten."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Site:
    """The chat, its desk and its clock."""

    app: Flask
    desk: Desk
    clock: Clock
    url: str = ""

    def parent(self, *, https: bool = True) -> "Parent":
        """Somebody who has not been here before."""
        return Parent(self.app.test_client(), "https://helo.example" if https else "http://127.0.0.1:8000")


def open_site(folder: Path, clock: Clock | None = None, **settings: str) -> Site:
    """A chat with an empty database in `folder`; `settings` as variables without their prefix, in lower case."""
    clock = clock or Clock()
    chosen = make_settings(folder, **settings)
    if "database_url" not in settings:
        (folder / "helo.db").write_bytes(_empty_database())
    vault = Vault(chosen.data_keys, chosen.index_key)
    database = Database(chosen.database_url)
    desk = replace(_content(), settings=chosen, database=database, vault=vault, now=clock)
    app = Flask("bot.web")
    install_guard(app, chosen)
    dress_pages(app, desk.catalogue, **desk.helplines)
    app.register_blueprint(offers_blueprint(desk))
    app.register_blueprint(chat_blueprint(desk))
    return Site(app, desk, clock)


@cache
def _content() -> Desk:
    """A desk for its flows and words, which are read once; it has no database of its own."""
    with TemporaryDirectory() as folder:
        return open_desk(make_settings(Path(folder)))


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        chosen = make_settings(Path(folder))
        upgrade(chosen.database_url)
        return (Path(folder) / "helo.db").read_bytes()


class Page:
    """What is on the screen."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.headers = response.headers

    @property
    def bubbles(self) -> list[tuple[str, str]]:
        """(who, words) of each message, in order."""
        found = re.findall(r'<div class="bubble bubble--(\w+)".*?</span>(.*?)</div>', self.html, re.DOTALL)
        return [(who, " ".join(_words(inside).split())) for who, inside in found]

    @property
    def choices(self) -> dict[str, str]:
        """What each answer button says, by what it sends."""
        form = re.search(r'<form class="choices".*?</form>', self.html, re.DOTALL)
        inside = r'name="choice" value="(\w+)"(?:(?!</button>).)*choice__label">(.*?)</span>'
        found = re.findall(inside, form[0], re.DOTALL) if form else []
        return {mark: html.unescape(label) for mark, label in found}

    @property
    def words(self) -> str:
        """Everything that can be read on the page."""
        return " ".join(_words(re.sub(r"<(head|script).*?</\1>", "", self.html, flags=re.DOTALL)).split())

    def hidden(self, name: str) -> str:
        """The value of a hidden field, the same in every form of a page."""
        values = set(re.findall(rf'name="{name}" value="([^"]*)"', self.html))
        assert len(values) == 1, f"{name}: {values}"
        return values.pop()


class Parent:
    """Reads pages, presses buttons, writes."""

    def __init__(self, browser: FlaskClient, site: str) -> None:
        self.browser = browser
        self.site = site

    def look(self) -> Page:
        """Opens the page, or loads it again."""
        return Page(self.browser.get("/", base_url=self.site, headers={"Accept": "text/html"}))

    def send(self, fields: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
        """Posts a form exactly as given."""
        return self.browser.post("/chat", data=fields, base_url=self.site, headers=headers or SAME_SITE)

    def form(self, **fields: str) -> dict[str, str]:
        """A form of the page as it stands now, filled in."""
        page = self.look()
        return {"token": page.hidden("token"), "key": page.hidden("key"), **fields}

    def act(self, **fields: str) -> Page:
        """Fills in a form of the page, sends it, and follows to where it leads."""
        response = self.send(self.form(**fields))
        return self.look() if response.status_code == 303 else Page(response)

    def say(self, text: str) -> Page:
        """Writes in the text box."""
        return self.act(act="say", text=text)

    def choose(self, mark: str) -> Page:
        """Presses an answer button."""
        return self.act(act="choose", choice=mark)

    def word(self, word: str) -> Page:
        """Presses one of the small buttons."""
        return self.act(act="word", word=word)

    def cookies(self) -> dict[str, str]:
        """What the browser keeps."""
        return {cookie.key: cookie.value for cookie in self.browser._cookies.values()}


def _words(markup: str) -> str:
    inline = re.sub(r"</?a\b[^>]*>", "", markup)
    return html.unescape(re.sub(r"<[^>]+>", " ", inline))
