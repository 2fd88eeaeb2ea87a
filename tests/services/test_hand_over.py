"""A person takes over and gives back: one owner, one holding line, never two voices; STOP, FORGET ME, danger."""

import pytest

from bot.domain.conversation import LANGUAGES, Channel
from bot.domain.status import MoveNotAllowed, Status
from bot.services.desk import Desk
from bot.services.hand_back import hand_back
from bot.services.reply_as_person import CannotBeSent, reply_as_person
from bot.services.take_over import SomebodyElseHasIt, take_over
from bot.storage import audit, concerns, conversations, messages, promises, tasks
from tests.desks import Clock, Phone

SIAN, GWEN = "staff:1", "staff:2"
BEGIN = {"en": ("helo", "2", "yes", "2"), "cy": ("helo", "1", "ie", "2")}
DANGER = {"en": "I am going to kill myself tonight", "cy": "dwi'n mynd i ladd fy hun heno"}
LOSS = {"en": "my baby died", "cy": "bu farw fy mabi"}
FORGET = {"en": "FORGET ME", "cy": "ANGHOFIWCH FI"}


def taken(desk: Desk, phone: Phone, language: str = "en", who: str = SIAN) -> str:
    """A journey that a person takes over in the middle; the conversation's id."""
    phone.text(*BEGIN[language])
    take_over(desk, phone.conversation.id, who, desk.now())
    return phone.conversation.id


def line(desk: Desk, language: str, name: str) -> str:
    """The beginning of an agreed line, up to what it quotes."""
    return desk.catalogue.text(language, f"common.person.{name}").partition(":")[0]


def kinds(desk: Desk) -> set[str]:
    return {task.kind for task in desk.database.read(tasks.open_tasks)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_holding_line_a_take_over_and_then_silence(desk: Desk, phone: Phone, language: str) -> None:
    id_ = taken(desk, phone, language)
    held = phone.text("?")
    assert len(held) == 1
    assert held[0].startswith(line(desk, language, "reading"))
    assert phone.text("?", "3") == ()
    hand_back(desk, id_, SIAN, desk.now())
    take_over(desk, id_, GWEN, desk.now())
    assert len(phone.text("?")) == 1, "another take-over, another line"


@pytest.mark.parametrize("language", LANGUAGES)
def test_out_of_hours_the_line_says_when(desk: Desk, phone: Phone, clock: Clock, language: str) -> None:
    taken(desk, phone, language)
    clock.forward(hours=10)
    (held,) = phone.text("?")
    assert held.startswith(line(desk, language, "later"))
    assert {"en": "Tuesday 24 November at 09:00", "cy": "dydd Mawrth 24 Tachwedd am 09:00"}[language] in held


def test_who_has_had_an_answer_is_not_told_that_a_person_is_there(desk: Desk, phone: Phone, clock: Clock) -> None:
    id_ = taken(desk, phone)
    reply_as_person(desk, id_, "Hello, Siân here.", SIAN, desk.now(), once="a")
    assert phone.text("hello") == ()
    clock.forward(hours=10)
    assert len(phone.text("are you there")) == 1, "at night they are told when"


def test_what_the_worker_would_still_have_sent_is_not_the_bots_to_say(desk: Desk, phone: Phone) -> None:
    taken(desk, phone)
    phone.text("one", "two", "three")
    ours = [entry for entry in phone.read(messages.thread) if entry.who == "bot"]
    assert sum("not the computer" in (entry.text or "") for entry in ours) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_answered_while_a_person_has_it(desk: Desk, phone: Phone, language: str) -> None:
    taken(desk, phone, language)
    said = phone.text(DANGER[language])
    assert len(said) == 1, "never two replies to one message"
    assert "999" in said[0]
    assert phone.conversation.status is Status.WITH_PERSON
    (alert,) = desk.database.read(concerns.live)
    assert alert.severity == "immediate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_is_obeyed_and_the_person_is_told(desk: Desk, phone: Phone, language: str) -> None:
    id_ = taken(desk, phone, language)
    assert phone.text("STOP", opt_out_type="STOP") == ()
    assert phone.conversation.status is Status.OPTED_OUT
    assert "texts_off" in kinds(desk)
    with pytest.raises(MoveNotAllowed):
        reply_as_person(desk, id_, "Hello", SIAN, desk.now(), once="a")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_loss_told_to_a_person_is_known_for_good(desk: Desk, phone: Phone, language: str) -> None:
    id_ = taken(desk, phone, language)
    phone.text(LOSS[language])
    assert phone.conversation.loss
    hand_back(desk, id_, SIAN, desk.now())
    assert phone.conversation.step == "back_again"
    assert not any({"en": "your baby", "cy": "dy fabi"}[language] in text for text in phone.sent())


@pytest.mark.parametrize("language", LANGUAGES)
def test_forget_me_asks_once_and_erases_while_a_person_has_it(desk: Desk, phone: Phone, language: str) -> None:
    id_ = taken(desk, phone, language)
    (asked,) = phone.text(FORGET[language])
    assert "1 " in asked
    (gone,) = phone.text("1")
    assert gone == desk.catalogue.text(language, "side_doors.erased.say")
    stored = desk.database.read(lambda tx: conversations.load(tx, desk.vault, id_))
    assert stored is not None
    assert stored.contact == ""
    assert desk.database.read(promises.everyone) == ()


@pytest.mark.parametrize("answer", ["2", "sorry, I meant something else"])
def test_who_keeps_it_after_all_is_with_the_person_again(desk: Desk, phone: Phone, answer: str) -> None:
    taken(desk, phone)
    phone.text("hello", "FORGET ME")
    assert phone.text(answer) == ()
    assert (phone.conversation.status, phone.conversation.step) == (Status.WITH_PERSON, "feeling")
    assert phone.text("still here") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_forget_me_with_an_open_alert_waits_for_a_person(desk: Desk, phone: Phone, language: str) -> None:
    taken(desk, phone, language)
    phone.text(DANGER[language], FORGET[language], "1")
    assert "asks_to_be_forgotten" in kinds(desk)
    assert phone.stored.contact
    assert phone.conversation.status is Status.WITH_PERSON


def test_one_owner_and_the_other_is_told_who(desk: Desk, phone: Phone) -> None:
    id_ = taken(desk, phone)
    take_over(desk, id_, SIAN, desk.now())
    for act in (
        lambda: take_over(desk, id_, GWEN, desk.now()),
        lambda: take_over(desk, id_, GWEN, desk.now(), taking_from="staff:9"),
        lambda: reply_as_person(desk, id_, "Hello", GWEN, desk.now(), once="a"),
        lambda: hand_back(desk, id_, GWEN, desk.now()),
    ):
        with pytest.raises(SomebodyElseHasIt) as refused:
            act()
        assert refused.value.owner == SIAN
    assert phone.stored.person == SIAN


def test_a_colleague_may_take_it_on_purpose_and_that_is_on_the_record(desk: Desk, phone: Phone) -> None:
    id_ = taken(desk, phone)
    phone.text("hello")
    take_over(desk, id_, GWEN, desk.now(), taking_from=SIAN)
    assert phone.stored.person == GWEN
    assert phone.text("hello") == (), "for the parent nothing has changed"
    with pytest.raises(SomebodyElseHasIt):
        reply_as_person(desk, id_, "Hello", SIAN, desk.now(), once="a")
    trail = desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert [(entry.who, entry.action) for entry in trail] == [(SIAN, "take_over"), (GWEN, "take_from")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_back_the_parent_is_told_and_asked_the_same_again(desk: Desk, phone: Phone, language: str) -> None:
    question = phone.text(*BEGIN[language])[-1]
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    hand_back(desk, phone.conversation.id, SIAN, desk.now())
    assert phone.sent() == (desk.catalogue.text(language, "common.person.back"), question)
    assert phone.stored.person is None
    phone.text("1")
    assert phone.conversation.step == "as_you_like"


def test_on_a_page_the_choices_are_buttons_and_not_words(desk: Desk) -> None:
    browser = Phone(desk, "w" * 43, Channel.WEB)
    browser.text(*BEGIN["en"])
    take_over(desk, browser.conversation.id, SIAN, desk.now())
    hand_back(desk, browser.conversation.id, SIAN, desk.now())
    last = browser.read(messages.thread)[-1]
    assert (last.who, last.state) == ("bot", "answered")
    assert "How do you feel" in (last.text or "")
    assert "1 " not in (last.text or "")


NOT_SAFE = [{"about": "not_now"}, {"about": "not_sure"}, {"call_safety": "no"}, {"call_safety_answer": "ring_off"}]


def answer(desk: Desk, phone: Phone, answers: dict[str, str]) -> None:
    """What they said of safe contact."""
    told = phone.conversation._replace(answers={**phone.conversation.answers, **answers})
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, told, desk.now(), heard=False))


