"""What staff do with calls: look through them, say how they went, move, pass on, bring back, book; two at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bot.domain.conversation import Channel
from bot.domain.slots import WALES, Slot
from bot.services.book_call import call_off
from bot.services.forget import forget
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.storage import call_lists, call_times, calls, conversations, messages, outbox, tasks
from bot.storage.calls import Call
from tests.web.console.house import Browser, House, line
from tests.web.console.test_pages import CANARY

SIAN, TOM = "demo-sian", "demo-tom"


def now_of(house: House, call_id: str) -> Call:
    found = house.desk.database.read(lambda tx: calls.load(tx, house.desk.vault, call_id))
    assert found is not None
    return found


def open_kinds(house: House) -> set[str]:
    return {task.kind for task in house.desk.database.read(tasks.open_tasks)}


def texts_to(house: House, conversation_id: str) -> list[str]:
    """What waits to be sent to the parent."""
    thread = house.desk.database.read(lambda tx: messages.thread(tx, house.desk.vault, conversation_id))
    return [entry.text for entry in thread if entry.text and entry.state == "waiting"]


def say(browser: Browser, call: Call, outcome: str, **more: str) -> TestResponse:
    fields = {"outcome": outcome, "revision": str(call.revision), **more}
    return browser.send(f"/staff/calls/{call.id}/outcome", **fields)


def slot_of(call: Call, *, staff_key: str = SIAN, **later: float) -> str:
    return Slot(call.starts_at + timedelta(**later), staff_key).key


def move(browser: Browser, call: Call, slot: str, **more: str) -> TestResponse:
    return browser.send(f"/staff/calls/{call.id}/move", slot=slot, revision=str(call.revision), **more)


# Looking.


def test_the_list_has_pages_and_is_narrowed_by_state_and_person(house: House) -> None:
    for number in range(27):
        house.call(line("call_name", f"Name{number}"), contact=f"+4477009002{number:02d}", hours=24 * (number + 1))
    browser = house.signed_in("practitioner")
    first, second = browser.get("/staff/calls").text, browser.get("/staff/calls?page=2").text
    assert "27 calls" in first
    assert first.count('class="card call"') == 25
    assert second.count('class="card call"') == 2
    assert "Name26<" in first, "the latest first"
    assert "Name0<" in second
    assert "0 calls" in browser.get(f"/staff/calls?person={TOM}").text
    assert "27 calls" in browser.get(f"/staff/calls?person={SIAN}&state=booked").text
    assert "0 calls" in browser.get("/staff/calls?state=done").text
    assert "0 calls" in browser.get("/staff/calls?state=no_outcome").text
    house.clock.forward(hours=25)
    page = house.signed_in("practitioner").get("/staff/calls?state=no_outcome").text
    assert "1 call<" in page
    assert "No outcome yet</strong>" in page


@pytest.mark.parametrize(
    "query",
    ["state=held", "state=x", "person=nobody", "page=0", "page=-1", "page=%D9%A3", "page=" + "9" * 30, "page=1.5"],
)
def test_a_list_that_cannot_be_is_refused(house: House, query: str) -> None:
    assert house.signed_in("lead").get(f"/staff/calls?{query}").status_code == 400


def test_a_held_time_is_in_no_list(house: House) -> None:
    parent = house.parent("helo")
    start = house.clock() + timedelta(hours=2)
    ends = start + timedelta(minutes=30)
    house.desk.database.write(
        lambda tx: calls.hold(
            tx,
            conversation_id=parent.id,
            staff_key=SIAN,
            starts_at=start,
            ends_at=ends,
            busy_until=ends,
            hold_until=ends,
            now=house.clock(),
        )
    )
    browser = house.signed_in("lead")
    assert "0 calls" in browser.get("/staff/calls").text
    assert "call" not in re.findall(r"/staff/(call)s/[0-9a-f]{32}", browser.get("/staff/calls/week").text)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_week_shows_each_day_with_its_calls_and_closed_days(house: House, language: str) -> None:
    house.call(line("call_name", "Mared"), line("call_language", label="booking.call_language.cymraeg"), hours=46)
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    page = browser.get("/staff/calls/week").text
    assert page.count('<th scope="row">') == 7
    (row,) = [each for each in re.findall(r"<tr.*?</tr>", page, re.S) if "Mared" in each]
    assert "10:00" in row
    assert "Siân" in row
    assert house.desk.catalogue.text(language, "booking.call_language.cymraeg") in row
    holidays = browser.get("/staff/calls/week?of=2026-12-25").text
    words = house.desk.catalogue.text(language, "console.week.closed")
    assert holidays.count(f'<span class="badge">{words}</span>') == 2, "Christmas and the day after"
    assert "Mared" not in holidays


@pytest.mark.parametrize("of", ["today", "2026-13-01", "0001-01-01", "9999-12-31", "٢٠٢٦-١٢-٠١", "2026-12-01x"])
def test_a_week_that_cannot_be_is_refused(house: House, of: str) -> None:
    assert house.signed_in("lead").get(f"/staff/calls/week?of={of}").status_code == 400


def test_the_morning_list_has_what_was_missed(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    message = outbox.OutboundMessage(
        "reminder", "call_reminder", "sms", "+447700900123", CANARY, "reminder:1", house.clock(),
        conversation_id=call.conversation_id,
    )  # fmt: skip

    def not_safe(tx: Any) -> None:
        outbox.put(tx, house.desk.vault, message, house.clock())
        (claimed,) = outbox.claim(tx, house.desk.vault, lane="reminder", now=house.clock(), lease_seconds=30, limit=5)
        outbox.record_result(tx, claimed, outbox.Result("dropped", error_code="not_safe"), house.clock())

    house.desk.database.write(not_safe)
    house.clock.forward(days=1)
    page = house.signed_in("practitioner").get("/staff/").text
    missed = page[page.index("What was missed") : page.index('id="tasks-head"')]
    assert "Reminder of a call" in missed
    assert "It is not safe to text." in missed
    assert "Mared" in missed
    assert "&lt;script" not in missed, "a list of what was missed holds no words of a text"
    assert "What was missed" not in house.signed_in("safeguarding").get("/staff/").text


# The sheet.


def test_the_sheet_shows_whatever_it_is_given_and_says_what_was_not_asked(house: House) -> None:
    call = house.call(
        line("call_name", "Mared"),
        line("call_safety_hours", "ar ôl cinio"),
        line("call_safety_newer", "rhywbeth newydd"),
        line("call_sleep", label="booking.call_language.cymraeg"),
        check_word="booking.call_safety_word.blue",
        not_safe_word="booking.call_safety_word.green",
        language="cy",
    )
    page = house.signed_in("practitioner").get(f"/staff/calls/{call.id}").text
    safe = page[page.index('class="safe"') : page.index("</section>", page.index('class="safe"'))]
    for words in ("ar ôl cinio", "rhywbeth newydd", "They also said", "wrong number"):
        assert words in safe, words
    for address in ("booking.call_safety_word.blue", "booking.call_safety_word.green"):
        assert f'<strong lang="cy">{house.desk.catalogue.text("cy", address)}</strong>' in safe
    assert re.search(r'Phone is only theirs</dt><dd><span class="unknown">not asked', safe)
    assert re.search(r"Talk to the GP</dt><dd>No .*Monday 23 November", page), "when they said so"


@pytest.mark.parametrize("name", ["own_words", "call_needs", "call_safety_hours", "call_brand_new"])
def test_nothing_on_a_sheet_runs(house: House, name: str) -> None:
    call = house.call(line(name, CANARY))
    page = house.signed_in("lead").get(f"/staff/calls/{call.id}").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


# How it went.


def test_after_a_talk_the_one_step_is_chosen_once_and_kept(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    assert say(browser, call, "talked").headers["Location"].endswith("#outcome")
    after = now_of(house, call.id)
    assert after.state == "done"
    page = browser.get(f"/staff/calls/{call.id}").text
    assert "The one next step you agreed" in page
    assert page.count(house.desk.catalogue.text("en", "console.conversation.parts", count=1)) == 5, (
        "each ready wording says in how many parts it travels"
    )
    path, revision = f"/staff/calls/{call.id}/next-step", str(after.revision)
    assert browser.send(path, choice="", words="", revision=revision).status_code == 422
    assert browser.send(path, choice="own", words=" \n ", revision=revision).status_code == 422
    assert browser.send(path, choice="own", words="x" * 1501, revision=revision).status_code == 422
    assert browser.send(path, choice="discharge", words="", revision=revision).status_code == 400
    counted = browser.send(path, choice="own", words="ŵ" * 20, do="count", revision=revision).text
    assert "2 texts" in counted, "counted with all that stands around the sentence"
    for cannot in (CANARY * 3, "see www.helo.example"):
        refused = browser.send(path, choice="own", words=cannot, revision=revision)
        assert refused.status_code == 422
        assert house.desk.catalogue.text("en", "console.next_step.fault.no_words") in refused.text
    assert browser.send(path, choice="own", words="<script>alert(1)</script>", revision=revision).status_code == 302
    assert browser.send(path, choice="gp", words="mine", revision=revision).status_code == 409
    page = browser.get(f"/staff/calls/{call.id}").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    kept = house.desk.database.read(lambda tx: call_lists.records(tx, house.desk.vault, call.id))
    assert [(each.kind, each.choice) for each in kept] == [("next_step", None)]
    assert "next_step" in {entry.action for entry in house.audited("call", call.id)}


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_ready_step_is_kept_in_the_parents_language(house: House, language: str) -> None:
    call = house.call(line("call_name", "Mared"))
    parent = stored_of(house, call).conversation._replace(language=language)
    house.desk.database.write(lambda tx: conversations.save(tx, house.desk.vault, parent, house.clock(), heard=False))
    browser = house.signed_in("lead")
    say(browser, call, "talked")
    browser.send(f"/staff/calls/{call.id}/next-step", choice="gp", revision=str(now_of(house, call.id).revision))
    (kept,) = house.desk.database.read(lambda tx: call_lists.records(tx, house.desk.vault, call.id))
    assert kept.words == house.desk.catalogue.text(language, "unasked.step.gp")


def stored_of(house: House, call: Call) -> conversations.Stored:
    found = house.desk.database.read(lambda tx: conversations.load(tx, house.desk.vault, call.conversation_id))
    assert found is not None
    return found


def test_no_answer_says_what_the_bot_does_next(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    say(browser, call, "no_answer")
    assert now_of(house, call.id).state == "no_answer"
    assert (
        house.desk.catalogue.text("en", "console.outcome_then.no_answer") in browser.get(f"/staff/calls/{call.id}").text
    )


@pytest.mark.parametrize(
    ("day", "time", "status"),
    [
        ("2027-10-31", "01:30", 422),
        ("2027-10-31", "02:30", 302),
        ("2027-03-28", "01:30", 422),
        ("2027-03-28", "02:30", 302),
    ],
)
def test_a_time_that_reads_twice_or_never_comes_is_not_booked_by_hand(
    house: House, day: str, time: str, status: int
) -> None:
    house.clock.now = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(days=1)
    call = house.call(line("call_name", "Mared"), hours=2)
    browser = house.signed_in("practitioner")
    form = {"slot": "own", "day": day, "time": time, "person": SIAN, "revision": str(call.revision)}
    assert browser.send(f"/staff/calls/{call.id}/move", **form).status_code == status
    moved = now_of(house, call.id).starts_at.astimezone(WALES)
    assert (f"{moved:%Y-%m-%d %H:%M}" == f"{day} {time}") == (status == 302)


def test_a_call_that_was_not_safe_silences_texts_and_asks_a_person(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    waiting = outbox.OutboundMessage(
        "reply", "after_call", "sms", "+447700900123", "how was that?", "w:1", house.clock(),
        conversation_id=call.conversation_id,
    )  # fmt: skip
    house.desk.database.write(lambda tx: outbox.put(tx, house.desk.vault, waiting, house.clock()))
    assert house.desk.database.read(lambda tx: look_up_safe_contact(house.desk, tx, stored_of_in(house, tx, call)))
    browser = house.signed_in("practitioner")
    assert say(browser, call, "not_safe").status_code == 302
    assert now_of(house, call.id).state == "not_safe"
    assert texts_to(house, call.conversation_id) == [], "no text leaves"
    assert "decide_how_to_reach" in open_kinds(house)
    assert not house.desk.database.read(lambda tx: look_up_safe_contact(house.desk, tx, stored_of_in(house, tx, call)))
    page = browser.get(f"/staff/calls/{call.id}").text
    assert "No text leaves by itself" in page
    assert (
        house.desk.database.read(lambda tx: call_times.busy(tx, call.starts_at, call.ends_at, now=house.clock())) == {}
    )
    # A call that staff book now is not told by text either.
    house.clock.forward(days=1)
    slot = Slot(house.clock() + timedelta(hours=3), SIAN).key
    browser = house.signed_in("practitioner")
    assert browser.send(f"/staff/conversations/{call.conversation_id}/book-it", slot=slot).status_code == 302
    assert texts_to(house, call.conversation_id) == []
    assert "tell_of_call" in open_kinds(house)


def stored_of_in(house: House, tx: Any, call: Call) -> conversations.Stored:
    found = conversations.load(tx, house.desk.vault, call.conversation_id)
    assert found is not None
    return found


def test_a_call_is_passed_on_in_words_that_are_sealed(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    for words in ("", "   ", "x" * 501):
        answer = say(browser, call, "passed_on", passed_to=words)
        assert answer.status_code == 422
        assert 'id="fault-passed_to"' in answer.text
    assert say(browser, call, "passed_on", passed_to=CANARY).status_code == 302
    assert now_of(house, call.id).state == "passed_on"
    page = browser.get(f"/staff/calls/{call.id}").text
    assert "Passed on to:" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_moved_leads_to_the_times_it_may_move_to(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    answer = say(house.signed_in("lead"), call, "moved")
    assert answer.headers["Location"] == f"/staff/calls/{call.id}/change"
    assert now_of(house, call.id).state == "booked"


# Another time, another caller.


def test_a_moved_call_has_its_new_time_and_the_parent_is_told(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    page = browser.get(f"/staff/calls/{call.id}/change").text
    shown = re.findall(r'name="slot" value="(\d+@[a-z-]+)"', page)
    assert shown
    assert {key.partition("@")[2] for key in shown} <= {SIAN, TOM}
    chosen = [key for key in shown if key.endswith(SIAN)][-1]
    assert move(browser, call, chosen).status_code == 302
    after = now_of(house, call.id)
    assert Slot(after.starts_at, after.staff_key).key == chosen
    assert after.revision == call.revision + 1
    (text,) = texts_to(house, call.conversation_id)
    assert after.starts_at.astimezone(WALES).strftime("%H:%M") in text
    assert "move" in {entry.action for entry in house.audited("call", call.id)}
    old = house.desk.database.read(lambda tx: call_times.busy(tx, call.starts_at, call.ends_at, now=house.clock()))
    assert old == {}, "the old time is free"


def test_a_call_is_given_to_somebody_else_at_its_own_time(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("lead")
    page = browser.get(f"/staff/calls/{call.id}/change").text
    same = slot_of(call, staff_key=TOM)
    assert f'value="{same}"' in page[page.index("Same time, somebody else") :]
    assert move(browser, call, same).status_code == 302
    after = now_of(house, call.id)
    assert (after.staff_key, after.starts_at) == (TOM, call.starts_at)
    assert "reassign" in {entry.action for entry in house.audited("call", call.id)}


def test_both_calendars_follow_a_call_that_is_passed_to_a_colleague(house: House) -> None:
    people = {key: replace(caller, email=f"{key}@team.example") for key, caller in house.desk.team.callers.items()}
    object.__setattr__(house.desk, "team", replace(house.desk.team, callers=people))
    call = house.call(line("call_name", "Mared"))
    assert move(house.signed_in("lead"), call, slot_of(call, staff_key=TOM)).status_code == 302
    assert invited(house) == {f"{SIAN}@team.example", f"{TOM}@team.example"}
    house.desk.database.write(lambda tx: call_off(house.desk, tx, call.conversation_id, house.clock()))
    assert invited(house) == {f"{TOM}@team.example"}
    assert bring_back(house.signed_in("lead"), now_of(house, call.id)).status_code == 302
    assert invited(house) == {f"{TOM}@team.example"}


def invited(house: House) -> set[str]:
    """Who gets an invitation next; asking takes it out of the box."""
    found = house.desk.database.write(
        lambda tx: outbox.claim(tx, house.desk.vault, lane="reminder", now=house.clock(), lease_seconds=9999, limit=9)
    )
    return {each.recipient for each in found if each.kind == "invitation"}


def test_only_who_speaks_the_language_is_offered_yet_a_time_agreed_may_be_anybodys(house: House) -> None:
    call = house.call(line("call_name", "Mared"), line("call_language", label="booking.call_language.cymraeg"))
    browser = house.signed_in("lead")
    page = browser.get(f"/staff/calls/{call.id}/change").text
    assert f"@{TOM}" not in page, "Tom speaks no Welsh"
    answer = move(browser, call, "own", day="2026-11-29", time="18:15", person=TOM)
    assert answer.status_code == 302
    after = now_of(house, call.id)
    assert after.staff_key == TOM
    assert after.starts_at.astimezone(WALES).isoformat().startswith("2026-11-29T18:15")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"slot": ""}, 422), ({"slot": "own", "day": "", "time": "", "person": SIAN}, 422),
        ({"slot": "own", "day": "2026-02-30", "time": "10:00", "person": SIAN}, 422),
        ({"slot": "own", "day": "2020-01-01", "time": "10:00", "person": SIAN}, 422),
        ({"slot": "own", "day": "2099-01-01", "time": "10:00", "person": SIAN}, 422),
        ({"slot": "own", "day": "2026-12-01", "time": "10:00", "person": "nobody"}, 400),
        ({"slot": "1795000000@nobody"}, 422), ({"slot": "99999999999@demo-sian"}, 422), ({"slot": CANARY}, 400),
        ({"slot": "9" * 5000 + "@demo-sian"}, 400), ({"slot": "٣٣٣٣٣٣٣٣٣@demo-sian"}, 400),
        ({"slot": "1@demo-sian", "revision": "1"}, 400), ({"slot": "1795000000@demo-sian", "revision": "-1"}, 400),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_changes_nothing(house: House, fields: dict[str, str], status: int) -> None:
    call = house.call(line("call_name", "Mared"))
    given = {"revision": str(call.revision), **fields}
    answer = house.signed_in("lead").send(f"/staff/calls/{call.id}/move", **given)
    assert answer.status_code == status
    assert now_of(house, call.id) == call
    assert texts_to(house, call.conversation_id) == []


def test_a_time_that_somebody_has_is_said_to_be_gone(house: House) -> None:
    house.call(line("call_name", "Tomos"), contact="+447700900124", hours=3)
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("lead")
    for minutes in (60, 35, 85):  # the same time, and two that only overlap it
        answer = move(browser, call, slot_of(call, minutes=minutes))
        assert answer.status_code == 409
        assert "That time has just gone" in answer.text
    assert now_of(house, call.id) == call


def test_two_who_move_the_same_call_see_both_versions(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    first, second = house.signed_in("lead"), house.signed_in("practitioner")
    assert move(first, call, slot_of(call, hours=1)).status_code == 302
    answer = move(second, call, slot_of(call, hours=5, staff_key=TOM))
    assert answer.status_code == 409
    wall = [(call.starts_at + timedelta(hours=more)).astimezone(WALES).strftime("%H:%M") for more in (1, 5)]
    assert f"at {wall[0]}, Siân" in answer.text
    assert f"at {wall[1]}, Tom" in answer.text
    assert now_of(house, call.id).starts_at == call.starts_at + timedelta(hours=1)
    assert say(second, call, "talked").status_code == 409, "whoever saw the old time does not end it either"


@pytest.mark.parametrize("language", ["cy", "en"])
def test_one_more_call_is_allowed_once_and_by_name(house: House, language: str) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    say_it = house.desk.catalogue.text
    path, revision = f"/staff/calls/{call.id}/allow-another", str(call.revision)
    assert say_it(language, "console.change.allow_another") in browser.get(f"/staff/calls/{call.id}").text
    assert browser.send(path, revision=revision).status_code == 302
    after = now_of(house, call.id)
    assert (after.state, after.revision) == ("booked", call.revision + 1)
    assert after.beside_by
    page = browser.get(f"/staff/calls/{call.id}").text
    assert say_it(language, "console.change.another_allowed") in page
    assert path not in page
    assert browser.send(path, revision=revision).status_code == 409
    assert browser.send(path, revision=str(after.revision)).status_code == 409
    assert browser.send(f"/staff/calls/{'0' * 32}/allow-another", revision="1").status_code == 404
    assert "allow_another_call" in {entry.action for entry in house.audited("call", call.id)}


def test_many_at_once_one_wins_and_the_rest_are_shown_it(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    browsers = [house.signed_in("lead") for _ in range(6)]
    tokens = [browser.token() for browser in browsers]

    def one(number: int) -> int:
        fields = {"slot": slot_of(call, hours=1 + number), "revision": str(call.revision)}
        return browsers[number].send(f"/staff/calls/{call.id}/move", token=tokens[number], **fields).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(one, range(6)))
    assert statuses == [302, 409, 409, 409, 409, 409]
    assert now_of(house, call.id).revision == call.revision + 1
    assert len(texts_to(house, call.conversation_id)) == 1


def test_every_road_to_one_time_at_once_books_it_once(house: House) -> None:
    """Moving, giving to somebody else, bringing back, booking for a parent: one constraint meets them all."""
    back = called_off(house, hours=30)
    wanted = Slot(back.starts_at, SIAN).key
    toms = house.call(line("call_name", "Tomos"), contact="+447700900124", hours=34)
    assert move(house.signed_in("lead"), toms, Slot(back.starts_at, TOM).key).status_code == 302
    toms = now_of(house, toms.id)
    movers = [house.call(contact=f"+44770090013{number}", hours=40 + number) for number in range(2)]
    asks = house.parent("Can you ring me?", contact="+447700900140")
    roads: list[tuple[str, dict[str, str]]] = [
        (f"calls/{back.id}/bring-back", {"revision": str(back.revision)}),
        (f"calls/{toms.id}/move", {"revision": str(toms.revision), "slot": wanted}),
        (f"conversations/{asks.id}/book-it", {"slot": wanted}),
        # Times that only overlap it.
        *(
            (f"calls/{each.id}/move", {"revision": str(each.revision), "slot": slot_of(back, minutes=minutes)})
            for each, minutes in zip(movers, (-25, 35), strict=True)
        ),
    ]
    browsers = [house.signed_in("lead") for _ in roads]
    tokens = [browser.token() for browser in browsers]

    def go(number: int) -> int:
        path, fields = roads[number]
        return browsers[number].send(f"/staff/{path}", token=tokens[number], **fields).status_code

    with ThreadPoolExecutor(len(roads)) as pool:
        statuses = list(pool.map(go, range(len(roads))))
    assert set(statuses) <= {302, 409}, "a clear page, never an error"
    since = back.starts_at - timedelta(hours=1)
    booked = [
        call
        for call in house.desk.database.read(
            lambda tx: calls.coming(tx, house.desk.vault, since, back.ends_at + timedelta(hours=1))
        )
        if call.staff_key == SIAN
    ]
    times = sorted((call.starts_at, call.ends_at) for call in booked)
    assert times
    assert len(times) == statuses.count(302)
    assert all(first[1] <= second[0] for first, second in pairwise(times)), "nobody is in two calls at once"


# Bringing back, and booking for a parent.


def called_off(house: House, **more: Any) -> Call:
    call = house.call(line("call_name", "Mared"), **more)
    house.desk.database.write(lambda tx: call_off(house.desk, tx, call.conversation_id, house.clock()))
    return now_of(house, call.id)


def bring_back(browser: Browser, call: Call) -> TestResponse:
    return browser.send(f"/staff/calls/{call.id}/bring-back", revision=str(call.revision))


def test_a_call_comes_back_while_its_time_is_free(house: House) -> None:
    call = called_off(house)
    browser = house.signed_in("practitioner")
    assert "Bring the call back" in browser.get(f"/staff/calls/{call.id}").text
    assert bring_back(browser, call).status_code == 302
    back = now_of(house, call.id)
    assert (back.state, back.starts_at, back.revision) == ("booked", call.starts_at, call.revision + 1)
    assert house.desk.database.read(lambda tx: call_times.busy(tx, call.starts_at, call.ends_at, now=house.clock()))
    assert len(texts_to(house, call.conversation_id)) == 1
    assert bring_back(browser, call).status_code == 409, "it is back already"


def test_a_time_that_has_gone_brings_nothing_back(house: House) -> None:
    call = called_off(house)
    house.call(line("call_name", "Tomos"), contact="+447700900124")
    answer = bring_back(house.signed_in("lead"), call)
    assert answer.status_code == 409
    assert "That time has just gone" in answer.text
    assert now_of(house, call.id) == call


def test_a_parent_with_another_call_keeps_the_one(house: House) -> None:
    call = called_off(house)
    house.call(line("call_name", "Mared"), hours=5)
    answer = bring_back(house.signed_in("lead"), call)
    assert answer.status_code == 409
    assert "another call booked" in answer.text
    assert now_of(house, call.id) == call


def test_a_call_that_is_over_does_not_come_back(house: House) -> None:
    call = called_off(house)
    house.clock.forward(days=1)
    browser = house.signed_in("lead")
    assert "Bring the call back" not in browser.get(f"/staff/calls/{call.id}").text
    assert bring_back(browser, call).status_code == 409


def test_staff_book_for_a_parent_who_asked_and_share_no_more_than_agreed(house: House) -> None:
    parent = house.parent("Can you ring me?")
    told = parent._replace(answers={"call_name": "Mared", "own_words": "secret of mine"}, language="en")
    house.desk.database.write(lambda tx: conversations.save(tx, house.desk.vault, told, house.clock(), heard=False))
    browser = house.signed_in("practitioner")
    assert f"/staff/conversations/{parent.id}/book" in browser.get(f"/staff/conversations/{parent.id}").text
    page = browser.get(f"/staff/conversations/{parent.id}/book").text
    chosen = re.findall(r'name="slot" value="(\d+@[a-z-]+)"', page)[0]
    answer = browser.send(f"/staff/conversations/{parent.id}/book-it", slot=chosen)
    assert answer.status_code == 302
    sheet = browser.get(answer.headers["Location"]).text
    assert "Mared" in sheet
    assert "07700 900123" in sheet
    assert "secret of mine" not in sheet, "nobody has asked whether it may be shared"
    (text,) = texts_to(house, parent.id)
    assert text.startswith("Hello. There is a new time for you")
    assert browser.send(f"/staff/conversations/{parent.id}/book-it", slot=chosen).status_code == 409


def test_a_web_chats_secret_is_no_number_to_ring(house: House) -> None:
    parent = house.parent("helo", contact="w" * 43, channel=Channel.WEB)
    browser = house.signed_in("lead")
    slot = Slot(house.clock() + timedelta(hours=2), SIAN).key
    answer = browser.send(f"/staff/conversations/{parent.id}/book-it", slot=slot)
    assert "wwww" not in browser.get(answer.headers["Location"]).text


def test_nothing_is_booked_for_somebody_who_was_forgotten(house: House) -> None:
    parent = house.parent("helo")
    desk = house.desk
    forget(desk, parent.id, who="staff:1", now=house.clock())
    browser = house.signed_in("lead")
    slot = Slot(house.clock() + timedelta(hours=2), SIAN).key
    assert browser.get(f"/staff/conversations/{parent.id}/book").status_code == 404
    assert browser.send(f"/staff/conversations/{parent.id}/book-it", slot=slot).status_code == 404


def test_opted_out_parents_get_no_text_and_staff_a_task(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    from bot.domain.status import Status

    stopped = stored_of(house, call).conversation._replace(status=Status.OPTED_OUT)
    house.desk.database.write(lambda tx: conversations.save(tx, house.desk.vault, stopped, house.clock(), heard=False))
    assert move(house.signed_in("lead"), call, slot_of(call, hours=1)).status_code == 302
    assert texts_to(house, call.conversation_id) == []
    assert "tell_of_call" in open_kinds(house)


# Notes on tasks, and who looked.


def test_a_note_at_a_task_is_kept_and_never_written_over(house: House) -> None:
    parent = house.parent("helo")
    task_id = house.desk.database.write(lambda tx: tasks.open_task(tx, parent.id, "texts_off", house.clock()))
    first, second = house.signed_in(email=house.person("lead", email="gwen@team.example")), house.signed_in("lead")
    path = f"/staff/tasks/{task_id}/note"
    assert first.send(path, note=CANARY, revision="0").status_code == 302
    answer = second.send(path, note="my own words", revision="0")
    assert answer.status_code == 409
    assert "Gwen wrote" in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert answer.text.count("my own words") == 2, "shown, and in the field to be kept"
    assert second.send(path, note="my own words", revision="1").status_code == 302
    assert "my own words" in first.get("/staff/tasks").text
    assert second.send(path, note="x" * 501, revision="2").status_code == 400
    assert second.send(f"/staff/tasks/{'0' * 32}/note", note="x", revision="0").status_code == 404


def test_every_page_that_shows_a_record_writes_down_who_looked(house: House) -> None:
    call = house.call(line("call_name", "Mared"))
    alert = house.alert("I want to end it all", "end it all", contact="+447700900125")
    browser = house.signed_in("lead")
    subjects = {"call_id": ("call", call.id), "alert_id": ("alert", alert.id), "staff_key": ("caller", SIAN)}
    subjects["conversation_id"] = ("conversation", call.conversation_id)
    looked = set()
    for rule in house.app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or "GET" not in (rule.methods or ()) or not rule.arguments:
            continue
        (name,) = rule.arguments
        if name not in subjects:
            continue
        subject_type, subject_id = subjects[name]
        before = len(house.audited(subject_type, subject_id))
        address = re.sub(r"<\w+:\w+>", subject_id, rule.rule)
        assert browser.get(address).status_code == 200, address
        views = [entry.action for entry in house.audited(subject_type, subject_id)[before:]]
        assert views == ["view"], address
        looked.add(rule.endpoint.removeprefix("console."))
    assert {"call_sheet", "change_call", "book_for", "conversation", "alert", "availability"} <= looked
    for path, page in (("/staff/calls", "calls"), ("/staff/calls/week", "week"), ("/staff/callers", "callers")):
        browser.get(path)
        assert house.audited("page", page)


@pytest.mark.parametrize(
    "strange", ["0", "-1", "9" * 30, "9" * 5000, "٣", "%00", "../x", "123e4567-e89b-12d3-a456-426614174000"]
)
def test_ids_that_are_none_are_no_page(house: House, strange: str) -> None:
    browser = house.signed_in("lead")
    for path in (f"/staff/calls/{strange}/change", f"/staff/conversations/{strange}/book"):
        assert browser.get(path).status_code == 404
    for path in ("calls/{}/move", "calls/{}/bring-back", "calls/{}/next-step", "tasks/{}/note"):
        assert browser.send(f"/staff/{path.format(strange)}", revision="0").status_code in {404, 405}
    missing = "0" * 31 + "b"
    for path in ("move", "bring-back", "next-step", "outcome"):
        fields = {"revision": "0", "slot": "1796000000@demo-sian", "choice": "gp", "outcome": "talked"}
        assert browser.send(f"/staff/calls/{missing}/{path}", **fields).status_code == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "calls/{call}/move",
        "calls/{call}/bring-back",
        "calls/{call}/next-step",
        "conversations/{conversation}/book-it",
        "callers/demo-sian/keep",
        "callers/demo-sian/feed",
        "calls/{call}/outcome",
    ],
)
def test_no_form_is_taken_from_a_stranger(house: House, path: str) -> None:
    call = house.call(line("call_name", "Mared"))
    address = "/staff/" + path.format(call=call.id, conversation=call.conversation_id)
    fields = {"revision": str(call.revision), "outcome": "talked", "slot": slot_of(call, hours=1), "choice": "gp"}
    assert house.signed_in("lead").send(address, token="another's", **fields).status_code == 403
    assert now_of(house, call.id) == call


@pytest.mark.parametrize(
    "path",
    [
        "/staff/calls",
        "/staff/calls/week",
        "/staff/callers",
        "/staff/callers/demo-sian",
        "/staff/calls/{call}/change",
        "/staff/conversations/{conversation}/book",
    ],
)
def test_every_new_page_speaks_both_languages_and_names_nobody_in_its_title(house: House, path: str) -> None:
    call = house.call(line("call_name", CANARY))
    browser = house.signed_in("lead")
    titles = []
    for language in ("en", "cy"):
        browser.send("/staff/language", language=language)
        page = browser.get(path.format(call=call.id, conversation=call.conversation_id)).text
        title = re.search(r"<title>(.*?)</title>", page, re.S)
        assert title is not None
        titles.append(title[1])
        assert "<script>alert" not in page
        assert not re.search(r"<style|\sstyle=|console\.\w+\.\w+<", page)
    assert titles[0] != titles[1]
    assert not any("alert(" in title for title in titles)


def test_on_a_day_that_has_an_hour_twice_only_a_time_that_comes_once_is_taken(house: House) -> None:
    house.clock.now = house.clock.now.replace(year=2027, month=10, day=30)
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("lead")
    assert move(browser, call, "own", day="2027-10-31", time="01:30", person=SIAN).status_code == 422
    assert now_of(house, call.id).starts_at == call.starts_at
    assert move(browser, call, "own", day="2027-10-31", time="03:30", person=SIAN).status_code == 302
    assert now_of(house, call.id).starts_at.astimezone(WALES).date() == date(2027, 10, 31)
