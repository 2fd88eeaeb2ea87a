"""The way out: at once, to a neutral page, with nothing left behind. With script and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from bot.domain.status import Status
from bot.storage import conversations
from tests.browser.conftest import Elsewhere
from tests.browser.places import stand_at
from tests.web.parents import Site

PLANTED = "PLANTED words of a parent"
STORES = """async () => [
    localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
    (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
].reduce((all, one) => all + one, 0)"""


@pytest.fixture(params=["with script", "without script"])
def chatting(request: pytest.FixtureRequest, visit: Callable[..., Page], site: Site) -> tuple[Page, str]:
    """A page in the middle of a chat, and the conversation's id."""
    page = visit(java_script_enabled=request.param == "with script")
    conversation_id = stand_at(site, page.context, "stage", "en", PLANTED)
    page.goto("/")
    expect(page.get_by_text(PLANTED)).to_be_visible()
    return page, conversation_id


def is_closed(site: Site, page: Page, conversation_id: str) -> bool:
    """Whether the chat has ended on the server; what the browser sent on leaving may still be on its way."""
    for _ in range(40):
        found = site.desk.database.read(lambda tx: conversations.load(tx, site.desk.vault, conversation_id))
        assert found is not None
        if found.conversation.status is Status.CLOSED:
            return True
        page.wait_for_timeout(50)
    return False


def test_the_button_leaves_and_nothing_is_left(chatting: tuple[Page, str], site: Site, elsewhere: Elsewhere) -> None:
    page, conversation_id = chatting
    page.click("#exit button")
    page.wait_for_url(elsewhere.url)
    assert page.title() == "Weather"
    assert is_closed(site, page, conversation_id)
    page.wait_for_timeout(200)
    assert page.context.cookies(site.url) == []
    page.go_back()
    assert PLANTED not in page.content()
    page.goto("/")
    assert PLANTED not in page.content()


def test_elsewhere_learns_nothing(chatting: tuple[Page, str], elsewhere: Elsewhere) -> None:
    page, _ = chatting
    page.click("#exit button")
    page.wait_for_url(elsewhere.url)
    assert "Referer" not in elsewhere.headers[-1]
    assert elsewhere.addresses[-1].rstrip("?") == "/weather"


def test_three_times_shift_leaves(page: Page, site: Site, elsewhere: Elsewhere) -> None:
    conversation_id = stand_at(site, page.context, "stage", "en", PLANTED)
    page.goto("/")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(elsewhere.url)
    assert is_closed(site, page, conversation_id)


def test_shift_while_writing_does_not(page: Page, site: Site) -> None:
    stand_at(site, page.context, "own_words", "en", "AGAIN")
    page.goto("/")
    page.focus("#text")
    for letter in "SAM":
        page.keyboard.press(f"Shift+{letter}")
    page.wait_for_timeout(200)
    assert page.url.startswith(site.url)
    assert page.locator("html.covered").count() == 0


def test_the_page_is_covered_before_anything_else_happens(page: Page, site: Site) -> None:
    stand_at(site, page.context, "stage", "en", PLANTED)
    page.goto("/")
    shown = page.evaluate(
        """() => { document.getElementById("exit").requestSubmit();
                   return [getComputedStyle(document.body).display, document.title.trim()]; }"""
    )
    assert shown == ["none", ""]


def test_leaving_does_not_wait_for_a_server_that_is_away(page: Page, site: Site, elsewhere: Elsewhere) -> None:
    stand_at(site, page.context, "stage", "en", PLANTED)
    page.goto("/")
    unanswered: list[Route] = []
    page.route("**/chat", lambda route: unanswered.append(route))
    page.click("#exit button")
    page.wait_for_url(elsewhere.url)
    assert page.title() == "Weather"
    for each in unanswered:
        each.abort()  # a browser that still waits for an answer does not close


def test_a_page_out_of_the_browsers_memory_is_loaded_again(page: Page, site: Site) -> None:
    stand_at(site, page.context, "stage", "en", PLANTED)
    page.goto("/")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert PLANTED not in page.content()


def test_a_page_that_is_put_away_is_covered_first(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert page.evaluate("getComputedStyle(document.body).display") == "none"


def test_the_browser_keeps_one_cookie_and_no_content(page: Page, site: Site) -> None:
    page.goto("/")
    with page.expect_navigation():
        page.click(".choices button >> nth=1")
    page.fill("#text", PLANTED)
    with page.expect_navigation():
        page.click(".write button")
    assert page.evaluate(STORES) == 0
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == ("helo", True, "Lax", -1)
    assert page.evaluate("document.cookie") == ""


def test_nothing_is_asked_of_any_other_site(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    for place in (1, 0, 1):
        with page.expect_navigation():
            page.click(f".choices button >> nth={place}")
    assert len(asked) > 8
    assert [url for url in asked if not url.startswith(f"{site.url}/")] == []


def test_every_address_of_the_chat_is_the_same(page: Page, site: Site) -> None:
    page.goto("/")
    for place in (1, 0, 1, 2):
        with page.expect_navigation():
            page.click(f".choices button >> nth={place}")
        assert page.url == f"{site.url}/#now"
        assert page.title() == "Helo"


def test_no_field_is_remembered_or_filled_in(page: Page, site: Site) -> None:
    for step in ("own_words", "call_name", "call_number"):
        stand_at(site, page.context, step, "en", "AGAIN")
        page.goto("/")
        fields = page.locator("textarea, input:not([type=hidden])")
        assert fields.count() == 1
        assert fields.first.get_attribute("autocomplete") == "off"