@pytest.mark.parametrize("answers", NOT_SAFE)
def test_a_person_is_warned_and_must_say_all_the_same(desk: Desk, phone: Phone, answers: dict[str, str]) -> None:
    id_ = taken(desk, phone)
    answer(desk, phone, answers)
    with pytest.raises(CannotBeSent) as refused:
        reply_as_person(desk, id_, "Hello", SIAN, desk.now(), once="a")
    assert refused.value.reason == "not_safe"
    assert phone.sent() == ()
    reply_as_person(desk, id_, "Hello", SIAN, desk.now(), once="a", though_not_safe=True)
    assert phone.sent() == ("Hello",)
    trail = desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert trail[-1].action == "reply_not_safe"


@pytest.mark.parametrize("answers", NOT_SAFE)
def test_given_back_where_texting_is_not_safe_says_nothing(desk: Desk, phone: Phone, answers: dict[str, str]) -> None:
    id_ = taken(desk, phone)
    answer(desk, phone, answers)
    hand_back(desk, id_, SIAN, desk.now())
    assert phone.sent() == ()
    assert phone.text("1"), "what they ask themselves is answered"


def test_a_safe_contact_answer_on_the_sheet_of_a_booked_call_counts_after_starting_again(
    desk: Desk, phone: Phone
) -> None:
    start = ("helo", "2", "yes", "2", "2", "2", "more sleep", "1", "CF31", "CALL", "1", "no", "skip", "Sam", "2")
    phone.text(*start, "skip", "1", "2", *["skip"] * 6, "1", "A", "yes", "no", "no")
    assert phone.conversation.step == "booked"
    answer(desk, phone, {"call_safety": ""})
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    with pytest.raises(CannotBeSent):
        reply_as_person(desk, phone.conversation.id, "Hello", SIAN, desk.now(), once="a")


def test_the_clock_starts_at_the_parents_own_message(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*BEGIN["en"])
    began = clock.now
    phone.text("I want to give up and kill myself")
    clock.forward(minutes=40)
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    phone.text("hello?")
    (waiting,) = desk.database.read(promises.everyone)
    assert waiting.since == began, "not at the take-over, and not at the second message"
    reply_as_person(desk, phone.conversation.id, "Hello", SIAN, desk.now(), once="a")
    assert desk.database.read(promises.everyone) == ()
    clock.forward(minutes=5)
    phone.text("thank you")
    (waiting,) = desk.database.read(promises.everyone)
    assert waiting.since == clock.now
    assert waiting.due_at == desk.now().replace(hour=17, minute=0)
