"""One message in: stored, screened, answered, once; on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func, select, update

from bot.domain.conversation import MAYBE_LOSS, Channel
from bot.domain.screening import screen
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.services.receive_message import receive_message
from bot.storage import calls, concerns, messages, outbox, tasks
from bot.storage.database import Prepared
from bot.storage.tables import conversation, conversation_event, inbound_message, outbound_message, screening
from tests.desks import Clock, Phone

ENGLISH = ("helo", "2", "yes", "2", "2", "2", "more sleep", "1", "CF31")
TO_SLOT = (*ENGLISH, "CALL", "1", "no", "skip", "Sam", "1", "2", "skip", "skip")
BOOKED = (*TO_SLOT, "1", "A", "yes", "no", "no")
DISCLOSURE = "I am going to kill myself tonight"


def count(desk: Desk, table, *where) -> int:  # type: ignore[no-untyped-def]
    statement = Prepared(select(func.count().label("n")).select_from(table).where(*where))
    return desk.database.read(lambda tx: tx.row(statement)).n


def kinds(desk: Desk) -> list[str]:
    return [task.kind for task in desk.database.read(tasks.open_tasks)]


def test_a_journey_by_text_ends_in_a_booked_call(desk: Desk, phone: Phone) -> None:
    phone.text(*TO_SLOT, "1", "A", "yes", "no", "no")
    assert phone.conversation.step == "booked"
    call = phone.read(calls.of_conversation)
    assert call is not None
    assert call.state == "booked"
    assert call.sheet is not None
    lines = {line["name"]: line for line in call.sheet["lines"]}
    assert lines["call_name"]["words"] == "Sam"
    assert lines["call_number"]["words"] == "07700 900123"
    assert lines["own_words"]["words"] == "more sleep"
    assert lines["stage"]["label"] == "self_referral.stage.under_1"


def test_a_line_taken_out_reaches_nobody(desk: Desk, phone: Phone) -> None:
    summary = phone.text(*TO_SLOT, "1")[-1]
    place = next(line.split()[0] for line in summary.splitlines() if "more sleep" in line)
    assert "more sleep" not in "".join(phone.text(place))
    phone.text("A", "skip")
    call = phone.read(calls.of_conversation)
    assert call is not None
    line = next(line for line in (call.sheet or {})["lines"] if line["name"] == "own_words")
    assert line == {"name": "own_words", "words": None, "label": None, "struck": True}


def booked_sheet(phone: Phone) -> dict[str, dict[str, object]]:
    call = phone.read(calls.of_conversation)
    assert call is not None
    assert call.sheet is not None
    return {"sheet": dict(call.sheet)} | {line["name"]: line for line in call.sheet["lines"]}


def test_a_line_taken_out_after_booking_reaches_nobody_either(phone: Phone) -> None:
    summary = phone.text(*BOOKED, *["BACK"] * 4)[-1]
    place = next(line.split()[0] for line in summary.splitlines() if "more sleep" in line)
    phone.text(place)
    assert booked_sheet(phone)["own_words"]["struck"]
    assert not booked_sheet(phone)["own_words"]["words"]
    phone.text("B")
    assert booked_sheet(phone)["sheet"]["shared"] is False
    assert booked_sheet(phone)["sheet"]["offers"] == []


def test_a_loss_after_booking_is_on_the_sheet_of_whoever_rings(desk: Desk, phone: Phone) -> None:
    phone.text(*BOOKED, "my baby died")
    assert booked_sheet(phone)["sheet"]["loss"] is True


def test_a_loss_told_to_a_person_is_on_the_sheet_too_and_the_rest_stands(desk: Desk, phone: Phone) -> None:
    phone.text(*BOOKED, "2", "hi", "start again")
    desk.database.write(lambda tx: set_status(desk, tx, phone, Status.WITH_PERSON))
    phone.text("my baby died")
    assert booked_sheet(phone)["sheet"]["loss"] is True
    assert booked_sheet(phone)["call_name"]["words"] == "Sam"


@pytest.mark.parametrize("way", [("hi", "talk"), ("hi", "start again", "yes", "2", "2", "2", "skip", "1", "CF31", "4")])
def test_who_has_a_call_is_shown_that_call_and_not_asked_for_another(phone: Phone, way: tuple[str, ...]) -> None:
    phone.text(*BOOKED, "2", *way)
    assert phone.conversation.step == "change_call"
    phone.text("leave it")
    assert booked_sheet(phone)["call_name"]["words"] == "Sam"


def test_the_same_message_twice_is_stored_once_and_answered_the_same(desk: Desk, phone: Phone) -> None:
    message = phone.message("helo")
    first = receive_message(desk, message, desk.now())
    second = receive_message(desk, message, desk.now() + timedelta(hours=24))
    assert (second.texts, second.inbound_id, second.repeated) == (first.texts, first.inbound_id, True)
    assert count(desk, inbound_message) == 1
    assert count(desk, outbound_message) == len(first.texts)
    other = receive_message(desk, message._replace(text="another"), desk.now())
    assert (other.texts, other.conflicting) == (first.texts, True)


def test_one_message_delivered_by_many_at_once_is_one_message(desk: Desk, phone: Phone) -> None:
    message = phone.message("helo")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: receive_message(desk, message, desk.now()), range(40)))
    assert {answer.texts for answer in answers} == {answers[0].texts}
    assert count(desk, inbound_message) == 1


def test_two_texts_of_one_parent_at_one_instant_both_count_in_some_order(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:4])
    messages_ = [phone.message("3"), phone.message("2")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda message: receive_message(desk, message, desk.now()), messages_))
    assert phone.conversation.step == "own_words"
    assert {"feeling", "as_you_like"} <= set(phone.conversation.answers)


@pytest.mark.parametrize("status", list(Status))
def test_every_message_is_screened_whatever_the_status(desk: Desk, phone: Phone, status: Status) -> None:
    phone.text("helo")
    desk.database.write(lambda tx: set_status(desk, tx, phone, status))
    phone.text(DISCLOSURE)
    assert count(desk, screening) == 2
    alert = desk.database.read(concerns.live)[0]
    assert alert.conversation_id == phone.conversation.id
    assert alert.severity == "immediate"


def set_status(desk: Desk, tx, phone: Phone, status: Status) -> None:  # type: ignore[no-untyped-def]
    tx.run(Prepared(update(conversation).values(status=bindparam("to"))), to=status.value)


@pytest.mark.parametrize(("words", "language"), [(DISCLOSURE, "en"), ("dwi am ladd fy hun heno", "cy")])
def test_a_disclosure_is_answered_at_once_with_a_safe_text_in_the_parents_language(
    desk: Desk, phone: Phone, words: str, language: str
) -> None:
    phone.text("helo", "1" if language == "cy" else "2", "ok")
    step = phone.conversation.step
    texts = phone.text(words)
    assert phone.conversation.step == step
    assert len(texts) == 1
    assert "999" in texts[0]
    address = desk.responses.address("suicide_self_harm", "immediate")
    assert texts[0].startswith(desk.catalogue.text(language, address, {}).split("{")[0].strip()[:12])


def test_a_disclosure_as_the_first_message_ever_is_answered_and_raised(desk: Desk, phone: Phone) -> None:
    assert "999" in phone.text(DISCLOSURE)[0]
    assert len(desk.database.read(concerns.live)) == 1
    assert phone.text("ok thanks")


def test_an_alert_and_what_announces_it_are_kept_with_the_message_and_hold_nothing_personal(
    desk: Desk, phone: Phone
) -> None:
    phone.text("helo", DISCLOSURE)
    claimed = desk.database.write(
        lambda tx: outbox.claim(tx, desk.vault, lane="alert", now=desk.now(), lease_seconds=30, limit=10)
    )
    alert = desk.database.read(concerns.live)[0]
    assert claimed
    for message in claimed:
        assert alert.reference in message.body
        assert phone.contact not in message.body
        assert "kill" not in message.body


def test_five_hundred_disclosures_of_one_parent_are_one_alert_with_a_count(desk: Desk, phone: Phone) -> None:
    phone.text(*[DISCLOSURE] * 20)
    (alert,) = desk.database.read(concerns.live)
    assert alert.count == 20


def test_what_is_said_after_an_alert_was_acknowledged_is_announced_again(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    phone.text("helo", "2", DISCLOSURE)
    alert = desk.database.read(concerns.live)[0]
    first = count(desk, outbound_message, outbound_message.c.lane == "alert")
    assert desk.database.write(lambda tx: concerns.acknowledge(tx, alert.id, "on call", clock()))
    clock.forward(hours=9)
    phone.text(DISCLOSURE, DISCLOSURE)
    assert count(desk, outbound_message, outbound_message.c.lane == "alert") == 2 * first, "once, not once a message"
    clock.forward(hours=9)
    phone.text(DISCLOSURE)
    assert count(desk, outbound_message, outbound_message.c.lane == "alert") == 3 * first


@pytest.mark.parametrize("kind", ["START", None])
def test_a_start_that_was_not_needed_is_nobodys_name(phone: Phone, kind: str | None) -> None:
    question = phone.text(*TO_SLOT[: TO_SLOT.index("Sam")])
    assert phone.text("START", opt_out_type=kind) == question
    assert "call_name" not in phone.conversation.answers


def test_help_says_who_can_help_and_asks_the_same_again(phone: Phone) -> None:
    question = phone.text(*ENGLISH[:6])[-1]
    said = phone.text("HELP", opt_out_type="HELP")
    assert "111" in " ".join(said)
    assert said[-1] == question


def test_keeping_everything_after_goodbye_asks_nothing_anew(phone: Phone) -> None:
    phone.text(*BOOKED, "2", "FORGET ME", "keep it")
    assert phone.conversation.step == "goodbye"
    assert phone.conversation.answers["call_name"] == "Sam"


def test_after_opting_out_nothing_is_said_until_start(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    assert phone.text("STOP") == ()
    assert phone.conversation.status is Status.OPTED_OUT
    assert phone.text("hello?", "1", "CALL") == ()
    before = count(desk, outbound_message)
    assert phone.text("are you there") == ()
    assert count(desk, outbound_message) == before
    assert phone.text("START")
    assert phone.conversation.status is Status.WITH_BOT


@pytest.mark.parametrize("word", ["STOP", "Stop.", "unsubscribe", "CANCEL", "end", "quit"])
def test_twilios_own_words_opt_out(phone: Phone, word: str) -> None:
    phone.text("helo")
    assert phone.text(word) == ()
    assert phone.conversation.status is Status.OPTED_OUT


def test_opting_out_with_a_booked_call_becomes_a_task(desk: Desk, phone: Phone) -> None:
    phone.text(*TO_SLOT, "1", "A", "skip", "STOP")
    assert "texts_off" in kinds(desk)


def test_danger_told_while_texts_are_off_asks_a_person_to_decide(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2", "STOP")
    assert phone.text(DISCLOSURE) == ()
    assert kinds(desk) == ["texts_off"]


def test_with_a_person_the_bot_is_silent(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    desk.database.write(lambda tx: set_status(desk, tx, phone, Status.WITH_PERSON))
    assert phone.text("CALL", "hello", "1") == ()


@pytest.mark.parametrize("contact", ["85258", "+353861234567", "+441443700123", "NHSWales"])
def test_what_we_cannot_answer_is_kept_screened_and_heard_by_staff(desk: Desk, contact: str) -> None:
    phone = Phone(desk, contact)
    assert phone.text(DISCLOSURE, can_reply=False) == ()
    assert kinds(desk) == ["cannot_reply"]
    assert count(desk, screening, screening.c.level == "immediate") == 1
    (alert,) = desk.database.read(concerns.live)
    assert count(desk, outbound_message, outbound_message.c.lane == "alert") > 0
    assert [entry.text for entry in phone.read(messages.thread)] == [DISCLOSURE]
    assert alert.conversation_id == phone.conversation.id


def test_after_a_gap_the_parent_is_asked_whether_to_carry_on(phone: Phone, clock: Clock) -> None:
    phone.text(*ENGLISH[:4])
    clock.forward(hours=5)
    phone.text("hi")
    assert phone.conversation.step == "paused"
    phone.text("1")
    assert phone.conversation.step == "feeling"


def test_after_a_gap_start_again_starts_again(phone: Phone, clock: Clock) -> None:
    phone.text(*ENGLISH[:4])
    clock.forward(hours=5)
    phone.text("hi", "2")
    assert phone.conversation.step == "about"
    assert "stage" not in phone.conversation.answers


def test_after_thirty_days_nothing_of_before_is_said(phone: Phone, clock: Clock) -> None:
    phone.text(*ENGLISH)
    clock.forward(days=31)
    said = " ".join(phone.text("AGAIN"))
    assert "more sleep" not in said
    assert phone.conversation.answers.get("own_words") is None


@pytest.mark.parametrize(
    ("start", "loss", "danger", "more"),
    [
        (ENGLISH, "my baby died", "my partner hit me", ("hello", "1", "2", "yes", "1")),
        (("helo", "1", "ie", "2"), "bu farw fy mabi", "mae fy mhartner yn fy nharo", ("helo", "1", "2", "ie", "1")),
    ],
    ids=["en", "cy"],
)
def test_a_loss_is_known_after_a_silence_that_ends_in_danger(
    desk: Desk, phone: Phone, clock: Clock, start: tuple[str, ...], loss: str, danger: str, more: tuple[str, ...]
) -> None:
    phone.text(*start, loss)
    clock.forward(days=33)
    assert "999" in " ".join(phone.text(danger))
    assert phone.conversation.step == desk.library.flow.start_after_loss
    for text in more:
        for said in phone.text(text):
            assert not list(desk.glossary.found("after_loss", phone.conversation.language or "en", said)), said


def test_the_language_is_taken_from_a_clear_first_text(phone: Phone) -> None:
    phone.text("Helo, dwi angen siarad gyda rhywun am y babi")
    assert phone.conversation.language == "cy"
    assert phone.conversation.step == "about"


@pytest.mark.parametrize(("word", "language"), [("CYMRAEG", "cy"), ("English", "en"), ("skip", "en"), ("ETO", "cy")])
def test_a_word_that_works_anywhere_is_a_first_word_too_and_hides_nothing(
    desk: Desk, phone: Phone, word: str, language: str
) -> None:
    said = phone.text(word)
    assert phone.conversation.language == language
    assert phone.conversation.step == "about"
    assert str(desk.team.keep_days) in said[1], "who answers, who we are and what we keep is said first"


def test_until_a_language_is_chosen_choices_are_read_in_both(phone: Phone) -> None:
    phone.text("helo")
    question = phone.text("baby died")[-1]
    assert "1 Siarad gyda rhywun / Talk to someone" in question.splitlines()


@pytest.mark.parametrize(("word", "language"), [("call", "en"), ("GALWAD", "cy"), ("will you take my baby?", "en")])
def test_a_word_that_is_clearly_of_one_language_chooses_it(phone: Phone, word: str, language: str) -> None:
    phone.text("helo", word)
    assert phone.conversation.language == language


def test_a_switch_is_offered_after_two_messages_in_the_other_language_and_never_made(phone: Phone) -> None:
    phone.text(*ENGLISH[:4])
    first = phone.text("dwi ddim yn teimlo'n dda iawn am hyn")
    assert "CYMRAEG" not in " ".join(first)
    second = phone.text("mae popeth yn anodd iawn ar hyn o bryd")
    assert "CYMRAEG" in second[-1]
    assert phone.conversation.language == "en"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (ENGLISH[:6], "at the other end of this who is there and who do they answer to"),
        ((*ENGLISH[:1], "1", "ie", "2", "2", "2"), "oes 'na rywun swyddogol yn mynd i ddod i'r golwg ar ôl hyn"),
    ],
)
def test_what_only_sounds_like_a_fear_is_answered_once_and_then_taken_as_an_answer(
    phone: Phone, texts: tuple[str, ...], words: str
) -> None:
    phone.text(*texts)
    asked = phone.conversation.step
    answered = phone.text(words)
    assert len(answered) > 2, "the honest answer, and the same question again"
    assert phone.conversation.step == asked
    assert len(phone.text(words)) == 1
    assert phone.conversation.step != asked
    assert len(phone.text(words)) > 2, "it was the answer to that question alone"
    plain = {"en": "will you take my baby?", "cy": "fyddwch chi'n mynd â'r babi?"}[phone.conversation.language or ""]
    assert [len(phone.text(plain)) > 2 for _ in range(2)] == [True, True], "in plain words as often as it is asked"


def test_what_only_sounds_like_a_fear_is_answered_again_where_no_words_are_asked_for(
    phone: Phone, clock: Clock
) -> None:
    phone.text(*BOOKED)
    assert len(phone.text("at the other end of this who is there and who do they answer to")) > 2
    clock.forward(days=5)
    assert len(phone.text("if i answer all this does it end up with somebody official turning up")) > 2


@pytest.mark.parametrize("words", ["baby died", "sids", "colled babi", "neonatal death", "ges i gamesgoriad"])
def test_a_loss_in_the_very_first_text_is_heard_whatever_its_language(phone: Phone, words: str) -> None:
    phone.text(words)
    assert phone.conversation.loss or phone.conversation.step == MAYBE_LOSS


@pytest.mark.parametrize("words", ["my baby died", "mi fu farw fy mabi", "sids", "she passed away"])
def test_the_first_words_to_who_tells_of_a_loss_are_of_that(phone: Phone, words: str) -> None:
    first = phone.text(words)[0]
    assert "computer" not in first
    assert "Cyfrifiadur" not in first


@pytest.mark.parametrize("words", ["will you take my baby?", "afraid of losing custody", "golla i fy mhlant"])
def test_a_fear_in_the_very_first_text_is_answered(phone: Phone, words: str) -> None:
    assert "honest_answer" in screen(words, phone.desk.hears).categories
    assert len(phone.text(words)) > 3


@pytest.mark.parametrize(
    "first",
    ["hi I need some help with my baby please", "helo, dwi angen help gyda fy mabi plis", "ENGLISH", "GALWAD", "CALL",
     "skip", "helo", "2", "will you take my baby?", "🙂", "FORGET ME"],
)  # fmt: skip
def test_whoever_writes_first_reads_that_a_computer_answers_and_whom_to_ring(phone: Phone, first: str) -> None:
    said = " ".join(phone.text(first))
    assert "computer" in said or "Cyfrifiadur" in said
    assert "999" in said
    assert "111" in said
    again = " ".join(phone.text("what"))
    assert "not an emergency line" not in again or "Which language" in again, "said once"


@pytest.mark.parametrize("words", ["FORGET ME", "ANGHOFIA FI"])
def test_who_opted_out_and_asks_to_be_forgotten_is_left_to_a_person_in_silence(phone: Phone, words: str) -> None:
    phone.text(*ENGLISH[:5])
    phone.text("STOP", opt_out_type="STOP")
    assert phone.text(words) == ()
    assert "asks_to_be_forgotten" in kinds(phone.desk)


@pytest.mark.parametrize("words", ["will you take my baby?", "fyddwch chi'n mynd â'r babi?"])
@pytest.mark.parametrize("step", [3, 6, 8])
def test_will_you_take_my_baby_gets_an_answer_and_then_the_same_question(phone: Phone, step: int, words: str) -> None:
    question = phone.text(*ENGLISH[:step])[-1]
    before = phone.conversation.step
    answer = phone.text(words)
    assert phone.conversation.step == before
    assert answer[-1] == question
    assert len(answer) == 4


@pytest.mark.parametrize("words", ["my baby died", "mi fu farw fy mabi", "I lost the baby"])
def test_a_loss_opens_its_own_door_from_anywhere(phone: Phone, words: str) -> None:
    phone.text(*ENGLISH[:5], words)
    assert phone.conversation.loss
    assert phone.conversation.step == "loss"


@pytest.mark.parametrize(
    "words",
    ["my baby died and I want to kill myself", "will you take my son? my baby died", "bu farw fy mabi. dw i isio marw"],
)
def test_a_loss_is_heard_beside_whatever_else_a_message_says(phone: Phone, words: str) -> None:
    phone.text(*ENGLISH[:4])
    said = phone.text(words)
    assert phone.conversation.loss
    assert phone.conversation.step == "loss"
    assert "so very sorry" in " ".join(said)


def test_danger_is_answered_before_a_loss_in_the_same_message(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:4])
    assert "999" in phone.text(f"My baby died. {DISCLOSURE}")[0]
    assert phone.read(lambda tx, _, its_id: concerns.of_conversation(tx, its_id))[0].severity == "immediate"


def test_a_loss_goes_before_moving_the_call(phone: Phone) -> None:
    phone.text(*TO_SLOT, "1", "A", "yes", "no", "no", "I can't make the call, my baby died")
    assert phone.conversation.step == "loss"


MAYBE = {"en": "she passed away on Monday", "cy": "mi fuodd hi farw ddoe"}


@pytest.mark.parametrize("language", ["en", "cy"])
def test_words_that_may_tell_of_a_loss_are_asked_about_and_yes_is_for_good(
    desk: Desk, phone: Phone, language: str
) -> None:
    phone.text("helo", {"en": "2", "cy": "1"}[language], *ENGLISH[2:5])
    asked = phone.text(MAYBE[language])
    assert asked[0].startswith(desk.catalogue.text(language, "side_doors.maybe_loss.ask"))
    assert not phone.conversation.loss
    assert phone.text("1")[0] == desk.catalogue.text(language, "side_doors.loss.say")
    assert phone.conversation.loss


@pytest.mark.parametrize("language", ["en", "cy"])
def test_who_meant_something_else_is_asked_the_same_question_again_and_not_asked_twice(
    desk: Desk, phone: Phone, language: str
) -> None:
    question = phone.text("helo", {"en": "2", "cy": "1"}[language], *ENGLISH[2:5])[-1]
    step = phone.conversation.step
    phone.text(MAYBE[language])
    assert phone.text("2") == (desk.catalogue.text(language, "side_doors.no_loss.say"), question)
    assert (phone.conversation.loss, phone.conversation.step) == (False, step)
    phone.text(MAYBE[language])
    assert phone.conversation.step != MAYBE_LOSS
    phone.text({"en": "my baby died", "cy": "bu farw fy mabi"}[language])
    assert phone.conversation.loss


@pytest.mark.parametrize("answer", ["yes she died", "sadly yes", "she passed away", "ydw, bu farw", "my baby died"])
def test_yes_in_their_own_words_is_understood(phone: Phone, answer: str) -> None:
    phone.text(*ENGLISH[:5], "she passed away", answer)
    assert phone.conversation.loss


@pytest.mark.parametrize("answer", ["no", "no my dad died", "no, she's fine", "nac ydw", "na, mae'r babi'n iawn", "ok"])
def test_anything_but_a_yes_switches_nothing_off(phone: Phone, answer: str) -> None:
    phone.text(*ENGLISH[:5], "she passed away", answer)
    assert not phone.conversation.loss


@pytest.mark.parametrize(
    "words",
    ["my dad was ill and he died", "I watched a film where a baby died", "we lost her favourite bunny",
     "I lost my son to adoption", "I had a miscarriage years ago before my boys",
     "bu farw fy nhad, fuodd o farw nos Lun"],
)  # fmt: skip
def test_somebody_else_s_loss_or_one_long_ago_switches_nothing_off(phone: Phone, words: str) -> None:
    phone.text(*ENGLISH[:6], words)
    assert not phone.conversation.loss


def test_danger_is_answered_and_nobody_is_asked_whether_a_baby_died(phone: Phone) -> None:
    phone.text(*ENGLISH[:5])
    assert "999" in phone.text("he is not breathing and his heart stopped")[0]
    assert phone.conversation.step != MAYBE_LOSS


@pytest.mark.parametrize("status", [Status.WITH_PERSON, Status.OPTED_OUT])
@pytest.mark.parametrize("words", ["my baby died", "my baby died and I want to kill myself"])
def test_a_loss_told_while_the_bot_is_silent_is_known_when_it_speaks_again(
    desk: Desk, phone: Phone, status: Status, words: str
) -> None:
    phone.text(*ENGLISH[:4])
    desk.database.write(lambda tx: set_status(desk, tx, phone, status))
    phone.text(words)
    assert phone.conversation.status is status
    assert phone.conversation.loss
    desk.database.write(lambda tx: set_status(desk, tx, phone, Status.WITH_BOT))
    assert "baby" not in " ".join(phone.text("hello?"))


def test_forget_me_asks_once_and_then_nothing_is_left(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH, "FORGET ME")
    assert phone.conversation.step == "forget"
    contact = phone.contact
    last = phone.message("1")
    answer = receive_message(desk, last, desk.now())
    assert answer.texts
    assert count(desk, inbound_message, inbound_message.c.body.is_not(None)) == 0
    assert count(desk, outbound_message, outbound_message.c.body.is_not(None)) == 0
    assert receive_message(desk, last, desk.now()).repeated
    assert Phone(desk, contact).text("helo")


def test_forget_me_with_an_open_alert_waits_for_a_person(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2", DISCLOSURE, "FORGET ME", "1")
    assert phone.conversation.step == "not_erased"
    assert "asks_to_be_forgotten" in kinds(desk)
    assert count(desk, inbound_message, inbound_message.c.body.is_not(None)) == 5


def test_a_fault_of_ours_ends_with_a_holding_text_and_a_person(
    desk: Desk, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a fault of ours")

    phone.text("helo")
    monkeypatch.setattr("bot.services.receive_message.answer_parent", broken)
    said = phone.text(DISCLOSURE)
    helplines = {"emergency": desk.helplines["emergency"]}
    for language in ("cy", "en"):
        assert desk.catalogue.text(language, "common.holding", helplines) in said[0]
    assert kinds(desk) == ["bot_failed"]
    assert desk.database.read(concerns.live)


def test_attachments_are_counted_and_said_to_be_unseen(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    assert phone.text("", media_count=3)[0] == desk.catalogue.text("en", "common.attachment", {})
    assert count(desk, inbound_message, inbound_message.c.media_count == 3) == 1


def test_a_slot_taken_meanwhile_is_said_to_be_gone(desk: Desk, phone: Phone) -> None:
    other = Phone(desk, "+447700900777")
    phone.text(*TO_SLOT)
    other.text(*TO_SLOT, "1")
    answer = phone.text("1")
    assert answer[0] == desk.catalogue.text("en", "booking.slot.gone", {})
    assert phone.conversation.step == "slot"


def test_a_hold_that_lapsed_is_booked_all_the_same_while_nobody_took_it(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*TO_SLOT, "1")
    clock.forward(minutes=30)
    phone.text("A", "skip")
    assert phone.conversation.step == "booked"


def test_a_booked_call_is_moved_and_called_off_without_a_second_one(desk: Desk, phone: Phone) -> None:
    phone.text(*TO_SLOT, "1", "A", "skip", "CHANGE", "1", "2")
    assert phone.conversation.step == "goodbye"
    every = phone.read(calls.every_of_conversation)
    assert [call.state for call in every] == ["booked"]
    phone.text("NEWID", "2")
    every = phone.read(calls.every_of_conversation)
    assert [call.state for call in every] == ["called_off"]


def test_a_call_whose_time_has_passed_is_not_said_to_be_booked(phone: Phone, clock: Clock) -> None:
    phone.text(*BOOKED)
    clock.forward(days=3)
    phone.text("CHANGE")
    assert phone.conversation.step == "no_call"
    phone.text("CALL")
    assert phone.conversation.step == "call_offer"
    phone.text("1", "no", "skip", "Sam", "1", "2", "skip", "skip", "1")
    call = phone.read(calls.of_conversation)
    assert call is not None
    assert call.starts_at > clock()


def test_the_thread_holds_both_sides_in_order(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    thread = phone.read(messages.thread)
    assert [entry.who for entry in thread][:3] == ["parent", "bot", "parent"]
    assert thread[0].text == "helo"


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.TERMINAL])
def test_every_channel_enters_at_the_same_door(desk: Desk, channel: Channel) -> None:
    phone = Phone(desk, "a-token-that-nobody-can-guess", channel)
    phone.text("helo", "2", "yes", "STOP")
    assert phone.conversation.status is Status.WITH_BOT
    phone.text(DISCLOSURE)
    assert desk.database.read(concerns.live)


def test_what_is_left_of_somebody_forgotten_says_nothing_of_what_happened(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2", "yes", "7")
    assert phone.conversation.loss
    phone.text("FORGET ME", "1")
    everything = Prepared(select(conversation.c.loss, conversation.c.language, conversation.c.step))
    assert [tuple(row) for row in desk.database.read(lambda tx: tx.rows(everything))] == [(False, None, "erased")]
    states = Prepared(select(conversation_event.c.from_state, conversation_event.c.to_state))
    assert {tuple(row) for row in desk.database.read(lambda tx: tx.rows(states))} == {(None, None)}


@pytest.mark.parametrize("word", ["START", "UNSTOP", "YES", "yes"])
def test_the_networks_own_words_bring_texts_back(phone: Phone, word: str) -> None:
    phone.text("helo", "2", "STOP")
    assert phone.text(word)
    assert phone.conversation.status is Status.WITH_BOT
