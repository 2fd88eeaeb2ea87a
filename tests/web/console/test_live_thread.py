"""A conversation on the console: live, one owner, what is not safe is warned of, and who waits is in sight."""

import re
from datetime import timedelta

import pytest

from bot.domain.conversation import Channel, InboundMessage
from bot.services.receive_message import receive_message
from bot.storage import conversations, messages, promises
from tests.web.console.house import PARENT_NUMBER, Browser, House


def write(house: House, text: str, *, sid: str = "SM" + "9" * 32) -> str:
    """A parent texts; the conversation's id."""
    message = InboundMessage("twilio", sid, Channel.SMS, PARENT_NUMBER, text)
    receive_message(house.desk, message, house.clock())
    found = house.desk.database.read(
        lambda tx: conversations.find(tx, house.desk.vault, channel=Channel.SMS, contact=PARENT_NUMBER)
    )
    assert found is not None
    return found.conversation.id


def speak(browser: Browser, language: str) -> None:
    browser.send("/staff/language", language=language, next="/staff/")


def seen_marks(page: str) -> str:
    found = re.search(r'data-seen="(\w+)"', page)
    assert found is not None
    return found[1]


def test_what_the_parent_writes_reaches_the_page_without_loading_it_again(house: House) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("practitioner")
    browser.send(f"/staff/conversations/{id_}/take-over")
    page = browser.get(f"/staff/conversations/{id_}").text
    mark = seen_marks(page)
    live = f"/staff/conversations/{id_}/live"
    same = browser.get(f"{live}?seen={mark}").json
    assert same["mark"] == mark
    assert "thread" not in same
    write(house, "<b>dwi yma</b>", sid="SM" + "8" * 32)
    news = browser.get(f"{live}?seen={mark}").json
    assert news["mark"] != mark
    assert "&lt;b&gt;dwi yma&lt;/b&gt;" in news["thread"]
    assert "<b>dwi" not in news["thread"]
    assert news["state"] == same["state"]
    assert 'data-state="' + news["state"] in page


def test_words_that_come_live_are_written_down_as_seen_and_a_look_at_nothing_is_not(house: House) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("practitioner")
    mark = seen_marks(browser.get(f"/staff/conversations/{id_}").text)
    views = len(house.audited("conversation", id_))
    for _ in range(5):
        browser.get(f"/staff/conversations/{id_}/live?seen={mark}")
    assert len(house.audited("conversation", id_)) == views
    browser.get(f"/staff/conversations/{id_}/live")
    assert len(house.audited("conversation", id_)) == views + 1


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(house: House) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("practitioner")
    idle = house.desk.settings.session_idle_seconds
    for _ in range(4):
        house.clock.forward(seconds=idle / 3)
        answer = browser.get(f"/staff/conversations/{id_}/live")
    assert answer.status_code == 401


def test_nobody_reads_along_who_may_not(house: House) -> None:
    id_ = write(house, "helo")
    assert house.browser().get(f"/staff/conversations/{id_}/live").status_code == 401
    assert house.signed_in("admin").get(f"/staff/conversations/{id_}/live").status_code == 403
    assert house.signed_in("lead").get(f"/staff/conversations/{'0' * 32}/live").status_code == 404


@pytest.mark.parametrize(("text", "words"), [("Helo", "1 text"), ("ŵ" * 71, "2 texts"), ("", "Write something")])
def test_the_length_while_typing_is_the_servers_own_count(house: House, text: str, words: str) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("practitioner")
    browser.send(f"/staff/conversations/{id_}/take-over")
    counted = browser.send(f"/staff/conversations/{id_}/count", text=text)
    assert words in counted.json["words"]
    thread = house.desk.database.read(lambda tx: messages.thread(tx, house.desk.vault, id_))
    assert not any(entry.text == text for entry in thread if entry.who.startswith("staff"))
    if text:
        page = browser.send(f"/staff/conversations/{id_}/reply", text=text, once="a" * 32, do="count").text
        assert counted.json["words"] in page, "without script the same"


def test_counting_for_nobody_is_no_page(house: House) -> None:
    assert house.signed_in("lead").send(f"/staff/conversations/{'0' * 32}/count", text="x").status_code == 404


