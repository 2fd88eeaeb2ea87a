"""The staff console in a real browser: every page accessible in both languages, on a phone, a desk and paper."""

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from bot.app import create_app
from bot.domain.conversation import Channel, InboundMessage
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.add_staff import add_staff, seed_demo
from bot.services.chase_alerts import chase_alerts
from bot.services.close_alert import close_alert
from bot.services.know_callers import know_callers
from bot.services.receive_message import receive_message
from bot.services.take_over import take_over
from bot.services.try_phones import try_phones
from bot.storage import callers, chasing, concerns, conversations, promises, refusals, tasks
from bot.storage.database import Database
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
def house(tmp_path_factory: pytest.TempPathFactory, lasting_database: Callable[[], str]) -> Iterator[House]:
    """A morning at work: calls, an alert, a conversation with a person, things to do."""
    folder = tmp_path_factory.mktemp("console")
    database, clock = Database(lasting_database()), Clock()
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
    # On Wednesday at ten; with everything a parent can have said, in long words, for the one page of paper.
    house.call(
        line("call_name", "Angharad Llwyd-Williams"),
        line("call_number", "07700 900128"),
        line("call_language", label="booking.call_language.cymraeg"),
        line("call_interpreter", "Iaith Arwyddion Prydain, os oes modd"),
        line("call_needs", "Siaradwch yn araf. Dwi'n clywed yn wael. Tecstiwch gyntaf, plis."),
        line("call_safety", label="booking.call_safety.no"),
        line("call_safety_answer", label="booking.call_safety_answer.baby_group"),
        line("call_safety_phone", "Fy mhartner hefyd"),
        line("call_safety_hours", "Bore, ar ôl cinio"),
        line("call_safety_texts", "Grŵp babis"),
        line("call_safety_ring", "Ie"),
        line("call_sleep", "Ar ôl cinio"),
        line("stage", label="self_referral.stage.under_1"),
        line("who", label="self_referral.who.mum"),
        line("feeling", "Dwi'n ei charu hi ond dwi'n teimlo'n bell i ffwrdd, fel bod gwydr rhyngon ni. " * 2),
        line("as_you_like", label="self_referral.as_you_like.not_really"),
        line("own_words", "Dwi eisiau mwynhau bod gyda hi, yn lle cyfri'r oriau. Dwi eisiau cysgu. " * 4),
        line("neonatal", label="booking.neonatal.yes"),
        line("life", "Symudon ni yma ym mis Mai, a does dim teulu yn agos. " * 4),
        check_word="booking.call_safety_word.blue",
        not_safe_word="booking.call_safety_word.green",
        language="cy",
        offers=[offer.id for offer in house.desk.directory.offers[:3]],
        contact="+447700900128",
        hours=46,
    )
    house.call(line("call_name", "Catrin"), contact="+447700900129", hours=-30)
    house.parent("helo", "Dwi ddim yn cysgu", contact="+447700900125")
    house.alert(
        "I can't do this any more. I want to end it all and nobody would even notice", "want to end it all",
        contact="+447700900125",
    )  # fmt: skip
    asks = house.parent("Can I talk to someone?", HURT, contact="+447700900126")
    for kind in ("asks_for_person", "texts_off"):
        house.desk.database.write(lambda tx, kind=kind: tasks.open_task(tx, asks.id, kind, house.clock()))
    try_phones(house.desk, house.clock())


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
    page.wait_for_load_state()  # a style sheet that is not there yet breaks rules of its own
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
    assert len(paths) >= 5
    for number, path in enumerate(paths):
        at_work.goto(path)
        look(at_work, f"sheet{number}")
        at_work.emulate_media(media="print")
        photograph(at_work, f"console-paper{number}")
        paper = at_work.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
        at_work.emulate_media(media="screen")


def test_the_week_the_list_and_changing_a_call(at_work: Page) -> None:
    for name, path in (("calls", "/staff/calls"), ("week", "/staff/calls/week")):
        at_work.goto(path)
        look(at_work, name)
    at_work.locator(".week a[href*='/calls/']").last.click()
    at_work.locator("a[href$='/change']").click()
    look(at_work, "change")
    at_work.locator("main form .button").last.click()
    assert at_work.locator("#fault").count() == 1
    look(at_work, "change-fault")


