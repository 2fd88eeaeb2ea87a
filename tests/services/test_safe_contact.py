"""Safe contact: what is asked, what follows from it, what the sheet holds, and what no later text ever says."""

import re
from datetime import timedelta

import pytest

from bot.domain.conversation import LANGUAGES
from bot.domain.segments import count_segments
from bot.services.allow_another_call import allow_another_call
from bot.services.apologise_for_waiting import apologise_for_waiting
from bot.services.ask_after_call import ask_after_call
from bot.services.desk import Desk
from bot.services.offer_again import offer_again
from bot.services.record_call_outcome import StaleCall, record_call_outcome
from bot.services.record_next_step import CHOICES, AlreadyRecorded, NotAStep, cost_of_step, record_next_step, step_of
from bot.services.remind_of_calls import remind_of_calls
from bot.services.tell_parent_of_call import tell_parent_of_call
from bot.storage import call_lists, calls, consents, outbox, promises, tasks
from bot.storage.calls import Call
from tests.desks import Clock, Phone
from tests.services.test_safe_texts import SERVICE_WORDS, tells
from tests.services.to_a_call import BABY_GROUP, BEGIN, PLAIN, SHARE, booked, to_booked

WORDS = {"en": ("blue", "green"), "cy": ("glas", "gwyrdd")}
SIGNED = {"en": "From your baby group", "cy": "Oddi wrth dy gylch babis"}
SKINS = {"plain": PLAIN, "baby_group": BABY_GROUP}


def unasked(desk: Desk) -> list[str]:
    """Every text that waits to arrive unasked, by whatever road it was written."""
    found = []
    for lane in ("reply", "reminder"):
        later = desk.now() + timedelta(days=30)
        found += desk.database.write(
            lambda tx, lane=lane, later=later: outbox.claim(
                tx, desk.vault, lane=lane, now=later, lease_seconds=1, limit=99
            )
        )
    return [each.body for each in found if each.channel == "sms"]


def whole_life(desk: Desk, phone: Phone, clock: Clock, language: str, skin: str) -> list[str]:
    """A call that is booked, reminded of, moved by the team, made, and followed up; and one that nobody answered."""
    call = to_booked(phone, language, SKINS[skin])
    clock.forward(minutes=10)
    phone.text("CHANGE" if language == "en" else "NEWID", "1", "3")
    call = booked(desk, phone)
    said = []
    desk.database.write(lambda tx: tell_parent_of_call(desk, tx, call, clock.now))
    desk.database.write(lambda tx: promises.wait_for_person(tx, call.conversation_id, clock.now, clock.now))
    apologise_for_waiting(desk, clock.now)
    for at in (call.starts_at - timedelta(hours=24), call.starts_at - timedelta(hours=1)):
        clock.now = max(at, clock.now)
        remind_of_calls(desk, clock.now)
        said += unasked(desk)
    clock.now = call.starts_at + timedelta(hours=1)
    record_call_outcome(desk, call.id, "talked", call.revision, "demo-sian", clock.now)
    assert record_next_step(desk, call.id, now_at(desk, call), "demo-sian", clock.now, choice="rest")
    clock.now += timedelta(hours=21)
    assert ask_after_call(desk, clock.now) == 1
    said += unasked(desk)
    phone.text("1", "skip" if language == "en" else "heibio")
    clock.forward(hours=5)
    phone.text(
        "CALL" if language == "en" else "GALWAD", "1", "2", "skip", "Sam", "skip", "skip", "skip", "1", *SHARE[language]
    )
    again = booked(desk, phone)
    clock.now = again.starts_at + timedelta(hours=1)
    record_call_outcome(desk, again.id, "no_answer", again.revision, "demo-sian", clock.now)
    for days in (0.2, 3):
        clock.now = (again.starts_at + timedelta(hours=1)) + timedelta(days=days)
        while offer_again(desk, clock.now) == 0:
            clock.forward(hours=1)
        said += unasked(desk)
    return list(dict.fromkeys(said))


