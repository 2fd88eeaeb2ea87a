"""What staff see, and what is written down about their having seen it."""

import re
from html import unescape

import pytest
from sqlalchemy import bindparam, update

from bot.domain.conversation import Channel
from bot.services.note_loss import STAFF_TELL
from bot.services.share_referral import make_sheet
from bot.storage import accounts, calls, concerns, conversations, tasks
from bot.storage.database import Prepared, Transaction
from bot.storage.staff_tables import staff
from bot.web.console.sheet import read_sheet
from tests.web.console.house import HOST, House, line

_IS = Prepared(update(staff).where(staff.c.id == bindparam("account_id")).values(staff_key=bindparam("key")))
CANARY = "<script>alert('Ŵyn')</script><img src=x onerror=alert(1)>{{7*7}}\"'"


def test_today_shows_calls_alerts_and_tasks(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    later = house.call(line("call_name", "Tomos"), contact="+447700900124", hours=50)
    alert = house.alert("I want to end it all", "end it all", contact="+447700900125")
    conversation = house.parent("helo", contact="+447700900126")
    house.desk.database.write(lambda tx: tasks.open_task(tx, conversation.id, "texts_off", house.clock()))
    page = house.signed_in("practitioner").get("/staff/").text
    assert page.index(alert.reference) < page.index("Mared") < page.index("Texts are off") < page.index("Tomos")
    for id_ in (call.id, later.id):
        assert f"/staff/calls/{id_}" in page
    assert "14:00" in page, "the time of Wales"


def test_a_level_whose_people_are_all_disabled_is_a_gap_ahead(house: House) -> None:
    browser, team, now = house.signed_in("lead"), house.desk.team, house.clock()
    gap = "Level 1 has nobody from"
    assert gap not in browser.get("/staff/alerts").text

    def work(tx: Transaction) -> None:
        for number, member in enumerate(team.chain.levels[0].members):
            mail = f"{number}@team.example"
            account = accounts.add(tx, email=mail, name="Gone", language=None, uniquifier=f"{number:032}", now=now)
            tx.run(_IS, account_id=account.id, key=member.key)
            accounts.switch(tx, account.id, now, active=False)

    house.desk.database.write(work)
    assert gap in browser.get("/staff/alerts").text


def test_a_call_without_an_outcome_stays_in_sight(house: House) -> None:
    house.call(line("call_name", "Mared"))
    house.clock.forward(days=2)
    page = house.signed_in("lead").get("/staff/").text
    assert "how did they go" in page
    assert "Mared" in page


def test_safeguarding_sees_alerts_and_no_calls(house: House) -> None:
    house.call(line("call_name", "Mared"))
    alert = house.alert("I want to end it all", "end it all", contact="+447700900125")
    page = house.signed_in("safeguarding").get("/staff/").text
    assert alert.reference in page
    assert "Mared" not in page


def test_the_call_sheet_holds_everything_and_nothing_struck(house: House) -> None:
    call = house.call(
        line("call_name", "Mared"),
        line("call_number", "07700 900123"),
        line("call_language", label="booking.call_language.cymraeg"),
        line("own_words", "Cysgu mwy, a llai o grio"),
        line("life", None, struck=True),
        line("stage", label="self_referral.stage.under_1"),
        check_word="booking.call_safety_word.blue",
        language="cy",
        offers=[house.desk.directory.offers[0].id],
    )
    page = house.signed_in("practitioner").get(f"/staff/calls/{call.id}").text
    for text in ("Mared", "07700 900123", "Cysgu mwy", "Check word", "removed by the parent"):
        assert text in page
    for address in ("booking.call_language.cymraeg", "self_referral.stage.under_1"):
        assert house.desk.catalogue.text("en", address) in page
    theirs = house.desk.catalogue.text("cy", "booking.call_safety_word.blue")
    assert f'<strong lang="cy">{theirs}</strong>' in page, "the caller says the word the parent read"
    assert house.desk.directory.offers[0].name.en.replace("'", "&#39;") in page
    assert re.search(r"Talk to the GP</dt><dd>No <span class=\"hint\">\(<time", page)
    assert re.search(r"Talk to the midwife</dt><dd><span class=\"unknown\">not asked", page)


def test_a_sheet_as_the_journey_makes_it_is_read_whole(house: House) -> None:
    parent = house.parent("helo")
    answers = {
        "call_name": "Mared",
        "call_number": "this_number",
        "own_words": "Cwsg",
        "struck": "own_words",
        "stage": "under_1",
    }
    stored = house.desk.database.read(lambda tx: conversations.load(tx, house.desk.vault, parent.id))
    assert stored is not None

    sheet = read_sheet(make_sheet(house.desk, stored.conversation._replace(answers=answers), stored.contact))
    name, number, words, stage = (sheet.line(each) for each in ("call_name", "call_number", "own_words", "stage"))
    assert name is not None
    assert name.words == "Mared"
    assert number is not None
    assert number.words == "07700 900123"
    assert words is not None
    assert words.struck
    assert words.words is None
    assert stage is not None
    assert stage.label == "self_referral.stage.under_1"


def test_after_a_loss_the_sheet_never_speaks_of_a_living_baby(house: House) -> None:
    call = house.call(line("call_name", "Mared"), loss=True)
    page = house.signed_in("lead").get(f"/staff/calls/{call.id}").text
    assert "Their baby has died" in page
    assert "you and baby" not in page


def test_a_call_held_but_not_booked_has_no_sheet(house: House) -> None:
    parent = house.parent("helo")
    from datetime import timedelta

    start = house.clock() + timedelta(hours=2)
    held = house.desk.database.write(
        lambda tx: calls.hold(
            tx,
            conversation_id=parent.id,
            staff_key="demo-sian",
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            busy_until=start + timedelta(hours=1),
            hold_until=start,
            now=house.clock(),
        )
    )
    assert house.signed_in("lead").get(f"/staff/calls/{held.id}").status_code == 404


def test_an_outcome_is_recorded_once_and_a_stale_form_is_shown_both(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    first, second = house.signed_in("lead"), house.signed_in("practitioner")
    path = f"/staff/calls/{call.id}/outcome"
    assert first.send(path, outcome="talked", revision=str(call.revision)).status_code == 302
    answer = second.send(path, outcome="no_answer", revision=str(call.revision))
    assert answer.status_code == 409
    assert "We talked" in answer.text
    assert "No answer" in answer.text
    kept = house.desk.database.read(lambda tx: calls.load(tx, house.desk.vault, call.id))
    assert kept is not None
    assert kept.state == "done"


@pytest.mark.parametrize(
    ("outcome", "revision"), [("gone", "1"), ("talked", ""), ("talked", "²"), ("talked", "9" * 400)]
)
def test_an_outcome_that_is_none_is_refused(house: House, outcome: str, revision: str) -> None:
    call = house.call(line("call_name", "Mared"))
    answer = house.signed_in("lead").send(f"/staff/calls/{call.id}/outcome", outcome=outcome, revision=revision)
    assert answer.status_code == 400


def test_an_alert_shows_the_words_in_their_place_and_what_we_said(house: House) -> None:
    alert = house.alert("I am so tired, I want to end it all <now>", "end it all")
    page = house.signed_in("safeguarding").get(f"/staff/alerts/{alert.id}").text
    assert "I am so tired, I want to <mark>end it all</mark> &lt;now&gt;" in page
    assert "Ring 999 now." in page
    assert "07700 900123" in page


def test_opening_an_alert_acknowledges_nothing(house: House) -> None:
    alert = house.alert("I want to end it all", "end it all")
    browser = house.signed_in("lead")
    for path in ("", "/acknowledge", "/close"):
        browser.get(f"/staff/alerts/{alert.id}{path}")
        browser.client.head(f"/staff/alerts/{alert.id}{path}", base_url=HOST)
    kept = house.desk.database.read(lambda tx: concerns.load(tx, alert.id))
    assert kept is not None
    assert (kept.state, kept.owner) == ("open", None)


def test_the_first_to_ring_owns_the_alert_and_the_second_sees_the_name(house: House) -> None:
    alert = house.alert("I want to end it all", "end it all")
    email = house.person("lead", email="gwen@team.example")
    first, second = house.signed_in(email=email), house.signed_in("safeguarding")
    assert first.send(f"/staff/alerts/{alert.id}/acknowledge").status_code == 302
    answer = second.send(f"/staff/alerts/{alert.id}/acknowledge")
    assert answer.status_code == 409
    assert "Gwen" in answer.text


def test_an_alert_closes_with_an_outcome_and_only_once(house: House) -> None:
    alert = house.alert("I want to end it all", "end it all")
    browser = house.signed_in("lead")
    path = f"/staff/alerts/{alert.id}/close"
    assert browser.send(path).status_code == 400
    assert browser.send(path, outcome="forgotten").status_code == 400
    assert browser.send(path, outcome="spoke_safe").status_code == 302
    assert browser.send(path, outcome="not_a_concern").status_code == 409
    assert "they are safe" in browser.get(f"/staff/alerts/{alert.id}").text


def test_live_alerts_are_numbers_and_references(house: House) -> None:
    alert = house.alert("I want to end it all", "end it all")
    browser = house.signed_in("lead")
    before = browser.get("/staff/alerts/live").json
    assert before == {"live": 1, "waiting": [alert.reference], "trouble": [], "mark": before["mark"]}
    assert browser.get("/staff/alerts/live").json == before
    browser.send(f"/staff/alerts/{alert.id}/acknowledge")
    after = browser.get("/staff/alerts/live").json
    assert after == {"live": 1, "waiting": [], "trouble": [], "mark": after["mark"]}
    assert after["mark"] != before["mark"], "the page knows that it must be renewed"


def test_a_person_takes_over_replies_once_and_hands_back(house: House) -> None:
    parent = house.parent("Alla i siarad â rhywun?")
    browser = house.signed_in("practitioner")
    path = f"/staff/conversations/{parent.id}"
    form = {"text": "Helo, Gwen sy yma.", "once": "a" * 32, "do": "send"}
    assert browser.send(f"{path}/reply", **form).status_code == 409, "the bot has it"
    assert browser.send(f"{path}/take-over").status_code == 302
    assert browser.send(f"{path}/take-over").status_code == 302, "pressed twice"
    assert browser.send(f"{path}/reply", **form).status_code == 302
    assert browser.send(f"{path}/reply", **form).status_code == 302, "sent twice"
    page = browser.get(path).text
    assert page.count("Helo, Gwen sy yma.") == 1
    assert "not sent yet" in page
    assert browser.send(f"{path}/hand-back").status_code == 302
    assert browser.send(f"{path}/hand-back").status_code == 409
    assert [entry.action for entry in house.audited("conversation", parent.id) if entry.action != "view"] == [
        "take_over", "reply", "hand_back",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "parts"), [("Helo", "1 text"), ("ŵ" * 71, "2 texts"), ("‘Helo’ – " + "a" * 150, "1 text")]
)
def test_a_reply_says_in_how_many_parts_it_travels(house: House, text: str, parts: str) -> None:
    parent = house.parent("helo")
    browser = house.signed_in("lead")
    browser.send(f"/staff/conversations/{parent.id}/take-over")
    answer = browser.send(f"/staff/conversations/{parent.id}/reply", text=text, once="a" * 32, do="count")
    assert parts in answer.text
    assert "not sent yet" not in browser.get(f"/staff/conversations/{parent.id}").text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_words_that_a_locked_phone_gives_away_are_sent_only_when_meant(house: House, language: str) -> None:
    parent = house.parent("helo")
    browser = house.signed_in("lead")
    browser.send("/staff/language", language=language)
    path, form = f"/staff/conversations/{parent.id}", {"text": "Police were here, said Siân", "do": "send"}
    browser.send(f"{path}/take-over")
    say = house.desk.catalogue.text
    assert say(language, "console.conversation.first_words") in unescape(browser.get(path).text), "said before anything"
    first = browser.send(f"{path}/reply", once="a" * 32, **form)
    shown = unescape(first.text)
    assert first.status_code == 422
    assert say(language, "console.conversation.fault.shows") in shown
    assert say(language, "console.conversation.shows", {"words": form["text"]}) in shown
    assert say(language, "console.conversation.telling", {"words": "police"}) in shown
    assert f">{form['text']}</textarea>" in shown, "what was written is still there"
    assert "not sent yet" not in browser.get(path).text
    assert browser.send(f"{path}/reply", once="a" * 32, though_shown="yes", **form).status_code == 302
    counted = browser.send(f"{path}/count", text=form["text"])
    assert counted.json == {**(counted.json or {}), "parts": 1, "careful": True}


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1501])
def test_a_reply_that_cannot_be_sent_is_kept_in_the_field(house: House, text: str) -> None:
    parent = house.parent("helo")
    browser = house.signed_in("lead")
    browser.send(f"/staff/conversations/{parent.id}/take-over")
    answer = browser.send(f"/staff/conversations/{parent.id}/reply", text=text, once="a" * 32, do="send")
    assert answer.status_code == 422
    assert "note--danger" in answer.text