def test_outcomes_and_the_next_step(at_work: Page, house: House) -> None:
    contact = "+4477009003" + ("01" if at_work.locator("html").get_attribute("lang") == "cy" else "02")
    call = house.call(line("call_name", "Non"), contact=contact, hours=-20 - int(contact[-1]) * 3)
    at_work.goto(f"/staff/calls/{call.id}")
    at_work.locator("button[value=passed_on]").click()
    expect(at_work.locator("#fault-passed_to")).to_be_visible()
    look(at_work, "outcome-fault")
    at_work.locator("button[value=talked]").click()
    at_work.locator("#step-own").check()
    at_work.locator("#words").fill("Diolch am siarad heddiw. Fe wnawn ni ffonio eto ŵyl y banc.")
    at_work.locator("button[value=count]").click()
    look(at_work, "next-step")
    at_work.locator("button[value=keep]").click()
    expect(at_work.locator("#next-step .own")).to_contain_text("Diolch am siarad")
    look(at_work, "next-step-kept")


def test_a_loss_is_recorded_and_taken_back(at_work: Page, house: House) -> None:
    contact = "+4477009004" + ("01" if at_work.locator("html").get_attribute("lang") == "cy" else "02")
    call = house.call(line("call_name", "Non"), contact=contact, hours=-50 - int(contact[-1]) * 3)
    at_work.goto(f"/staff/calls/{call.id}")
    at_work.locator("#outcome a[href$='/loss']").click()
    look(at_work, "loss")
    at_work.locator("main form .button").click()
    expect(at_work.locator("#sure:invalid")).to_be_visible()
    at_work.locator("#sure").check()
    at_work.locator("main form .button").click()
    expect(at_work.locator(".note--warn")).to_be_visible()
    look(at_work, "loss-known")
    at_work.goto(f"/staff/calls/{call.id}")
    look(at_work, "sheet-after-loss")
    at_work.locator(".note--warn a[href$='/loss']").click()
    at_work.locator("#sure").check()
    at_work.locator("main form .button").click()
    expect(at_work.locator(".note--warn")).to_have_count(0)


def test_availability_by_hand_with_faults_leave_and_a_colleague(at_work: Page, house: House) -> None:
    at_work.goto("/staff/callers")
    look(at_work, "callers")
    at_work.goto("/staff/callers/demo-sian")
    look(at_work, "availability")
    at_work.locator("#hours-monday").fill("bore")
    at_work.locator("#since").fill("2026-11-25")
    at_work.locator("#calendar").fill("http://example.org")
    at_work.locator(".availability > .button").click()
    assert at_work.locator(".fault").count() == 2
    look(at_work, "availability-fault")
    at_work.locator("#hours-monday").fill("10-12")
    at_work.locator("#calendar").fill("")
    # A colleague is quicker.
    mine = house.desk.database.read(lambda tx: know_callers(house.desk, tx))["demo-sian"]
    seen = int(at_work.locator("form.availability input[name=revision]").input_value())
    house.desk.database.write(lambda tx: callers.keep(tx, mine, "staff:1", house.clock(), seen=seen))
    at_work.locator(".availability > .button").click()
    expect(at_work.locator("#both-head")).to_be_visible()
    look(at_work, "availability-both")
    at_work.locator(".availability > .button").click()
    expect(at_work.locator("#outside-head")).to_be_visible()
    at_work.locator("form[action$='/feed'] button").click()
    expect(at_work.locator("code.secret")).to_be_visible()
    look(at_work, "availability-outside")


def test_an_alert_and_its_conversation(at_work: Page, house: House) -> None:
    number = "+447700900203" if at_work.locator("html").get_attribute("lang") == "cy" else "+447700900204"
    alert = house.alert("I want to end it all", "want to end it all", contact=number)
    at_work.goto("/staff/alerts")
    at_work.locator(f"main h2 a[href$='{alert.id}']").click()
    assert at_work.locator("mark").inner_text() == "want to end it all"
    look(at_work, "alert")
    at_work.locator("main a[href*='/conversations/']").first.click()
    look(at_work, "conversation")