@pytest.mark.parametrize(("language", "taking"), [("en", "Take it from Gwen"), ("cy", "Ei chymryd oddi wrth Gwen")])
def test_two_at_once_have_one_owner_and_the_other_sees_the_name(house: House, language: str, taking: str) -> None:
    id_ = write(house, "helo")
    gwen = house.signed_in(email=house.person("practitioner", email="gwen@team.example", password=False))
    other = house.signed_in("lead")
    speak(other, language)
    path = f"/staff/conversations/{id_}"
    assert gwen.send(f"{path}/take-over").status_code == 302
    for late in ("take-over", "hand-back"):
        answer = other.send(f"{path}/{late}")
        assert answer.status_code == 409
        assert "Gwen" in answer.text
    answer = other.send(f"{path}/reply", text="Hello", once="a" * 32, do="send")
    assert answer.status_code == 409
    assert "Gwen" in answer.text
    page = other.get(path).text
    assert taking in page
    assert 'name="text"' not in page, "who has it not cannot write"
    owner = re.search(r'name="from" value="([^"]+)"', page)
    assert owner is not None
    assert other.send(f"{path}/take-over", **{"from": owner[1]}).status_code == 302
    assert 'name="text"' in other.get(path).text
    assert gwen.send(f"{path}/reply", text="Hello", once="b" * 32, do="send").status_code == 409
    assert [each.action for each in house.audited("conversation", id_) if each.action != "view"] == [
        "take_over", "take_from",
    ]  # fmt: skip
    state = gwen.get(f"{path}/live").json["state"]
    assert owner[1] not in state, "Gwen's page learns that its buttons are old"


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("answers", [{"about": "not_now"}, {"call_safety": "no"}, {"call_safety_answer": "ring_off"}])
def test_where_texting_is_not_safe_staff_are_warned_and_must_confirm(
    house: House, language: str, answers: dict[str, str]
) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("practitioner")
    speak(browser, language)
    path = f"/staff/conversations/{id_}"
    browser.send(f"{path}/take-over")
    warning = house.desk.catalogue.text(language, "console.conversation.not_safe")
    assert warning not in browser.get(path).text
    stored = house.desk.database.read(lambda tx: conversations.load(tx, house.desk.vault, id_))
    assert stored is not None
    told = stored.conversation._replace(answers=answers)
    house.desk.database.write(lambda tx: conversations.save(tx, house.desk.vault, told, house.clock(), heard=False))
    assert warning in browser.get(path).text
    form = {"text": "Helo, Gwen yma", "once": "a" * 32, "do": "send"}
    refused = browser.send(f"{path}/reply", **form)
    assert refused.status_code == 422
    assert "Helo, Gwen yma" in refused.text, "what was typed is kept"
    assert browser.send(f"{path}/reply", **form, though_not_safe="yes").status_code == 302
    thread = house.desk.database.read(lambda tx: messages.thread(tx, house.desk.vault, id_))
    assert [entry.text for entry in thread if entry.who.startswith("staff")] == ["Helo, Gwen yma"]


@pytest.mark.parametrize(
    ("language", "waits", "missed"),
    [("en", "Waiting 7 minutes", "promise missed:"), ("cy", "Yn aros ers 7 munud", "addewid wedi&#39;i dorri:")],
)
def test_who_waits_is_in_sight_in_minutes_and_a_missed_promise_is_red(
    house: House, language: str, waits: str, missed: str
) -> None:
    id_ = write(house, "I am going to kill myself tonight")
    browser = house.signed_in("practitioner", "lead")
    speak(browser, language)
    pages = ("/staff/", "/staff/tasks", f"/staff/conversations/{id_}")
    house.clock.forward(minutes=7)
    for path in pages:
        page = browser.get(path).text
        assert waits in page, path
        assert "waits--missed" not in page
    live = browser.get(f"/staff/conversations/{id_}/live").json
    assert waits in live["head"]
    house.desk.database.write(
        lambda tx: (
            promises.keep(tx, id_, "staff:1", house.clock())
            and promises.wait_for_person(tx, id_, house.clock(), house.clock() + timedelta(minutes=5))
        )
    )
    house.clock.forward(minutes=6)
    for path in pages:
        page = browser.get(path).text
        assert "waits--missed" in page, path
        assert missed in page
    safeguarding = house.signed_in("safeguarding")
    assert "waits--missed" in safeguarding.get("/staff/").text, "whoever may read it may see who waits"


def test_the_page_of_a_conversation_holds_no_script_of_its_own(house: House) -> None:
    id_ = write(house, "helo")
    browser = house.signed_in("lead")
    browser.send(f"/staff/conversations/{id_}/take-over")
    answer = browser.get(f"/staff/conversations/{id_}")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", answer.text)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    live = browser.get(f"/staff/conversations/{id_}/live")
    assert live.headers["Cache-Control"] == "no-store"