def test_web_chat_replies_wait_for_no_worker(house: House) -> None:
    parent = house.parent("helo", contact="w" * 43, channel=Channel.WEB)
    browser = house.signed_in("lead")
    browser.send(f"/staff/conversations/{parent.id}/take-over")
    browser.send(f"/staff/conversations/{parent.id}/reply", text="Helo", once="b" * 32, do="send")
    page = browser.get(f"/staff/conversations/{parent.id}").text
    assert "not sent yet" not in page
    assert "w" * 43 not in page, "what opens the chat is nobody's to see"


def test_tasks_are_listed_and_done(house: House) -> None:
    parent = house.parent("helo")
    for kind in ("asks_for_person", "something_new_to_us"):
        house.desk.database.write(lambda tx, kind=kind: tasks.open_task(tx, parent.id, kind, house.clock()))
    browser = house.signed_in("practitioner")
    page = browser.get("/staff/tasks").text
    assert "Asks for a person" in page
    assert "Something needs a person" in page, "a kind nobody gave words to is shown all the same"
    for path in re.findall(r'action="(/staff/tasks/[0-9a-f]+/close)"', page):
        assert browser.send(path).status_code == 302
    assert "No tasks" in browser.get("/staff/tasks").text


def test_every_view_of_a_record_is_written_down(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    alert = house.alert("I want to end it all", "end it all", contact="+447700900125")
    email = house.person("lead")
    browser = house.signed_in(email=email)
    for place, id_ in (("calls", call.id), ("alerts", alert.id), ("conversations", alert.conversation_id)):
        browser.get(f"/staff/{place}/{id_}")
        (entry,) = house.audited(place.removesuffix("s"), id_)
        assert (entry.who, entry.action, entry.at) == (f"staff:{house.staff_id(email)}", "view", house.clock())
    browser.get("/staff/")
    assert house.audited("page", "today")


def test_what_parents_write_is_shown_as_typed_and_does_nothing(house: House) -> None:
    call = house.call(
        line("call_name", CANARY), line("call_number", CANARY), line("own_words", CANARY), line("call_needs", CANARY)
    )
    alert = house.alert(f"{CANARY} end it", "end it", contact="+447700900125")
    house.parent(CANARY, contact="+447700900125", answer=CANARY)
    browser = house.signed_in("lead")
    browser.send(f"/staff/conversations/{alert.conversation_id}/take-over")
    shown = 0
    pages = ["/staff/", "/staff/tasks", "/staff/alerts", f"/staff/calls/{call.id}", f"/staff/alerts/{alert.id}"]
    for path in [*pages, f"/staff/conversations/{alert.conversation_id}"]:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "49" not in re.findall(r"\{\{|\b49\b", answer.text)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        shown += answer.text.count("&lt;script&gt;")
    assert shown >= 6
    answer = browser.send(f"/staff/conversations/{alert.conversation_id}/reply", text=CANARY, once="a" * 32, do="count")
    assert "<script>alert" not in answer.text


def test_no_page_holds_a_script_or_style_of_its_own(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("lead")
    for path in ("/staff/", f"/staff/calls/{call.id}", "/staff/account", "/staff/tasks", "/staff/alerts"):
        text = browser.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", text)
        assert not re.search(r'(?:src|href)="(?!/|#|tel:)', text)


def test_titles_and_addresses_name_nobody(house: House) -> None:
    call = house.call(line("call_name", "Mared"), line("call_number", "07700 900123"))
    browser = house.signed_in("lead")
    for path in ("/staff/", f"/staff/calls/{call.id}", f"/staff/conversations/{call.conversation_id}"):
        text = browser.get(path).text
        title = re.search(r"<title>(.*?)</title>", text, re.S)
        assert title is not None
        assert "Mared" not in title[1]
        for address in re.findall(r'(?:action|href)="(/[^"]*)"', text):
            assert "Mared" not in address
            assert "900123" not in address


def test_welsh_and_english_are_a_press_apart_and_remembered(house: House) -> None:
    email = house.person("lead")
    browser = house.signed_in(email=email)
    assert '<html lang="en">' in browser.get("/staff/").text
    answer = browser.send("/staff/language", language="cy", next="/staff/tasks")
    assert answer.headers["Location"] == "/staff/tasks"
    page = browser.get("/staff/").text
    assert '<html lang="cy">' in page
    assert "Heddiw" in page
    assert 'lang="en">English<' in page
    assert browser.send("/staff/language", language="fr", next="//evil.example").headers["Location"] == "/staff/sign-in"
    assert '<html lang="cy">' in browser.get("/staff/").text


def test_every_page_speaks_both_languages(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    alert = house.alert("I want to end it all", "end it all", contact="+447700900125")
    browser = house.signed_in("lead")
    for path in (
        "/staff/", "/staff/alerts", "/staff/tasks", "/staff/account", f"/staff/calls/{call.id}",
        f"/staff/alerts/{alert.id}", f"/staff/conversations/{alert.conversation_id}",
    ):  # fmt: skip
        headings = []
        for language in ("en", "cy"):
            browser.send("/staff/language", language=language)
            found = re.search(r"<h1[^>]*>(.*?)</h1>", browser.get(path).text, re.S)
            assert found is not None
            headings.append(found[1])
        assert headings[0] != headings[1], path


def test_every_code_that_services_make_up_has_words(house: House) -> None:
    from pathlib import Path

    import bot.services

    folder = Path(next(iter(bot.services.__path__)))
    kinds = {
        kind
        for path in folder.glob("*.py")
        for kind in re.findall(r'open_task\([^")]*"([a-z_]+)"', path.read_text("utf-8"))
    } | set(STAFF_TELL.values())
    assert {"asks_for_person", "texts_off", "bot_failed", "cannot_reply"} <= kinds
    for kind in kinds:
        for language in ("en", "cy"):
            assert house.desk.catalogue.has(language, f"console.task.{kind}"), kind
            assert house.desk.catalogue.has(language, f"console.task_what.{kind}"), kind


def test_a_reply_that_came_too_late_is_still_there_to_be_copied(house: House) -> None:
    parent = house.parent("helo")
    browser = house.signed_in("lead")
    answer = browser.send(f"/staff/conversations/{parent.id}/reply", text="Helo, Gwen <yma>", once="a" * 32, do="send")
    assert answer.status_code == 409
    assert "readonly>Helo, Gwen &lt;yma&gt;</textarea>" in answer.text


def test_the_words_of_an_outcome_that_came_too_late_are_still_there_to_be_copied(house: House) -> None:
    call = house.call()
    browser = house.signed_in("lead")
    stale = str(call.revision + 1)
    path = f"/staff/calls/{call.id}"
    passed = browser.send(f"{path}/outcome", outcome="passed_on", passed_to="Another team", revision=stale)
    step = browser.send(f"{path}/next-step", choice="own", words="Rest a little", revision=stale)
    assert (passed.status_code, step.status_code) == (409, 409)
    assert "readonly>Another team</textarea>" in passed.text
    assert "readonly>Rest a little</textarea>" in step.text
