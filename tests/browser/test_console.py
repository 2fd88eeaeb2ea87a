"""The staff console in a real browser: every page accessible in both languages, on a phone, a desk and paper."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.app import create_app
from bot.services.add_staff import add_staff, seed_demo
from bot.storage import tasks
from bot.storage.database import Database
from bot.storage.migrations import upgrade
from tests.browser.conftest import PHONE, photograph, serve
from tests.desks import Clock, make_desk
from tests.web.console.house import House, line

DESKTOP = {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
AXE = """async rules => (await axe.run(document, rules)).violations
    .map(broken => [broken.id, broken.nodes.map(node => node.html)])"""
HURT = "<img src=x onerror=\"document.title='hurt'\"><script>document.title='hurt'</script>"
# Light for one and dark for the other, as for parents.
SCHEMES = {"en": "light", "cy": "dark"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A morning at work: calls, an alert, a conversation with a person, things to do."""
    folder = tmp_path_factory.mktemp("console")
    url = f"sqlite:///{folder / 'helo.db'}"
    upgrade(url)
    database, clock = Database(url), Clock()
    desk = make_desk(database, folder, clock, public_url="http://127.0.0.1")
    house = House(create_app(desk.settings, desk), desk, clock)
    fill(house)
    yield house
    database.close()


def fill(house: House) -> None:
    """People who have asked for something."""
    house.call(
        line("call_name", "Mared"),
        line("call_number", "07700 900123"),
        line("call_language", label="booking.call_language.cymraeg"),
        line("call_needs", "Siaradwch yn araf, dwi'n clywed yn wael yn y glust chwith"),
        line("call_safety", label="booking.call_safety.no"),
        line("call_safety_answer", label="booking.call_safety_answer.baby_group"),
        line("stage", label="self_referral.stage.under_1"),
        line("who", label="self_referral.who.mum"),
        line("feeling", "Dwi'n ei charu hi ond dwi'n teimlo'n bell i ffwrdd"),
        line("as_you_like", label="self_referral.as_you_like.not_really"),
        line("own_words", "Dwi eisiau mwynhau bod gyda hi, yn lle cyfri'r oriau."),
        line("neonatal", label="booking.neonatal.yes"),
        line("life", struck=True),
        check_word="booking.call_safety_word.blue",
        offers=[offer.id for offer in house.desk.directory.offers[:2]],
    )
    house.call(
        line("call_name", "Tom"), line("call_number", "07700 900124"), contact="+447700900124", hours=27, shared=False
    )
    house.call(line("call_name", HURT), line("own_words", HURT), contact="+447700900127", hours=50, loss=True)
    house.parent("helo", "Dwi ddim yn cysgu", contact="+447700900125")
    house.alert(
        "I can't do this any more. I want to end it all and nobody would even notice", "want to end it all",
        contact="+447700900125",
    )  # fmt: skip
    asks = house.parent("Can I talk to someone?", HURT, contact="+447700900126")
    for kind in ("asks_for_person", "texts_off"):
        house.desk.database.write(lambda tx, kind=kind: tasks.open_task(tx, asks.id, kind, house.clock()))


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Where it is served."""
    for port in serve(house.app):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module", params=["en", "cy"])
def at_work(request: pytest.FixtureRequest, chromium: Browser, house: House, address: str) -> Iterator[Page]:
    """Somebody signed in by the demo's link, in one language."""
    context = chromium.new_context(base_url=address, viewport=PHONE, color_scheme=SCHEMES[request.param])
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(seed_demo(house.desk, house.clock()).removeprefix("http://127.0.0.1"))
    page.get_by_role("button").last.click()
    if page.locator("html").get_attribute("lang") != request.param:
        page.locator(f'button[name=language][value="{request.param}"]').click()
    assert page.locator("html").get_attribute("lang") == request.param
    yield page
    context.close()


