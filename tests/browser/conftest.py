"""A real Chromium, a real server, and a neutral site to leave for. One browser a worker; a fresh context a test."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.parents import Site, open_site

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
# Seconds. The slowest takes a fifth of it.
LONGEST = 120
PHONE = {"width": 390, "height": 844}
# A folder to look at what the tests saw; nothing is kept without it.
SCREENSHOTS = os.environ.get("HELO_TEST_SCREENSHOTS", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser, which may hang for reasons of its own: that, and nothing that a test
    asserts, is tried once more, and the last line of the run counts it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(LONGEST))
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[r"^Failed: Timeout \(>"]))


class Quiet(WSGIRequestHandler):
    """A server that writes no log: a line of it would hold what the tests look for."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing."""


@dataclass
class Elsewhere:
    """The neutral site: remembers what a browser told it."""

    url: str
    headers: list[dict[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def serve(app: Any) -> Iterator[int]:
    """Serves `app` on a free port of this machine until it is no longer wanted; the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this worker."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=ARGUMENTS,
            # Playwright switches this memory off; parents have it.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """Where the way out leads."""
    app, seen = Flask("elsewhere"), Elsewhere("")

    @app.get("/<path:path>")
    def weather(path: str) -> Response:
        if path == "weather":
            seen.headers.append(dict(request.headers))
            seen.addresses.append(request.full_path)
        return Response("<!doctype html><title>Weather</title><p>Rain.", mimetype="text/html")

    for port in serve(app):
        seen.url = f"http://127.0.0.1:{port}/weather"
        yield seen


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, lasting_database: Callable[[], str], elsewhere: Elsewhere
) -> Iterator[Site]:
    """A chat that everybody in this worker shares, on each engine; each test is another parent."""
    chat = open_site(
        tmp_path_factory.mktemp("chat"),
        database_url=lasting_database(),
        public_url="http://127.0.0.1",
        exit_url=elsewhere.url,
        hold_seconds="1",
    )
    for port in serve(chat.app):
        chat.url = f"http://127.0.0.1:{port}"
        yield chat
    chat.desk.database.close()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a browser that has not been here before; options as Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = chromium.new_context(base_url=site.url, **{"viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A phone with script."""
    return visit()


def photograph(page: Page, name: str) -> None:
    """Keeps a picture for people to look at, where a folder for them was named."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)