def test_an_alert_of_several_messages_and_one_of_a_guess(at_work: Page, house: House) -> None:
    welsh = at_work.locator("html").get_attribute("lang") == "cy"
    numbers = ("+447700900205", "+447700900206") if welsh else ("+447700900207", "+447700900208")
    split = alert_of(house, numbers[0], "sorry but tonight i want to", "kill myself")
    at_work.goto(f"/staff/alerts/{split.id}")
    assert at_work.locator("mark").all_inner_texts() == ["want to", "kill myself"]
    assert at_work.locator(".said .badge").count() == 0
    look(at_work, "alert-split")
    guess = alert_of(house, numbers[1], "my wife has gone out the house with no shoes no phone and left her rings")
    at_work.goto(f"/staff/alerts/{guess.id}")
    expect(at_work.locator(".said .badge")).to_be_visible()
    look(at_work, "alert-guess")
    for alert in (split, guess):  # an open one would be chased by the tests after this
        close_alert(house.desk, alert.id, "spoke_safe", "team:demo-lead", house.clock())


def test_an_alert_of_who_is_not_alone_with_the_phone(at_work: Page, house: House) -> None:
    """What they said of being reached safely stands beside the number, before any call is booked."""
    number = "+447700900209" if at_work.locator("html").get_attribute("lang") == "cy" else "+447700900210"
    alert = alert_of(house, number, "helo", "2", "I want to end it all")

    house.answered(alert, about="yes", call_safety_phone="no", call_safety_answer="ring_off", call_safety_word="blue")
    at_work.goto(f"/staff/alerts/{alert.id}")
    expect(at_work.locator("section[aria-labelledby=who-head] .trouble")).to_be_visible()
    expect(at_work.locator("section.safe strong").first).to_be_visible()
    look(at_work, "alert-safe-contact")
    close_alert(house.desk, alert.id, "spoke_safe", "team:demo-lead", house.clock())


def alert_of(house: House, number: str, *texts: str) -> concerns.Alert:
    """The alert that a parent's messages raise."""
    for text in texts:
        message = InboundMessage("twilio", f"SM{secrets.token_hex(16)}", Channel.SMS, number, text)
        receive_message(house.desk, message, house.clock())
    stored = house.desk.database.read(
        lambda tx: conversations.find(tx, house.desk.vault, channel=Channel.SMS, contact=number)
    )
    assert stored is not None
    (alert,) = house.desk.database.read(lambda tx: concerns.of_conversation(tx, stored.conversation.id))
    return alert


def test_taking_over_replying_and_handing_back(at_work: Page) -> None:
    at_work.goto("/staff/tasks")
    at_work.locator(".task a[href*='/conversations/']").first.click()
    at_work.locator("form[action$='take-over'] button").click()
    at_work.get_by_role("textbox").fill("Helo, Gwen sydd yma. Dwi'n darllen dy negeseuon nawr. ŵ")
    expect(at_work.locator("#parts")).to_contain_text("1", timeout=12000)
    assert not at_work.locator("button[value=count]").is_visible(), "counted while it is typed"
    at_work.get_by_role("textbox").fill("ŵ" * 71)
    expect(at_work.locator("#parts")).to_contain_text("2", timeout=12000)
    at_work.get_by_role("textbox").fill("Helo, Gwen sydd yma. Dwi'n darllen dy negeseuon nawr. ŵ")
    expect(at_work.locator("#parts")).to_contain_text("1", timeout=12000)
    look(at_work, "taken")
    at_work.locator("button[value=send]").click()
    assert at_work.locator(".bubble--person").count() >= 1
    at_work.locator("form[action$='hand-back'] button").click()
    assert at_work.locator("form[action$='take-over']").count() == 1