def look(page: Page, name: str) -> None:
    """Everything that must hold of any page of the console, and pictures for people to look at."""
    language = page.locator("html").get_attribute("lang")
    assert "hurt" not in page.title()
    found: list[Any] = page.evaluate(AXE, RULES)
    assert found == []
    photograph(page, f"console-{name}-{language}-phone")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], name
    page.set_viewport_size(DESKTOP)
    photograph(page, f"console-{name}-{language}-desktop")
    page.set_viewport_size(PHONE)


def test_today_alerts_tasks_account(at_work: Page) -> None:
    for name, path in (
        ("today", "/staff/"), ("alerts", "/staff/alerts"), ("tasks", "/staff/tasks"), ("account", "/staff/account"),
    ):  # fmt: skip
        at_work.goto(path)
        look(at_work, name)


def test_every_call_sheet_fits_a_sheet_of_paper(at_work: Page) -> None:
    at_work.goto("/staff/")
    paths = at_work.locator(".call__who a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(paths) == 3
    for number, path in enumerate(paths):
        at_work.goto(path)
        look(at_work, f"sheet{number}")
        at_work.emulate_media(media="print")
        photograph(at_work, f"console-paper{number}")
        paper = at_work.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
        at_work.emulate_media(media="screen")


def test_an_alert_and_its_conversation(at_work: Page) -> None:
    at_work.goto("/staff/alerts")
    at_work.locator("main h2 a").first.click()
    assert at_work.locator("mark").inner_text() == "want to end it all"
    look(at_work, "alert")
    at_work.locator("main a[href*='/conversations/']").first.click()
    look(at_work, "conversation")


def test_taking_over_replying_and_handing_back(at_work: Page) -> None:
    at_work.goto("/staff/tasks")
    at_work.locator("main a[href*='/conversations/']").first.click()
    at_work.locator("form[action$='take-over'] button").click()
    at_work.get_by_role("textbox").fill("Helo, Gwen sydd yma. Dwi'n darllen dy negeseuon nawr. ŵ")
    at_work.locator("button[value=count]").click()
    assert "1" in at_work.get_by_role("status").last.inner_text()
    look(at_work, "taken")
    at_work.locator("button[value=send]").click()
    assert at_work.locator(".bubble--person").count() >= 1
    at_work.locator("form[action$='hand-back'] button").click()
    assert at_work.locator("form[action$='take-over']").count() == 1


def test_the_number_of_alerts_is_live_and_says_when_it_is_not(at_work: Page, house: House) -> None:
    at_work.goto("/staff/tasks")
    before = int(at_work.locator(".count").get_attribute("data-live") or "0")
    alert = house.alert("I took all my tablets", "took all my tablets", contact=f"+4477009001{before:02d}")
    expect(at_work.locator(".count")).to_have_attribute("data-live", str(before + 1), timeout=12000)
    assert at_work.locator(".not-live").inner_text()
    assert re.match(r"\(\d+\) ", at_work.title())
    assert alert.reference not in at_work.title()
    at_work.context.set_offline(True)
    said = at_work.locator(".not-live").get_attribute("data-not-live") or "nothing"
    expect(at_work.locator(".not-live")).to_have_text(said, timeout=12000)
    at_work.context.set_offline(False)


def test_the_way_in(chromium: Browser, house: House, address: str) -> None:
    for language in ("en", "cy"):
        context: BrowserContext = chromium.new_context(
            base_url=address, viewport=PHONE, locale=language, color_scheme=SCHEMES[language]
        )
        context.add_init_script(AXE_SCRIPT)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto("/staff/")
        assert page.locator("html").get_attribute("lang") == language
        look(page, "sign-in")
        link = add_staff(house.desk, f"new-{language}@team.example", "practitioner", house.clock())
        page.goto(link.removeprefix("http://127.0.0.1"))
        assert page.locator(".drawing svg").bounding_box()["width"] > 150  # type: ignore[index]
        look(page, "first")
        page.goto("/staff/first/" + "x" * 43)
        look(page, "link-over")
        page.goto(seed_demo(house.desk, house.clock()).removeprefix("http://127.0.0.1"))
        look(page, "demo")
        context.close()