@pytest.mark.parametrize("skin", sorted(SKINS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_arrives_unasked_looks_as_the_parent_chose_and_tells_nothing(
    desk: Desk, phone: Phone, clock: Clock, language: str, skin: str
) -> None:
    said = whole_life(desk, phone, clock, language, skin)
    assert len(said) >= 7, "moved, sorry, two reminders, the step, how was it, two for a missed call"
    for body in said:
        assert [word for word in SERVICE_WORDS[language] if word in body.lower()] == [], body
        assert tells(language, body[:40]) == [], body
        assert body.endswith(SIGNED[language]) == (skin == "baby_group"), body
        assert "Sam" not in body
        assert not set(re.findall(r"\w+", body.lower())) & set(WORDS[language]), body
        assert count_segments(body).parts <= (3 if skin == "baby_group" else 2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["1", "2"])
def test_no_check_word_is_in_any_text_after_it_was_chosen(
    desk: Desk, phone: Phone, clock: Clock, language: str, word: str
) -> None:
    both = {each for words in WORDS.values() for each in words}
    phone.text(*BEGIN[language], *PLAIN[:4])
    assert phone.conversation.step == "call_safety_word"
    later = list(phone.text(word))
    for text in (*PLAIN[5:], "1", *SHARE[language], "2", "INFO", "AGAIN", "CHANGE", "3", "hello"):
        later += phone.text(text)
        clock.forward(minutes=1)
    call = booked(desk, phone)
    clock.now = call.starts_at - timedelta(hours=1)
    remind_of_calls(desk, clock.now)
    for body in (*later, *unasked(desk)):
        assert not set(re.findall(r"\w+", body.lower())) & both, body


def sheet_of(call: Call) -> dict[str, object]:
    assert call.sheet is not None
    return dict(call.sheet)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_carries_both_words_and_what_to_do_when_texts_are_off(
    desk: Desk, phone: Phone, language: str
) -> None:
    sheet = sheet_of(to_booked(phone, language, BABY_GROUP))
    assert sheet["check_word"] == "booking.call_safety_word.blue"
    assert sheet["not_safe_word"] == "booking.call_safety_word.green"
    assert sheet["texts_off_ring"] == "yes"
    lines = {line["name"]: line for line in sheet["lines"]}  # type: ignore[attr-defined]
    assert lines["call_safety"]["label"] == "booking.call_safety.no", "a shared phone takes no voicemail"
    assert lines["call_safety_phone"]["label"] == "booking.call_safety_phone.no"
    assert {"call_safety_answer", "call_safety_hours", "call_safety_texts", "call_safety_ring"} <= lines.keys()


def test_who_skips_safe_contact_has_nothing_said_for_them(desk: Desk, phone: Phone) -> None:
    sheet = sheet_of(to_booked(phone))
    assert sheet["check_word"] is sheet["not_safe_word"] is sheet["texts_off_ring"] is None
    assert not [line for line in sheet["lines"] if line["name"].startswith("call_safety")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("answer", "kind"), [("1", "texts_off_ring"), ("2", "texts_off_no_ring"), (None, "texts_off")])
def test_texts_off_with_a_call_booked_is_a_task_that_says_what_they_answered(
    desk: Desk, phone: Phone, language: str, answer: str | None, kind: str
) -> None:
    to_booked(phone, language, None if answer is None else (*PLAIN[:6], answer, PLAIN[7]))
    phone.text("STOP", opt_out_type="STOP")
    assert {task.kind for task in desk.database.read(tasks.open_tasks)} == {kind}
    for tongue in LANGUAGES:
        assert desk.catalogue.has(tongue, f"console.task.{kind}")
        assert desk.catalogue.has(tongue, f"console.task_what.{kind}")


@pytest.mark.parametrize(
    ("word", "what"),
    [("NOTEAM", "share_team"), ("DIMTÎM", "share_team"), ("no hv", "health_visitor"), ("DIMYMWELYDD", "health_visitor"),
     ("nomidwife", "midwife"), ("dimbydwraig", "midwife"), ("NOGP", "gp"), ("dimmeddyg", "gp")],
)  # fmt: skip
def test_each_consent_is_taken_back_by_one_word_with_a_receipt(desk: Desk, phone: Phone, word: str, what: str) -> None:
    to_booked(phone)
    phone.text("BACK", "1", "1", "1")
    whose = phone.conversation.id
    assert desk.database.read(lambda tx: consents.consents(tx, whose))["gp"]
    said = phone.text(word)
    assert "Monday 23 November" in said[0]
    assert "danger" in said[0]
    assert desk.database.read(lambda tx: consents.consents(tx, whose))[what] is False
    assert "consent_withdrawn" in {task.kind for task in desk.database.read(tasks.open_tasks)}
    sheet = sheet_of(booked(desk, phone))
    assert sheet["shared"] == (what != "share_team")
    assert ("own_words" in str(sheet["lines"]) or "stage" in str(sheet["lines"])) == (what != "share_team")


def test_the_team_reads_less_also_when_the_conversation_began_anew(desk: Desk, phone: Phone, clock: Clock) -> None:
    to_booked(phone)
    phone.text("2", "hello", "3")
    assert "share_summary" not in phone.conversation.answers
    phone.text("NOTEAM")
    sheet = sheet_of(booked(desk, phone))
    assert not sheet["shared"]
    assert {line["name"] for line in sheet["lines"]} <= {"call_name", "call_number", "call_language"}  # type: ignore[attr-defined]


def made(desk: Desk, phone: Phone, clock: Clock, outcome: str, safe: tuple[str, ...] | None = None) -> Call:
    call = to_booked(phone, "en", safe)
    clock.now = call.starts_at + timedelta(hours=1)
    record_call_outcome(desk, call.id, outcome, call.revision, "demo-tom", clock.now)
    return call


def test_a_missed_call_is_offered_again_twice_days_apart_and_never_more(desk: Desk, phone: Phone, clock: Clock) -> None:
    made(desk, phone, clock, "no_answer")
    sent = []
    for _ in range(24 * 8):
        clock.forward(hours=1)
        if offer_again(desk, clock.now):
            sent.append(clock.now)
    assert len(sent) == 2
    assert sent[1] - sent[0] > timedelta(days=2)


@pytest.mark.parametrize("why", ["answers", "books", "opts_out", "loss", "alert"])
def test_offering_again_ends_when(desk: Desk, phone: Phone, clock: Clock, why: str) -> None:
    made(desk, phone, clock, "no_answer")
    clock.forward(minutes=5)
    {
        "answers": lambda: phone.text("sorry, was asleep"),
        "books": lambda: phone.text("CALL", "1", "2", "skip", "Sam", "skip", "skip", "skip", "1", "A", "skip"),
        "opts_out": lambda: phone.text("STOP", opt_out_type="STOP"),
        "loss": lambda: phone.text("my baby died"),
        "alert": lambda: phone.text("I am going to kill myself tonight"),
    }[why]()
    for _ in range(24 * 6):
        clock.forward(hours=1)
        assert offer_again(desk, clock.now) == 0


def now_at(desk: Desk, call: Call) -> int:
    """The revision of the call as it stands."""
    found = desk.database.read(lambda tx: calls.load(tx, desk.vault, call.id))
    assert found is not None
    return found.revision


def test_the_next_step_is_one_short_text_and_refuses_what_it_must(desk: Desk, phone: Phone, clock: Clock) -> None:
    call = to_booked(phone)

    def step(choice: str | None, words: str = "") -> bool:
        return record_next_step(desk, call.id, now_at(desk, call), "demo-tom", clock.now, choice=choice, words=words)

    with pytest.raises(StaleCall):
        step("rest")
    clock.now = call.starts_at + timedelta(hours=1)
    record_call_outcome(desk, call.id, "talked", call.revision, "demo-tom", clock.now)
    for words in (" \n ", "see www.example.com", "word " * 80):
        with pytest.raises(NotAStep):
            step(None, words)
    assert step(None, "You ring Beth\n on Friday")
    (body,) = unasked(desk)
    assert "You ring Beth on Friday." in body
    assert count_segments(body).parts <= 2
    with pytest.raises(AlreadyRecorded):
        step("rest")
    assert unasked(desk) == [], "a second step leaves no text behind"


def test_nothing_agreed_is_no_text_and_a_step_that_may_not_leave_is_kept_and_said(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    call = made(desk, phone, clock, "talked")
    assert record_next_step(desk, call.id, now_at(desk, call), "demo-tom", clock.now, choice="none")
    assert unasked(desk) == []
    other = Phone(desk, "+447700900778")
    second = made(desk, other, clock, "talked")
    other.text("STOP", opt_out_type="STOP")
    assert not record_next_step(desk, second.id, now_at(desk, second), "demo-tom", clock.now, choice="gp")
    assert unasked(desk) == []
    (kept,) = desk.database.read(lambda tx: call_lists.records(tx, desk.vault, second.id))
    assert kept.words == step_of(desk, "gp", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [choice for choice in CHOICES if choice != "none"])
def test_every_ready_step_fits(desk: Desk, language: str, step: str) -> None:
    assert cost_of_step(desk, language, step_of(desk, step, language)).parts <= 2


def test_how_was_it_is_asked_the_day_after_once_and_not_in_mid_conversation(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    made(desk, phone, clock, "talked")
    assert ask_after_call(desk, clock.now) == 0
    clock.forward(hours=21)
    phone.text("thanks")
    assert ask_after_call(desk, clock.now) == 0
    clock.forward(hours=7)
    asked = sum(ask_after_call(desk, clock.now + timedelta(hours=hours)) for hours in range(72))
    assert asked == 1
    assert phone.conversation.step == "after_call"


def test_one_live_call_unless_staff_allow_another(desk: Desk, phone: Phone, clock: Clock) -> None:
    first = to_booked(phone)
    phone.text("CALL")
    assert phone.conversation.step == "change_call", "a second is not booked beside the first"
    with pytest.raises(StaleCall):
        allow_another_call(desk, first.id, first.revision + 1, "demo-lead", clock.now)
    allow_another_call(desk, first.id, first.revision, "demo-lead", clock.now)
    phone.text("CALL", "1", "2", "skip", "Sam", "skip", "skip", "skip", "1", "A", "skip")
    second = booked(desk, phone)
    assert second.id != first.id
    every = phone.read(calls.every_of_conversation)
    assert [call.state for call in every] == ["booked", "booked"]
    phone.text("CALL")
    assert phone.conversation.step == "change_call"


def test_calling_off_keeps_the_record_and_staff_look_whether_it_was_safe(desk: Desk, phone: Phone) -> None:
    to_booked(phone)
    said = phone.text("CHANGE", "2")
    assert "quite all right" in said[0]
    (call,) = phone.read(calls.every_of_conversation)
    assert call.state == "called_off"
    assert "called_off_by_text" in {task.kind for task in desk.database.read(tasks.open_tasks)}
    whose = phone.conversation.id
    assert desk.database.read(lambda tx: consents.consents(tx, whose))["call"] is False


def after_not_now(phone: Phone, language: str, not_now: str, safe: tuple[str, ...]) -> Call:
    """Says that it is not safe now, asks for a call all the same, and books one; `safe` answers about safe contact."""
    begin = BEGIN[language]
    phone.text(*begin[:2], not_now)
    assert phone.conversation.step == "goodbye"
    phone.text(*begin[7:], *safe, "1", *SHARE[language])
    return booked(phone.desk, phone)


@pytest.mark.parametrize("skin", sorted(SKINS))
@pytest.mark.parametrize("not_now", ["2", "3"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_says_after_a_not_now_how_texts_may_look_is_reminded_of_the_call(
    desk: Desk, phone: Phone, clock: Clock, language: str, not_now: str, skin: str
) -> None:
    call = after_not_now(phone, language, not_now, SKINS[skin])
    clock.now = call.starts_at - timedelta(hours=1)
    remind_of_calls(desk, clock.now)
    (reminder,) = unasked(desk)
    assert reminder.endswith(SIGNED[language]) == (skin == "baby_group")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("safe", ["skipped", "no texts"])
def test_who_says_not_now_and_nothing_of_texts_since_is_not_texted(
    desk: Desk, phone: Phone, clock: Clock, language: str, safe: str
) -> None:
    answers = ("skip" if language == "en" else "heibio",) if safe == "skipped" else (*PLAIN[:5], "3", *PLAIN[6:])
    call = after_not_now(phone, language, "2", answers)
    clock.now = call.starts_at - timedelta(hours=1)
    remind_of_calls(desk, clock.now)
    assert unasked(desk) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_not_now_that_is_said_after_that_counts_again(desk: Desk, phone: Phone, clock: Clock, language: str) -> None:
    call = after_not_now(phone, language, "2", PLAIN)
    phone.text("2", "helo", "3")
    assert phone.conversation.step == "about"
    phone.text("2")
    clock.now = call.starts_at - timedelta(hours=1)
    remind_of_calls(desk, clock.now)
    assert unasked(desk) == []
