"""The journey as a parent's hands make it: without script, by keyboard alone, and while a person is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.storage import chasing, concerns, messages
from tests.browser.places import hand_to_a_person, stand_at, write_as_a_person
from tests.web.parents import Site
from tests.web.test_chat import ANSWERS

FOCUSED = "() => document.activeElement.closest('button, a, textarea, summary')?.innerText.trim() ?? ''"
RING = "() => getComputedStyle(document.activeElement).outlineStyle"


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def test_from_hello_to_a_booked_call_without_script(visit: Callable[..., Page], site: Site) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/")
    press(page, ".choices button >> nth=0")
    asked = [step for step in BOOKING if step != "welcome"]
    for step in asked:
        answer = ANSWERS.get(step, "1")
        if len(answer) == 1:
            press(page, f"button[name=choice][value='{answer}']")
        else:
            page.fill("#text", answer)
            press(page, ".write button")
        assert page.url == f"{site.url}/#now"
    booked = page.locator(".bubble--bot").all_inner_texts()
    assert any("07700 900123" in words for words in booked[-3:])
    assert page.locator("html").get_attribute("lang") == "cy"


BOOKING = [
    *("welcome", "about", "stage", "feeling", "as_you_like", "own_words", "who", "area", "offers", "call_offer"),
    *("neonatal", "life", "call_name", "call_number", "call_language", "call_needs", "call_safety_phone"),
    *("call_safety", "call_safety_answer", "call_safety_hours", "call_safety_word", "call_safety_texts"),
    *("call_safety_ring", "call_sleep", "slot", "share_summary", "share_others", "share_midwife", "share_gp"),
]


@pytest.mark.parametrize(("language", "reason"), [("en", "You said"), ("cy", "Ti ddewisodd")])
def test_on_paper_stands_the_offer_and_nothing_the_parent_said(
    page: Page, site: Site, language: str, reason: str
) -> None:
    stand_at(site, page.context, "area", language, "CF31")
    page.goto(site.url)
    said = page.locator(".bubble--offer > p").last
    expect(page.locator("article.offer").last).to_be_visible()
    expect(said).to_contain_text(reason)
    page.emulate_media(media="print")
    expect(page.locator("article.offer").last).to_be_visible()
    expect(said).to_be_hidden()
    expect(page.locator(".bubble--parent").last).to_be_hidden()


def tab_to(page: Page, words: str) -> None:
    """Goes there by the keyboard alone, and sees where it is on the way."""
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) != "none"
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"the keyboard never came to {words}")


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    with page.expect_event("framenavigated"):
        page.keyboard.press("Enter")
    tab_to(page, "English")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "Yes")
    with page.expect_navigation():
        page.keyboard.press("Space")
    tab_to(page, "Send")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("I have a baby of six months")
    tab_to(page, "Send")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("I have a baby of six months")).to_be_visible()


def test_leaving_is_the_first_thing_the_keyboard_comes_to_after_the_language(page: Page, site: Site) -> None:
    stand_at(site, page.context, "stage", "en", "AGAIN")
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "Cymraeg" in page.evaluate(FOCUSED)
    page.keyboard.press("Tab")
    assert site.desk.catalogue.text("en", "chat.exit.button") in page.evaluate(FOCUSED)


def test_the_way_out_stays_on_the_screen(page: Page, site: Site) -> None:
    stand_at(site, page.context, "stage", "en", *["AGAIN"] * 8)
    page.goto("/#now")
    for _ in range(2):
        expect(page.locator("#exit button")).to_be_in_viewport(ratio=1)
        page.mouse.wheel(0, -4000)


def test_the_newest_words_are_on_the_screen_without_script(visit: Callable[..., Page], site: Site) -> None:
    page = visit(java_script_enabled=False)
    stand_at(site, page.context, "stage", "en", *["AGAIN"] * 6)
    page.goto("/")
    press(page, ".choices button >> nth=1")
    expect(page.locator(".bubble--parent").last).to_be_in_viewport()
    expect(page.locator(".choices button").first).to_be_in_viewport()


def test_what_a_person_writes_appears_by_itself(page: Page, site: Site) -> None:
    conversation_id = stand_at(site, page.context, "stage", "en", "AGAIN")
    hand_to_a_person(site, conversation_id, "Hi, this is Siân.")
    page.clock.install()
    page.goto("/")
    page.fill("#text", "half a sentence")
    write_as_a_person(site, conversation_id, "Take your time. <b>No hurry.</b>")
    page.clock.fast_forward(6000)
    expect(page.get_by_text("Take your time. <b>No hurry.</b>")).to_be_visible()
    assert page.input_value("#text") == "half a sentence"
    assert page.locator("[role=log][aria-live=polite] .bubble--person").count() == 2


def test_a_person_who_comes_to_a_parent_who_waits_appears_by_itself(page: Page, site: Site) -> None:
    conversation_id = stand_at(site, page.context, "stage", "en", "I am going to kill myself tonight")
    page.clock.install()
    page.goto("/")
    page.fill("#text", "half a sentence")
    hand_to_a_person(site, conversation_id, "Hi, this is Siân. I am here.")
    page.clock.fast_forward(6000)
    expect(page.get_by_text("I am here.")).to_be_visible()
    assert page.input_value("#text") == "half a sentence", "the page is not made anew under their hands"
    page.fill("#text", "")
    page.clock.fast_forward(6000)
    expect(page.locator("#thread")).to_have_attribute("data-person", "yes")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_open_page_says_whom_to_ring_as_soon_as_nobody_can_be_reached(page: Page, site: Site, language: str) -> None:
    its_id = stand_at(site, page.context, "stage", language, "I am going to kill myself tonight")
    page.clock.install()
    page.goto("/")
    page.fill("#text", "half a sentence")
    card = page.locator("#unreached[role=alert]")
    expect(card).to_have_count(0)
    (alert,) = site.desk.database.read(lambda tx: concerns.of_conversation(tx, its_id))
    site.desk.database.write(lambda tx: chasing.mark_unreached(tx, alert.id, site.desk.now()))
    page.clock.fast_forward(6000)
    expect(card).to_be_visible()
    expect(card.locator("a[href='tel:999']")).to_be_visible()
    assert site.desk.catalogue.text(language, "chat.unreached", {"emergency": "999"})[:30] in card.inner_text()
    page.clock.fast_forward(6000)
    page.wait_for_timeout(100)
    assert card.count() == 1
    assert page.input_value("#text") == "half a sentence"
    site.desk.database.write(lambda tx: chasing.mark_reached(tx, alert.id))
    page.clock.fast_forward(6000)
    expect(card).to_have_count(0)


def test_nothing_is_polled_while_the_bot_answers(page: Page, site: Site) -> None:
    stand_at(site, page.context, "stage", "en", "AGAIN")
    page.clock.install()
    page.goto("/")
    asked: list[str] = []
    # The browser fetches the page's own icon whenever it likes, also after it says that the page has loaded.
    page.on("request", lambda request: None if "/static/" in request.url else asked.append(request.url))
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(100)
    assert asked == []


def test_one_form_that_arrives_four_times_at_once_answers_once(page: Page, site: Site) -> None:
    conversation_id = stand_at(site, page.context, "stage", "en", "AGAIN")
    page.goto("/")
    answers = page.evaluate(
        """() => {
            const form = document.querySelector(".choices"), button = form.querySelectorAll("button")[1];
            const body = () => new URLSearchParams(new FormData(form, button));
            const send = () => fetch(form.action, {method: "POST", body: body()}).then(answer => answer.status);
            return Promise.all([send(), send(), send(), send()]);
        }"""
    )
    assert answers == [200] * 4
    thread = site.desk.database.read(lambda tx: messages.thread(tx, site.desk.vault, conversation_id))
    assert [entry.text for entry in thread if entry.who == "parent"] == ["AGAIN", "2"]