def test_what_was_typed_before_the_script_came_is_counted(at_work: Page) -> None:
    held: list[Route] = []
    at_work.route("**/conversation.js*", lambda route: held.append(route))
    at_work.goto("/staff/tasks")
    at_work.locator(".task a[href*='/conversations/']").first.click(no_wait_after=True)
    at_work.locator("form[action$='take-over'] button").click(no_wait_after=True)
    at_work.get_by_role("textbox").fill("Helo, Gwen sydd yma.")
    assert at_work.locator("#parts").is_hidden()
    for route in held:
        route.continue_()
    at_work.unroute("**/conversation.js*")
    expect(at_work.locator("#parts")).to_contain_text("1", timeout=12000)
    at_work.locator("form[action$='hand-back'] button").click()


def test_without_scripts_no_button_stands_there_without_a_name(chromium: Browser, house: House, address: str) -> None:
    context = chromium.new_context(base_url=address, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(seed_demo(house.desk, house.clock()).removeprefix("http://127.0.0.1"))
    page.get_by_role("button").last.click()
    page.goto("/staff/alerts")
    expect(page.locator(".sound")).to_have_count(1)
    expect(page.locator(".sound")).to_be_hidden()
    context.close()


def test_a_refused_account_is_loud_on_every_page(at_work: Page, house: House) -> None:
    house.desk.database.write(lambda tx: refusals.begin(tx, "to_send", house.clock()))
    at_work.goto("/staff/alerts")
    expect(at_work.locator("[data-trouble=account_refused]")).to_be_visible()
    look(at_work, "account-refused")
    house.desk.database.write(lambda tx: refusals.end(tx, "to_send"))
    at_work.goto("/staff/alerts")
    expect(at_work.locator("[data-trouble=account_refused]")).to_be_hidden()


@pytest.mark.parametrize("page", ["tasks", "conversation"])
def test_the_number_of_alerts_is_live_and_says_when_it_is_not(at_work: Page, house: House, page: str) -> None:
    """Also while somebody reads a conversation, which asks for its own news as well."""
    at_work.goto("/staff/tasks")
    if page == "conversation":
        at_work.locator(".task a[href*='/conversations/']").first.click()
    before = int(at_work.locator(".count").get_attribute("data-live") or "0")
    alert = house.alert("I took all my tablets", "took all my tablets", contact=f"+4477009001{before:02d}")
    expect(at_work.locator(".count")).to_have_attribute("data-live", str(before + 1), timeout=12000)
    assert at_work.locator("#not-live").inner_text()
    assert re.match(r"\(\d+\) ", at_work.title())
    assert alert.reference not in at_work.title()
    at_work.context.set_offline(True)
    said = at_work.locator("#not-live").get_attribute("data-not-live") or "nothing"
    expect(at_work.locator("#not-live")).to_have_text(said, timeout=12000)
    at_work.context.set_offline(False)


def test_an_open_alert_renews_itself_and_takes_nobodys_words_away(at_work: Page, house: House) -> None:
    language = at_work.locator("html").get_attribute("lang")
    number = "+447700900201" if language == "cy" else "+447700900202"
    alert = house.alert("I took all my tablets", "took all my tablets", contact=number)
    at_work.goto(f"/staff/alerts/{alert.id}")
    nobody = at_work.locator("#alert-told .quiet")
    expect(nobody).to_have_count(1)
    chase_alerts(house.desk, house.clock() + timedelta(minutes=2))
    expect(at_work.locator("#alert-told li").first).to_be_visible(timeout=15000)
    look(at_work, "alert-told")
    acknowledge_alert(house.desk, alert.id, "team:demo-lead", house.clock())
    expect(at_work.locator("#alert-top")).to_contain_text("Lead (demo)", timeout=15000)
    at_work.goto(f"/staff/alerts/{alert.id}")
    at_work.locator("#alert-report summary").last.click()
    look(at_work, "alert-report")
    words = at_work.locator("#consent-note")
    words.fill("Roedd hi'n ofni amdano")
    house.desk.database.write(lambda tx: chasing.mark_unreached(tx, alert.id, house.clock()))
    expect(at_work.locator("#alert-top .trouble")).to_be_visible(timeout=15000)
    expect(words).to_have_value("Roedd hi'n ofni amdano")
    look(at_work, "alert-unreached")
    house.desk.database.write(lambda tx: chasing.mark_reached(tx, alert.id))
    expect(at_work.locator('[data-trouble="unreached"]')).to_be_hidden(timeout=15000)


def test_the_sound_waits_for_a_touch_and_stays_off_once_it_is_off(at_work: Page, house: House) -> None:
    at_work.add_init_script("""
        window.played = 0;
        window.Audio = class { constructor(address) { this.address = address; }
            play() { window.played += 1; window.sound = this.address;
                document.documentElement.dataset.played = window.played; return Promise.resolve(); } };
    """)
    at_work.goto("/staff/tasks")
    with at_work.expect_response(lambda answer: "/alerts/live" in answer.url, timeout=15000):
        pass
    assert at_work.evaluate("window.played") == 0, "nobody has touched the page"
    at_work.locator("h1").click()
    expect(at_work.locator("html")).to_have_attribute("data-played", "1", timeout=15000)
    assert at_work.request.get(at_work.evaluate("window.sound")).headers["content-type"] in {"audio/x-wav", "audio/wav"}
    button = at_work.locator("button.sound")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    kept = [cookie for cookie in at_work.context.cookies() if cookie["name"] == "helo_sound"]
    assert [cookie["value"] for cookie in kept] == ["off"]
    at_work.goto("/staff/tasks")
    assert at_work.locator("button.sound").get_attribute("aria-pressed") == "false"
    at_work.locator("h1").click()
    with at_work.expect_response(lambda answer: "/alerts/live" in answer.url, timeout=15000):
        pass
    assert at_work.evaluate("window.played") == 0
    assert at_work.evaluate("window.localStorage.length") == 0


def test_a_taken_conversation_is_live_and_says_when_it_is_not(at_work: Page, house: House) -> None:
    language = at_work.locator("html").get_attribute("lang") or ""
    contact = {"en": "+447700900131", "cy": "+447700900132"}[language]
    parent = house.parent("helo", contact=contact)
    unsafe = parent._replace(language=language, answers={"call_safety": "no"})
    due = house.clock() - timedelta(minutes=1)
    house.desk.database.write(
        lambda tx: (
            conversations.save(tx, house.desk.vault, unsafe, house.clock(), heard=False),
            promises.wait_for_person(tx, parent.id, house.clock() - timedelta(minutes=47), due),
        )
    )
    at_work.goto("/staff/")
    look(at_work, "today-missed")
    at_work.goto("/staff/tasks")
    look(at_work, "tasks-missed")
    at_work.goto(f"/staff/conversations/{parent.id}")
    at_work.locator("form[action$='take-over'] button").click()
    look(at_work, "not-safe")
    at_work.get_by_role("textbox").fill("half a sentence")
    house.parent("Wyt ti yna?", contact=contact)
    expect(at_work.locator("#thread")).to_contain_text("Wyt ti yna?", timeout=12000)
    assert at_work.get_by_role("textbox").input_value() == "half a sentence"
    line = at_work.locator("#thread-not-live")
    assert line.inner_text() == ""
    at_work.context.set_offline(True)
    expect(line).to_have_text(line.get_attribute("data-not-live") or "nothing", timeout=20000)
    look(at_work, "not-live")
    at_work.context.set_offline(False)
    expect(line).to_have_text("", timeout=20000)
    # A colleague takes it from them: the page does not pretend, and what stands half written stays.
    mine = conversation_of(house, parent.id).person
    take_over(house.desk, parent.id, "staff:999", house.clock(), taking_from=mine)
    expect(line).to_have_text(line.get_attribute("data-changed") or "nothing", timeout=20000)
    assert at_work.get_by_role("textbox").input_value() == "half a sentence"
    at_work.goto(f"/staff/conversations/{parent.id}")
    look(at_work, "somebody-elses")
    assert at_work.get_by_role("textbox").count() == 0


def conversation_of(house: House, conversation_id: str) -> conversations.Stored:
    found = house.desk.database.read(lambda tx: conversations.load(tx, house.desk.vault, conversation_id))
    assert found is not None
    return found


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
