"""The parents' page over HTTP, as a browser without script uses it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from werkzeug.datastructures import Headers

from bot.app import create_app
from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.services import take_over as taking
from bot.services.chase_alerts import chase_alerts
from bot.services.reply_as_person import reply_as_person
from bot.storage import chasing, concerns, conversations, messages
from bot.storage.database import Database, DatabaseAway, Prepared
from bot.storage.tables import inbound_message
from tests.web.parents import ENGLISH, SAME_SITE, WELSH, Page, Parent, Site, open_site

IDLE = 1800
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "https://helo.example.elsewhere.example"},
    {"Origin": "http://helo.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://helo.example"},
]
OTHER_WORDS = [
    (WELSH, "hmm wel", "Dw i eisiau lladd fy hun heno"),
    (ENGLISH, "hmm well", "I want to kill myself tonight"),
]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """The chat, on each engine."""
    opened = open_site(tmp_path, database_url=database_url)
    yield opened
    opened.desk.database.close()


@pytest.fixture
def parent(site: Site) -> Parent:
    return site.parent()


def stored(site: Site) -> int:
    """How many messages of parents are kept."""
    return len(site.desk.database.read(lambda tx: tx.rows(Prepared(inbound_message.select()))))


def levels(site: Site, parent: Parent) -> dict[str | None, str | None]:
    """What screening kept of each message of the parent, by its words."""
    found = conversation_of(site, parent)
    assert found is not None
    thread = site.desk.database.read(lambda tx: messages.thread(tx, site.desk.vault, found.conversation.id))
    return {entry.text: entry.level for entry in thread if entry.who == "parent"}


def conversation_of(site: Site, parent: Parent) -> conversations.Stored | None:
    token = "".join(parent.cookies().values())
    return site.desk.database.read(
        lambda tx: conversations.find(tx, site.desk.vault, channel=Channel.WEB, contact=token)
    )


def status_of(site: Site, parent: Parent) -> Status:
    found = conversation_of(site, parent)
    assert found is not None
    return found.conversation.status


class TestTheFirstPage:
    def test_greets_in_both_languages_welsh_first(self, parent: Parent) -> None:
        page = parent.look()
        ((who, greeting),) = page.bubbles
        assert who == "bot"
        welsh, english = greeting.index("Cyfrifiadur"), greeting.index("computer")
        assert welsh < english
        assert page.choices == {WELSH: "Cymraeg", ENGLISH: "English"}

    @pytest.mark.parametrize(
        ("typed", "mark"), [("2", ENGLISH), ("english", ENGLISH), ("1", WELSH), ("Cymraeg.", WELSH)]
    )
    def test_a_choice_that_is_typed_is_taken_like_one_that_is_pressed(self, site: Site, typed: str, mark: str) -> None:
        typing, pressing = site.parent(), site.parent()
        typing.look(), pressing.look()
        assert typing.say(typed).bubbles[2:] == pressing.choose(mark).bubbles[2:]

    def test_other_words_are_the_first_message_of_a_chat(self, parent: Parent) -> None:
        parent.look()
        assert "Bore da" in parent.say("Bore da, dw i angen help gyda fy mabi").words

    @pytest.mark.parametrize("words", ["Bore da, dw i angen help gyda fy mabi", "hi I need some help with my baby"])
    def test_who_answers_is_said_once_by_the_welcome(self, parent: Parent, words: str) -> None:
        parent.look()
        said = " ".join(text for _, text in parent.say(words).bubbles)
        assert said.count("Cyfrifiadur sydd yma") == said.count("This is a computer") == 1

    def test_stores_nothing_until_the_parent_acts(self, site: Site, parent: Parent) -> None:
        for _ in range(3):
            parent.look()
        assert conversation_of(site, parent) is None

    def test_says_before_the_chat_that_leaving_does_not_clear_history(self, site: Site, parent: Parent) -> None:
        say = site.desk.catalogue.text
        shown = parent.look().words
        for language in ("cy", "en"):
            for address in ("chat.exit.what_it_does", "chat.exit.history", "chat.exit.safer_device"):
                assert say(language, address) in shown

    def test_every_language_is_marked(self, parent: Parent) -> None:
        page = parent.look().html
        assert '<html lang="cy">' in page
        assert re.search(r'<p lang="cy">[^<]*Cyfrifiadur', page)
        assert re.search(r'<p lang="en">[^<]*computer', page)
        assert re.search(r'value="1" lang="cy"', page)
        assert re.search(r'value="2" lang="en"', page)

    @pytest.mark.parametrize("mark", [WELSH, ENGLISH])
    def test_its_title_and_address_say_nothing_of_what_it_is_about(self, parent: Parent, mark: str) -> None:
        for page in (parent.look(), parent.choose(mark), parent.choose("1")):
            assert re.findall(r"<title>(.*?)</title>", page.html) == ["Helo"]
            assert re.findall(r"<h1[^>]*>(.*?)</h1>", page.html) == ["Helo"]
            assert "og:" not in page.html
            assert set(re.findall(r'action="([^"]*)"', page.html)) == {"/chat"}

    def test_the_whole_application_serves_it_guarded(self, site: Site) -> None:
        browser = create_app(site.desk.settings, site.desk).test_client()
        for method, path in (("GET", "/"), ("POST", "/chat"), ("GET", "/static/chat.css"), ("GET", "/nowhere")):
            answer = browser.open(path, method=method, base_url="https://helo.example")
            answer.close()
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        page = Parent(browser, "https://helo.example").choose(ENGLISH)
        assert page.bubbles[1] == ("parent", "English")
        assert "<style" not in page.html
        assert not re.search(r"\s(on\w+|style)=", page.html)

    def test_a_helpline_can_be_rung_from_the_page(self, parent: Parent) -> None:
        assert '<a href="tel:999">999</a>' in parent.look().html


class TestTheJourneyByForms:
    def test_a_choice_is_read_as_an_answer_and_shown_as_its_label(self, parent: Parent) -> None:
        page = parent.choose(ENGLISH)
        assert page.bubbles[1] == ("parent", "English")
        assert '<html lang="en">' in page.html
        page = parent.choose("1")
        assert ("parent", "Yes") in page.bubbles

    def test_own_words_open_a_chat_in_their_language(self, site: Site, parent: Parent) -> None:
        page = parent.say("Mae fy mabi yn crio drwy'r nos a dwi wedi blino yn llwyr")
        assert '<html lang="cy">' in page.html
        assert page.bubbles[1][0] == "parent"

    def test_from_hello_to_a_booked_call(self, site: Site, parent: Parent) -> None:
        page = walk_to(parent, site, "booked")
        assert any("Siân" in words or "booked" in words for who, words in page.bubbles[-3:] if who == "bot")
        assert step_of(site, parent) == "booked"

    def test_pictures_stand_beside_the_feelings_with_their_words(self, parent: Parent, site: Site) -> None:
        page = walk_to(parent, site, "feeling")
        assert [part for part in ("happy", "mixed", "sad") if f"face--{part}" in page.html] == ["happy", "mixed", "sad"]
        assert len(page.choices) == 3
        assert page.html.count('aria-hidden="true" focusable="false"') == 3

    def test_a_line_of_the_summary_is_taken_out_by_its_own_button(self, parent: Parent, site: Site) -> None:
        page = walk_to(parent, site, "share_summary")
        lines = re.findall(r'id="line-(\d+)">([^<]*)<', page.html)
        assert len(lines) > 3
        mark, words = lines[1]
        after = parent.choose(mark)
        assert words not in [line for _, line in re.findall(r'id="line-(\d+)">([^<]*)<', after.html)]
        assert set(after.choices) == {"A", "B", "C"}

    def test_language_switches_in_place_by_a_button(self, parent: Parent, site: Site) -> None:
        before = walk_to(parent, site, "stage")
        after = parent.word("welsh")
        assert '<html lang="cy">' in after.html
        assert set(after.choices) == set(before.choices)
        assert step_of(site, parent) == "stage"

    def test_back_and_skip_are_there_only_where_they_do_something(self, parent: Parent, site: Site) -> None:
        assert 'value="back"' not in parent.look().html
        page = walk_to(parent, site, "feeling")
        assert 'value="back"' in page.html
        assert 'value="skip"' in page.html
        parent.word("skip")
        assert step_of(site, parent) != "feeling"
        parent.word("back")
        assert step_of(site, parent) == "feeling"

    def test_after_a_safe_text_the_question_can_still_be_answered(self, parent: Parent, site: Site) -> None:
        before = walk_to(parent, site, "stage")
        page = parent.say("I want to kill myself")
        assert "999" in page.bubbles[-1][1] or "111" in page.bubbles[-1][1]
        assert page.choices == before.choices
        parent.choose("2")
        assert step_of(site, parent) == "feeling"

    def test_reloading_sends_nothing_again(self, parent: Parent, site: Site) -> None:
        parent.choose(ENGLISH)
        response = parent.send(parent.form(act="choose", choice="1"))
        assert (response.status_code, response.headers["Location"]) == (303, "/#now")
        count = stored(site)
        for _ in range(3):
            parent.look()
        assert stored(site) == count

    def test_words_are_shown_and_never_run(self, parent: Parent, site: Site) -> None:
        walk_to(parent, site, "own_words")
        page = parent.say("<script>alert(1)</script> & <b>bold</b> {{ 7 * 7 }}")
        assert "<script>alert" not in page.html
        assert "<b>" not in page.html
        assert ("parent", "<script>alert(1)</script> & <b>bold</b> {{ 7 * 7 }}") in page.bubbles


class TestOnceOnly:
    def test_the_same_form_twice_is_stored_once_with_the_same_reply(self, parent: Parent, site: Site) -> None:
        parent.choose(ENGLISH)
        form = parent.form(act="say", text="helo, mae'n ddrwg gen i 🙂")
        assert [parent.send(form).status_code for _ in range(2)] == [303, 303]
        count, page = stored(site), parent.look()
        assert parent.send(form).status_code == 303
        assert stored(site) == count == 2
        assert parent.look().bubbles == page.bubbles

    def test_the_same_form_with_other_words_is_told_kindly_that_we_have_an_answer(
        self, parent: Parent, site: Site
    ) -> None:
        parent.choose(ENGLISH)
        form = parent.form(act="choose", choice="1")
        parent.send(form)
        page = Page(parent.send({**form, "choice": "2"}))
        assert page.status == 409
        assert site.desk.catalogue.text("en", "chat.conflict.title") in page.words
        assert stored(site) == 2

    @pytest.mark.parametrize(("language", "first", "disclosure"), OTHER_WORDS)
    def test_other_words_in_the_same_form_are_heard_as_a_message_of_their_own(
        self, parent: Parent, site: Site, language: str, first: str, disclosure: str
    ) -> None:
        parent.choose(language)
        form = parent.form(act="say", text=first)
        assert parent.send(form).status_code == 303
        assert site.desk.database.read(concerns.live) == ()
        assert parent.send(form | {"text": disclosure}).status_code == 303
        page = parent.look()
        (parents, words), (who, safe) = page.bubbles[-2:]
        assert (parents, words, who) == ("parent", disclosure, "bot")
        assert "999" in safe
        assert levels(site, parent) == {language: "none", first: "none", disclosure: "immediate"}
        (alert,) = site.desk.database.read(concerns.live)
        assert alert.count == 1
        for text in (disclosure, first, disclosure):
            assert parent.send(form | {"text": text}).status_code == 303
        assert stored(site) == 3
        assert site.desk.database.read(concerns.live) == (alert,)
        assert parent.look().bubbles == page.bubbles

    @pytest.mark.parametrize(("language", "_first", "disclosure"), OTHER_WORDS)
    def test_words_in_the_form_of_a_choice_that_was_made_are_heard(
        self, parent: Parent, site: Site, language: str, _first: str, disclosure: str
    ) -> None:
        parent.choose(language)
        form = parent.form()
        parent.send(form | {"act": "choose", "choice": "1"})
        for _ in range(2):
            assert parent.send(form | {"act": "say", "text": disclosure}).status_code == 303
        assert levels(site, parent)[disclosure] == "immediate"
        assert stored(site) == 3
        assert len(site.desk.database.read(concerns.live)) == 1
        assert "999" in parent.look().bubbles[-1][1]

    def test_a_choice_in_the_form_of_words_that_were_sent_is_told_that_we_have_an_answer(
        self, parent: Parent, site: Site
    ) -> None:
        parent.choose(ENGLISH)
        form = parent.form()
        parent.send(form | {"act": "say", "text": "hmm"})
        assert parent.send(form | {"act": "choose", "choice": "1"}).status_code == 409
        assert parent.send(form | {"act": "word", "word": "skip"}).status_code == 409
        assert stored(site) == 2

    def test_the_ids_of_messages_tell_nothing_of_the_words(self, site: Site) -> None:
        key = "k" * 24
        for somebody in (site.parent(), site.parent()):
            for text in ("helo", "PLANTED words"):
                somebody.send(somebody.form(act="say", text=text) | {"key": key})
        rows = site.desk.database.read(lambda tx: tx.rows(Prepared(inbound_message.select())))
        assert len({row.sid for row in rows}) == 4
        assert all(re.fullmatch("[0-9a-f]{64}", row.sid) for row in rows)

    def test_one_form_in_two_sessions_is_two_messages(self, site: Site) -> None:
        key = "k" * 24
        for somebody in (site.parent(), site.parent()):
            assert somebody.send(somebody.form(act="say", text="helo") | {"key": key}).status_code == 303
        assert stored(site) == 2

    def test_two_tabs_take_turns(self, parent: Parent, site: Site) -> None:
        parent.choose(ENGLISH)
        first, second = parent.form(act="choose", choice="1"), parent.form(act="choose", choice="1")
        assert {parent.send(form).status_code for form in (first, second)} == {303}
        page = parent.look()
        assert page.status == 200
        assert page.choices

    def test_a_button_in_a_page_left_open_never_answers_another_question(self, parent: Parent, site: Site) -> None:
        parent.choose(ENGLISH)
        asked = {"question": parent.look().hidden("question")}
        stale = parent.form(act="choose", choice="2") | asked
        assert parent.send(parent.form(act="choose", choice="1") | asked).status_code == 303
        count, page = stored(site), parent.look()
        assert parent.send(stale).status_code == 303
        assert stored(site) == count
        assert parent.look().bubbles == page.bubbles


class TestTheSession:
    def test_the_cookie_is_a_random_id_and_nothing_else(self, site: Site) -> None:
        somebody, other = site.parent(), site.parent()
        header = somebody.look().headers["Set-Cookie"]
        other.look()
        assert header.startswith("__Host-helo=")
        for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert attribute in header.split("; ")
        assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in header.split("; "))
        somebody.choose(ENGLISH)
        somebody.say("Sam")
        ((name, value),) = somebody.cookies().items()
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", value)
        assert value != other.cookies()[name]

    def test_without_https_the_cookie_still_works(self, tmp_path: Path) -> None:
        somebody = open_site(tmp_path, public_url="http://127.0.0.1:8000").parent(https=False)
        header = somebody.look().headers["Set-Cookie"]
        assert header.startswith("helo=")
        assert "Secure" not in header
        assert somebody.choose(ENGLISH).bubbles[1] == ("parent", "English")

    def test_another_visitor_sees_nothing_of_it(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        parent.say("PLANTED words")
        assert "PLANTED" not in site.parent().look().words

    @pytest.mark.parametrize(
        "change", [lambda it: it[:-1] + ("A" if it[-1] != "A" else "B"), lambda it: it.lower(), lambda it: "x"]
    )
    def test_a_changed_id_opens_nothing_and_sends_nothing(self, site: Site, parent: Parent, change: Any) -> None:
        parent.choose(ENGLISH)
        parent.say("PLANTED words")
        form = parent.form(act="say", text="from somebody else")
        ((name, value),) = parent.cookies().items()
        thief = site.parent()
        thief.browser.set_cookie(name, change(value), domain="helo.example", secure=True)
        assert "PLANTED" not in thief.look().words
        count = stored(site)
        assert thief.send(form).status_code == 403
        assert stored(site) == count

    def test_after_idling_nothing_of_before_is_shown(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        parent.say("PLANTED words")
        site.clock.wait(IDLE + 1)
        page = parent.look()
        assert "PLANTED" not in page.html
        assert page.bubbles == []
        assert site.desk.catalogue.text("en", "chat.ended.title") in page.words
        assert "999" in page.words

    def test_just_before_that_it_is_still_there(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        site.clock.wait(IDLE - 1)
        assert len(parent.look().bubbles) > 1

    def test_an_ended_chat_can_be_begun_anew_under_another_id(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        before = parent.cookies()
        site.clock.wait(IDLE + 1)
        page = parent.act(act="new")
        assert page.choices == {WELSH: "Cymraeg", ENGLISH: "English"}
        assert parent.cookies() != before

    def test_words_that_come_too_late_are_heard_in_a_chat_of_their_own(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        parent.say("PLANTED words")
        form = parent.form(act="say", text="I want to kill myself")
        old = parent.cookies()
        site.clock.wait(IDLE + 1)
        first, again = Parent(parent.browser, parent.site).send(form), None
        page = parent.look()
        assert first.status_code == 303
        assert "PLANTED" not in page.html
        assert any("999" in words for who, words in page.bubbles[1:] if who == "bot")
        count, fresh = stored(site), parent.cookies()
        assert fresh != old
        for name, value in old.items():
            parent.browser.set_cookie(name, value, domain="helo.example", secure=True)
        again = parent.send(form)
        assert again.status_code == 303
        assert (stored(site), parent.cookies()) == (count, fresh)

    def test_a_number_that_comes_too_late_answers_nothing(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        form = parent.form(act="choose", choice="1")
        count = stored(site)
        site.clock.wait(IDLE + 1)
        parent.send(form)
        assert stored(site) == count
        assert parent.look().bubbles == []


class TestLeaving:
    def test_leads_away_ends_the_chat_and_empties_the_browser(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        old = parent.cookies()
        response = parent.send(parent.form(act="exit"))
        assert (response.status_code, response.headers["Location"]) == (303, "https://www.bbc.co.uk/weather")
        assert {'"cache"', '"cookies"', '"storage"'} == set(response.headers["Clear-Site-Data"].split(", "))
        assert parent.cookies() == {}
        for name, value in old.items():
            parent.browser.set_cookie(name, value, domain="helo.example", secure=True)
        assert status_of(site, parent) is Status.CLOSED
        assert parent.look().bubbles == []

    def test_works_with_nothing_but_the_act(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        (token,) = parent.cookies().values()
        assert parent.send({"act": "exit"}).status_code == 303
        found = site.desk.database.read(
            lambda tx: conversations.find(tx, site.desk.vault, channel=Channel.WEB, contact=token)
        )
        assert found is not None
        assert found.conversation.status is Status.CLOSED

    def test_is_not_kept_waiting_by_a_database_that_is_away(
        self, parent: Parent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parent.choose(ENGLISH)
        form = parent.form(act="exit")
        take_away(monkeypatch)
        assert parent.send(form).status_code == 303

    def test_goes_where_the_setting_says(self, tmp_path: Path) -> None:
        somebody = open_site(tmp_path, exit_url="https://www.s4c.cymru/cy/").parent()
        page = somebody.look()
        assert 'data-exit="https://www.s4c.cymru/cy/"' in page.html
        assert somebody.send({"act": "exit"}).headers["Location"] == "https://www.s4c.cymru/cy/"

    def test_is_on_every_page(self, site: Site, parent: Parent) -> None:
        first = parent.look()
        pages = [first, parent.choose(ENGLISH), Page(parent.send({"act": "say"}))]
        site.clock.wait(IDLE + 1)
        pages.append(parent.look())
        for page in pages:
            assert re.search(r'<button[^>]*name="act" value="exit"', page.html), page.status


class TestRefusals:
    @pytest.mark.parametrize("headers", FROM_ELSEWHERE)
    def test_another_site_cannot_post(self, site: Site, parent: Parent, headers: dict[str, str]) -> None:
        parent.choose(ENGLISH)
        form, count = parent.form(act="choose", choice="1"), stored(site)
        for act in (form, {"act": "exit"}, {**form, "act": "new"}):
            assert parent.send(act, headers).status_code == 403
        assert stored(site) == count
        assert status_of(site, parent) is Status.WITH_BOT

    @pytest.mark.parametrize(
        "headers", [SAME_SITE, {"Origin": "null"}, {"Origin": "https://helo.example"}, {"X-Old": "browser"}]
    )
    def test_our_own_page_can(self, site: Site, parent: Parent, headers: dict[str, str]) -> None:
        parent.choose(ENGLISH)
        assert parent.send(parent.form(act="choose", choice="1"), headers).status_code == 303
        assert stored(site) == 2

    @pytest.mark.parametrize("token", ["", "x", "0" * 64, "é", "of another session"])
    def test_without_the_sessions_own_token_nothing_is_stored(self, site: Site, parent: Parent, token: str) -> None:
        parent.choose(ENGLISH)
        stranger = site.parent()
        stranger.look()
        wrong = stranger.look().hidden("token") if token == "of another session" else token
        count = stored(site)
        page = Page(parent.send(parent.form(act="say", text="helo") | {"token": wrong}))
        assert page.status == 403
        assert stored(site) == count
        assert "999" in page.words

    def test_without_a_cookie_nothing_is_stored(self, site: Site, parent: Parent) -> None:
        form = parent.form(act="say", text="helo")
        assert site.parent().send(form).status_code == 403
        assert stored(site) == 0

    @pytest.mark.parametrize("headers", [SAME_SITE, {"Origin": "https://helo.example"}])
    @pytest.mark.parametrize("begun", [True, False])
    def test_words_that_were_not_sent_are_given_back_to_be_sent_again(
        self, site: Site, parent: Parent, headers: dict[str, str], begun: bool
    ) -> None:
        form = parent.form(act="say", text="I want to kill myself tonight </textarea>")
        somebody = site.parent()
        if begun:  # another chat has taken the place of the one the form was made for
            somebody.choose(ENGLISH)
        count = stored(site)
        page = Page(somebody.send(form, headers))
        assert (page.status, stored(site)) == (403, count)
        assert site.desk.catalogue.text("en", "chat.stale.title") in page.words
        assert site.desk.catalogue.text("cy", "chat.stale.here") in page.words
        assert site.desk.catalogue.text("en", "chat.stale.say") not in page.words
        assert ">I want to kill myself tonight &lt;/textarea&gt;</textarea>" in page.html
        assert "999" in page.words
        again = form | {"key": page.hidden("key"), "token": page.hidden("token")}
        for _ in range(2):
            assert somebody.send(again).status_code == 303
        assert stored(site) == count + 1
        assert levels(site, somebody)[form["text"]] == "immediate"
        assert len(site.desk.database.read(concerns.live)) == 1

    @pytest.mark.parametrize("headers", [*FROM_ELSEWHERE, {"Origin": "null"}, {"X-Old": "browser"}])
    def test_words_are_given_back_only_to_a_page_that_is_surely_ours(
        self, site: Site, parent: Parent, headers: dict[str, str]
    ) -> None:
        form = parent.form(act="say", text="PLANTED words")
        response = site.parent().send(form, headers)
        assert response.status_code == 403
        assert "PLANTED" not in response.text
        assert "Set-Cookie" not in response.headers

    def test_a_choice_that_was_not_sent_opens_no_box(self, site: Site, parent: Parent) -> None:
        form = parent.form(act="choose", choice="1")
        assert "<textarea" not in site.parent().send(form).text

    @pytest.mark.parametrize(
        ("kind", "body", "status"),
        [
            ("application/json", b"[]", 415),
            ("application/json", b"[" * 60_000, 415),
            ("application/json", b'{"text": 1e999}', 415),
            ("text/plain", b"act=exit", 415),
            ("multipart/form-data; boundary=x", b"--x--", 415),
            ("", b"act=exit", 415),
            ("application/x-www-form-urlencoded", b"", 400),
            ("application/x-www-form-urlencoded", b"act", 400),
            ("application/x-www-form-urlencoded", b"act=dance", 400),
            ("application/x-www-form-urlencoded", b"act=exit&act=exit", 400),
            ("application/x-www-form-urlencoded", b"act=exit&more=1", 400),
            ("application/x-www-form-urlencoded", b"act=exit&text=%ED%A0%80", 400),
            ("application/x-www-form-urlencoded", b"act=exit&text=%00", 400),
            ("application/x-www-form-urlencoded", b"act=exit&text=\xff", 400),
            ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 50), 400),
            ("application/x-www-form-urlencoded", b"act=say&text=" + b"a" * 70_000, 413),
            ("application/x-www-form-urlencoded", b"act=say&text=" + b"a" * 5_000_000, 413),
        ],
    )
    def test_what_is_not_our_form_is_refused(
        self, site: Site, parent: Parent, kind: str, body: bytes, status: int
    ) -> None:
        parent.choose(ENGLISH)
        count = stored(site)
        response = parent.browser.post(
            "/chat", data=body, headers=Headers({**SAME_SITE, "Content-Type": kind}), base_url=parent.site
        )
        assert response.status_code == status
        assert stored(site) == count

    @pytest.mark.parametrize(
        "fields",
        [
            {"act": "say"},
            {"act": "choose"},
            {"act": "word"},
            {"act": "choose", "choice": "²"},
            {"act": "choose", "choice": "10" * 30},
        ]
        + [{"act": "word", "word": word} for word in ("stop", "", "erase", "back back")],
    )
    def test_a_form_with_something_missing_is_refused(self, site: Site, parent: Parent, fields: dict[str, str]) -> None:
        parent.choose(ENGLISH)
        count = stored(site)
        assert parent.send(parent.form(**fields)).status_code == 400
        assert stored(site) == count

    @pytest.mark.parametrize("key", ["", "short", "k" * 65, "k" * 20 + "é", "k" * 20 + " "])
    def test_a_form_without_a_proper_key_is_refused(self, site: Site, parent: Parent, key: str) -> None:
        parent.choose(ENGLISH)
        count = stored(site)
        page = Page(parent.send(parent.form(act="say", text="helo") | {"key": key}))
        assert page.status == 400
        assert stored(site) == count
        assert ">helo</textarea>" in page.html
        assert page.hidden("key") != key

    @pytest.mark.parametrize(
        "text",
        [
            "²",
            "①",
            "٣",
            "３",
            "1.",
            "1)",
            " 1 ",
            "one",
            "un",
            "1️⃣",
            "-1",
            "0",
            "9" * 20,
            "7" * 5000,
            "\u202e\ufeff",
            "\x07",
            "💙" * 800,
        ],
    )
    def test_whatever_is_written_is_kept_whole_and_answered(self, site: Site, parent: Parent, text: str) -> None:
        walk_to(parent, site, "stage")
        count = stored(site)
        page = parent.say(text)
        assert page.status == 200
        assert page.bubbles[-1][0] == "bot"
        assert stored(site) == count + 1
        found = conversation_of(site, parent)
        assert found is not None
        thread = site.desk.database.read(lambda tx: messages.thread(tx, site.desk.vault, found.conversation.id))
        assert [entry.text for entry in thread if entry.who == "parent"][-1] == text

    def test_nothing_written_is_no_message(self, site: Site, parent: Parent) -> None:
        parent.choose(ENGLISH)
        count = stored(site)
        assert parent.say("  \r\n ").status == 200
        assert stored(site) == count

    def test_only_post_sends(self, parent: Parent) -> None:
        assert parent.browser.get("/chat", base_url=parent.site).status_code == 405
        assert parent.browser.post("/", base_url=parent.site).status_code == 405


class TestWhenTheDatabaseIsAway:
    @pytest.fixture(autouse=True)
    def _logged(self) -> Iterator[None]:
        with structlog.testing.capture_logs() as lines:
            yield
        assert "PLANTED" not in str(lines)

    def test_the_page_says_so_and_offers_to_send_the_same_again(
        self, site: Site, parent: Parent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parent.choose(ENGLISH)
        form, count = parent.form(act="say", text="PLANTED words"), stored(site)
        with monkeypatch.context() as patch:
            take_away(patch)
            page = Page(parent.send(form))
        assert page.status == 503
        assert page.headers["Retry-After"]
        assert "999" in page.words
        assert ">PLANTED words</textarea>" in page.html
        assert page.hidden("key") == form["key"]
        again = {"act": "say", "text": "PLANTED words", "key": page.hidden("key"), "token": page.hidden("token")}
        assert parent.send(again).status_code == 303
        assert stored(site) == count + 1

    def test_a_fault_of_ours_says_the_same(self, parent: Parent, monkeypatch: pytest.MonkeyPatch) -> None:
        parent.choose(ENGLISH)
        form = parent.form(act="say", text="PLANTED words")
        monkeypatch.setattr("bot.web.chat.receive_message", fail)
        page = Page(parent.send(form))
        assert page.status == 500
        assert "999" in page.words
        assert ">PLANTED words</textarea>" in page.html


class TestAPerson:
    def test_what_a_person_writes_is_shown_and_the_bots_buttons_are_not(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "stage")
        hand_to_a_person(site, parent, "Hi, this is Siân.")
        page = parent.look()
        assert page.bubbles[-1] == ("person", "Hi, this is Siân.")
        assert page.choices == {}
        assert 'data-person="yes"' in page.html
        assert site.desk.catalogue.text("en", "chat.person.here") in page.words

    def test_the_script_of_the_page_gets_the_same_bubbles(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "stage")
        hand_to_a_person(site, parent, "Hi, this is Siân.")
        seen = parent.browser.get("/", base_url=parent.site, headers={"Accept": "application/json"}).get_json()
        assert seen["person"] is True
        assert seen["ended"] is False
        shown = [
            (bubble["who"], " ".join(" ".join(words for _, words in bubble["lines"]).split()))
            for bubble in seen["bubbles"]
        ]
        assert shown == parent.look().bubbles

    def test_a_late_answer_of_a_person_can_be_read(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "stage")
        site.clock.wait(IDLE - 60)
        hand_to_a_person(site, parent, "Hi, this is Siân.")
        site.clock.wait(IDLE - 60)
        write_as_a_person(site, parent, "Are you there?")
        site.clock.wait(120)
        assert parent.look().bubbles[-1] == ("person", "Are you there?")

    def test_without_a_chat_the_script_learns_nothing(self, site: Site) -> None:
        seen = site.parent().browser.get("/", base_url="https://helo.example", headers={"Accept": "application/json"})
        assert seen.get_json()["ended"] is True


class TestAfterALoss:
    @pytest.mark.parametrize(("language", "words"), [(WELSH, "mae fy mabi wedi marw"), (ENGLISH, "my baby died")])
    def test_nothing_said_of_the_baby_before_is_shown_again(
        self, site: Site, parent: Parent, language: str, words: str
    ) -> None:
        parent.choose(language)
        before = walk_to(parent, site, "as_you_like")
        asked = before.bubbles[-1]
        page = parent.say(words)
        assert asked in before.bubbles
        assert page.bubbles[0] == ("parent", words)
        assert page.choices
        later = parent.choose("2")
        assert later.bubbles[0] == ("parent", words)
        assert asked not in later.bubbles

    def test_what_a_person_was_told_begins_with_that_person(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "as_you_like")
        hand_to_a_person(site, parent, "Hi, this is Siân.")
        page = parent.say("my baby died")
        assert [who for who, _ in page.bubbles] == ["person", "parent"]


class TestBeingForgotten:
    def test_says_so_and_starts_from_nothing(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "stage")
        parent.say("forget me")
        page = parent.choose("1")
        assert page.status == 200
        assert "PLANTED" not in page.html
        assert page.words
        again = parent.look()
        assert again.choices == {WELSH: "Cymraeg", ENGLISH: "English"}
        assert len(again.bubbles) == 1

    def test_a_button_tapped_twice_says_so_twice(self, site: Site, parent: Parent) -> None:
        walk_to(parent, site, "stage")
        parent.say("forget me")
        form, cookies = parent.form(act="choose", choice="1"), parent.cookies()
        pages = [Page(parent.send(form))]
        for name, value in cookies.items():  # the second tap left before the first was answered
            parent.browser.set_cookie(name, value, domain="helo.example", secure=True)
        pages.append(Page(parent.send(form)))
        for page in pages:
            assert page.status == 200
            assert site.desk.catalogue.text("en", "side_doors.erased.say") in page.words


def fail(*_: object) -> None:
    raise RuntimeError("PLANTED words")


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway

    monkeypatch.setattr(Database, "read", away)
    monkeypatch.setattr(Database, "write", away)


def script_sees(parent: Parent) -> dict[str, object]:
    """What the script of an open page is given."""
    answer = parent.browser.get("/", base_url=parent.site, headers={"Accept": "application/json"})
    seen: dict[str, object] = answer.get_json()
    return seen


@pytest.mark.parametrize("language", ["cy", "en"])
def test_while_no_colleague_can_be_reached_the_page_says_whom_to_ring(
    parent: Parent, site: Site, language: str
) -> None:
    parent.choose(WELSH if language == "cy" else ENGLISH)
    parent.say("I am going to kill myself tonight")
    say = site.desk.catalogue.text
    words = say(language, "chat.unreached", {"emergency": "999"})[:30]
    assert words not in parent.look().words
    assert script_sees(parent)["unreached"] is False
    (alert,) = site.desk.database.read(concerns.live)
    site.desk.database.write(lambda tx: chasing.mark_unreached(tx, alert.id, site.desk.now()))
    page = parent.look().words
    assert words in page
    assert "999" in page[page.index(words) :]
    assert script_sees(parent)["unreached"] is True, "a page that is open learns it as well"
    site.desk.database.write(lambda tx: chasing.mark_reached(tx, alert.id))
    assert words not in parent.look().words


def test_while_nothing_goes_on_telling_colleagues_the_page_says_whom_to_ring(parent: Parent, site: Site) -> None:
    parent.choose(ENGLISH)
    parent.say("I am going to kill myself tonight")
    words = site.desk.catalogue.text("en", "chat.unreached", {"emergency": "999"})[:30]
    chase_alerts(site.desk, site.clock())
    site.clock.wait(60)
    assert words not in parent.look().words
    site.clock.wait(180)
    assert words in parent.look().words, "the worker has stopped: nobody has looked at the alert since it was due"


def hand_to_a_person(site: Site, parent: Parent, words: str) -> None:
    found = conversation_of(site, parent)
    assert found is not None
    taking.take_over(site.desk, found.conversation.id, "sian", site.clock())
    write_as_a_person(site, parent, words)


def write_as_a_person(site: Site, parent: Parent, words: str) -> None:
    found = conversation_of(site, parent)
    assert found is not None
    reply_as_person(site.desk, found.conversation.id, words, "sian", site.clock(), once=words)


def step_of(site: Site, parent: Parent) -> str:
    found = conversation_of(site, parent)
    return found.conversation.step if found else site.desk.library.flow.start


# What somebody answers who wants a call; where a step is not named, the first choice.
ANSWERS = {
    "welcome": ENGLISH,
    "stage": "2",
    "as_you_like": "3",
    "own_words": "More sleep.",
    "life": "He was early.",
    "call_name": "Sam",
    "call_number": "07700 900123",
    "call_needs": "None",
    "call_interpreter": "Polish",
    "share_summary": "A",
    "offers": "4",
}


def walk_to(parent: Parent, site: Site, goal: str) -> Page:
    """Goes on answering until the chat stands at `goal`."""
    for _ in range(30):
        step = step_of(site, parent)
        if step == goal:
            return parent.look()
        answer = ANSWERS.get(step, "1")
        page = parent.choose(answer) if len(answer) == 1 else parent.say(answer)
        assert page.status == 200, page.words
    raise AssertionError(f"never came to {goal}, but to {step}")
