"""Every place of the journey, in both languages: accessible, narrow enough, large enough, and in the right tongue."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, photograph
from tests.browser.places import ENDS, STEPS, hand_to_a_person, stand_at
from tests.web.parents import Site

# Light for one and dark for the other: both are looked at, at every place, at half the cost.
SCHEMES = {"en": "light", "cy": "dark"}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

AXE = """async rules => (await axe.run(document, rules)).violations
    .map(broken => [broken.id, broken.nodes.map(node => node.html)])"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, summary, a[href], textarea, input:not([type=hidden])")]
    .filter(it => it.checkVisibility() && !it.matches(".skip-link, p a"))
    .filter(it => { const box = it.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
    .map(it => it.outerHTML)"""
WITHOUT_LANGUAGE = """() => [...document.querySelectorAll(".bubble p, .choices button, .choices .line")]
    .filter(it => !it.closest("[lang]:not(html)")).map(it => it.outerHTML)"""


def look_hard(page: Page, name: str) -> None:
    """Everything that must hold of any page of the chat."""
    assert page.title() == "Helo"
    assert axe_finds(page) == []
    assert page.evaluate(WITHOUT_LANGUAGE) == []
    assert page.evaluate(SMALL_TARGETS) == []
    photograph(page, f"{name}-phone")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    if name.split("-")[0] in {"welcome", "feeling", "share_summary", "booked", "ended"}:
        page.set_viewport_size(DESKTOP)
        photograph(page, f"{name}-desktop")


def axe_finds(page: Page) -> list[tuple[str, list[Any]]]:
    """Every rule of axe that is broken, and by what."""
    found: list[tuple[str, list[Any]]] = page.evaluate(AXE, RULES)
    return found


@pytest.fixture(scope="module")
def pages(chromium: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """A page for each colour scheme, with axe on board, that all tests of this module use in turn."""
    opened = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(base_url=site.url, viewport=PHONE, color_scheme=scheme)
        context.add_init_script(AXE_SCRIPT)
        opened[scheme] = context.new_page()
        opened[scheme].set_default_timeout(8000)
    yield opened
    for page in opened.values():
        page.context.close()


def fresh(page: Page) -> Page:
    """The page for somebody who has not been here before."""
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    return page


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("step", STEPS)
def test_every_question(pages: dict[str, Page], site: Site, step: str, language: str) -> None:
    page = fresh(pages[SCHEMES[language]])
    if step != "welcome":  # which is there before anything is said
        stand_at(site, page.context, step, language, "AGAIN")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == ("cy" if step == "welcome" else language)
    # After a loss the page begins with the words that told of it: not even the welcome is repeated.
    assert page.locator(".bubble--bot").count() >= (1 if step in ("welcome", "loss") else 2)
    look_hard(page, f"{step}-{language}-{SCHEMES[language]}")


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("step", ENDS)
def test_every_end(pages: dict[str, Page], site: Site, step: str, language: str) -> None:
    page = fresh(pages[SCHEMES[language]])
    stand_at(site, page.context, step, language, "AGAIN")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator(".bubble--bot").count() >= 1
    look_hard(page, f"{step}-{language}-{SCHEMES[language]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_page(pages: dict[str, Page], scheme: str) -> None:
    page = fresh(pages[scheme])
    page.goto("/")
    look_hard(page, f"welcome-first-{scheme}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("safety", {"en": "I want to kill myself", "cy": "Dw i eisiau lladd fy hun"}),
        ("honest_answer", {"en": "Will you take my baby?", "cy": "Fyddwch chi'n mynd â'r babi?"}),
        ("info", {"en": "INFO", "cy": "GWYBODAETH"}),
        ("long_word", {"en": "a" * 400, "cy": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 4}),
    ],
)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_comes_in_between(
    pages: dict[str, Page], site: Site, name: str, text: dict[str, str], language: str
) -> None:
    page = fresh(pages[SCHEMES[language]])
    stand_at(site, page.context, "stage", language, "AGAIN", text[language])
    page.goto("/")
    look_hard(page, f"{name}-{language}")


@pytest.mark.parametrize("language", ["en", "cy", None])
def test_an_ended_chat(pages: dict[str, Page], site: Site, language: str | None) -> None:
    page = fresh(pages[SCHEMES[language or "en"]])
    stand_at(site, page.context, "stage", language, "PLANTED", ago=4000)
    page.goto("/")
    assert "PLANTED" not in page.content()
    look_hard(page, f"ended-{language}")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_chat_with_a_person(pages: dict[str, Page], site: Site, language: str) -> None:
    page = fresh(pages[SCHEMES[language]])
    conversation_id = stand_at(site, page.context, "stage", language, "AGAIN")
    hand_to_a_person(site, conversation_id, "Hi, this is Siân.")
    page.goto("/")
    look_hard(page, f"person-{language}")


def test_the_same_page_answered_twice(pages: dict[str, Page], site: Site) -> None:
    page = fresh(pages["light"])
    stand_at(site, page.context, "stage", "en", "AGAIN")
    page.goto("/")
    page.evaluate("document.querySelectorAll('[name=key]').forEach(it => it.value = 'k'.repeat(24))")
    with page.expect_navigation():
        page.click(".choices button >> nth=0")
    page.evaluate("document.querySelectorAll('[name=key]').forEach(it => it.value = 'k'.repeat(24))")
    with page.expect_navigation():
        page.click(".choices button >> nth=1")
    assert page.locator("h2").inner_text() == site.desk.catalogue.text("en", "chat.conflict.title")
    look_hard(page, "conflict")


def test_a_form_of_another_session(pages: dict[str, Page]) -> None:
    page = fresh(pages["light"])
    page.goto("/")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.click(".choices button >> nth=0")
    look_hard(page, "stale")


def test_a_page_that_is_not_there(pages: dict[str, Page]) -> None:
    page = fresh(pages["dark"])
    page.goto("/nowhere")
    assert axe_finds(page) == []
