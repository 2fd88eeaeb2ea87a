"""Staff record a loss, or correct one; and after a loss no road leads to a text about a baby. On both engines."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from bot.domain.contact import KINDS
from bot.domain.conversation import LANGUAGES, MAYBE_LOSS, Channel
from bot.domain.status import Status
from bot.gateways.roads import Roads
from bot.services.desk import Desk
from bot.services.hand_back import hand_back
from bot.services.record_call_outcome import record_call_outcome
from bot.services.record_loss import record_loss
from bot.services.record_next_step import record_next_step
from bot.services.remind_of_calls import remind_of_calls
from bot.services.run_worker import CHORES
from bot.services.send_due import send_due
from bot.services.take_over import NoSuchConversation, take_over
from bot.services.tell_parent_of_call import tell_parent_of_call
from bot.storage import audit, calls, conversations, losses, outbox, promises, tasks
from bot.storage.database import Prepared
from bot.storage.outbox import OutboundMessage
from bot.storage.tables import outbound_message
from tests.desks import Clock, Phone
from tests.services.test_receive_message import ENGLISH
from tests.services.test_send_message import FakeEmail, FakeTexts
from tests.services.to_a_call import BABY_GROUP, to_booked

SIAN = "staff:1"
# Ways to speak of a baby, or as from a baby group, that no text may hold.
OF_A_BABY = {
    "en": ("baby", "babies", "your child", "little one"),
    "cy": ("babi", "babis", "fabi", "blentyn", "un bach"),
}
STAY = ("safety", "person", "person_confirmed")
_EVERYTHING = Prepared(select(outbound_message))
DIED = {"en": "my baby died", "cy": "bu farw fy mabi"}


def sent(desk: Desk) -> list[str]:
    """What leaves when the worker looks at both lanes."""
    road = FakeTexts()
    for lane in ("reply", "reminder"):
        while send_due(desk, Roads(road, FakeEmail()), lane, desk.now()):
            pass
    return [body for _, body in road.sent]


def task_kinds(desk: Desk) -> set[str]:
    return {task.kind for task in desk.database.read(tasks.open_tasks)}


def put(desk: Desk, phone: Phone, kind: str, body: str) -> None:
    message = OutboundMessage(
        "reminder", kind, "sms", phone.contact, body, f"{kind}:{body}", desk.now(),
        conversation_id=phone.conversation.id,
    )  # fmt: skip
    desk.database.write(lambda tx: outbox.put(tx, desk.vault, message, desk.now()))


# --- what staff record


def test_staff_record_exactly_what_the_parent_s_own_words_do(desk: Desk) -> None:
    told, heard = Phone(desk, "+447700900111"), Phone(desk, "+447700900222")
    for phone in (told, heard):
        phone.text(*ENGLISH[:6])
    heard.text(DIED["en"])
    assert record_loss(desk, told.conversation.id, SIAN, desk.now())
    one, other = told.conversation, heard.conversation
    assert (one.loss, one.trail, one.resume, one.answers) == (True, (), None, other.answers)
    assert one.answers["stage"] == "loss"
    assert one.status is other.status


def test_it_is_written_down_who_and_when_and_twice_changes_nothing(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*ENGLISH[:5])
    id_ = phone.conversation.id
    assert record_loss(desk, id_, SIAN, clock.now)
    at = clock.now
    clock.forward(hours=1)
    assert not record_loss(desk, id_, "staff:2", clock.now)
    known = desk.database.read(lambda tx: losses.known(tx, id_))
    assert known == losses.KnownLoss(at, SIAN)
    told = desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert [(entry.who, entry.action, entry.at) for entry in told] == [(SIAN, "record_loss", at)]


def test_two_who_record_it_at_once_record_it_once(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:5])
    id_, start, done = phone.conversation.id, Barrier(2), []

    def go(who: str) -> None:
        start.wait()
        done.append(record_loss(desk, id_, who, desk.now()))

    both = [Thread(target=go, args=(f"staff:{number}",)) for number in (1, 2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(done) == [False, True]
    assert len(desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))) == 1


def test_the_parent_is_told_nothing_and_is_met_kindly_when_they_write(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:4])
    assert phone.conversation.step == "feeling"
    record_loss(desk, phone.conversation.id, SIAN, desk.now())
    assert sent(desk) == []
    said = " ".join(phone.text("hmm"))
    assert not any(word in said for word in OF_A_BABY["en"])
    assert phone.conversation.step == desk.library.flow.start_after_loss


def test_every_sheet_of_the_parent_says_so(desk: Desk, phone: Phone, clock: Clock) -> None:
    call = to_booked(phone)
    record_loss(desk, call.conversation_id, SIAN, clock.now)
    (kept,) = phone.read(calls.every_of_conversation)
    assert kept.sheet is not None
    assert kept.sheet["loss"] is True
    assert kept.state == "booked", "the call stays"
    record_loss(desk, call.conversation_id, SIAN, clock.now, taken_back=True)
    (kept,) = phone.read(calls.every_of_conversation)
    assert kept.sheet is not None
    assert kept.sheet["loss"] is False


@pytest.mark.parametrize("taken_back", [False, True])
def test_nobody_is_nobody(desk: Desk, taken_back: bool) -> None:
    with pytest.raises(NoSuchConversation):
        record_loss(desk, "0" * 32, SIAN, desk.now(), taken_back=taken_back)


# --- what staff correct


@pytest.mark.parametrize("by", ["staff", "parent"])
def test_staff_correct_what_was_recorded_or_read_by_mistake(desk: Desk, phone: Phone, clock: Clock, by: str) -> None:
    phone.text(*ENGLISH[:5])
    id_ = phone.conversation.id
    if by == "staff":
        record_loss(desk, id_, SIAN, clock.now)
    else:
        phone.text(DIED["en"])
    clock.forward(hours=1)
    assert record_loss(desk, id_, SIAN, clock.now, taken_back=True)
    assert not phone.conversation.loss
    assert "stage" not in phone.conversation.answers
    assert desk.database.read(lambda tx: losses.known(tx, id_)) is None
    entries = desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert (entries[-1].who, entries[-1].action, entries[-1].at) == (SIAN, "take_back_loss", clock.now)
    assert phone.text("hello")
    assert not phone.conversation.loss


@pytest.mark.parametrize("words", ["no", "she is alive", "START", "that was wrong, my baby is fine", "2", "BACK"])
def test_nothing_that_the_bot_hears_takes_a_loss_back(desk: Desk, phone: Phone, words: str) -> None:
    phone.text(*ENGLISH[:5])
    record_loss(desk, phone.conversation.id, SIAN, desk.now())
    phone.text(words, words)
    assert phone.conversation.loss


# --- no road leads to a text about a baby


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("by", ["staff", "parent"])
@pytest.mark.parametrize("minutes", [1, 0, -1])  # in the same instant; and by a clock that was put back
def test_what_was_written_before_the_loss_does_not_leave_after_it(
    desk: Desk, phone: Phone, clock: Clock, kind: str, by: str, minutes: int
) -> None:
    phone.text(*ENGLISH[:5])
    put(desk, phone, kind, "Your baby and you")
    clock.forward(minutes=minutes)
    if by == "staff":
        record_loss(desk, phone.conversation.id, SIAN, clock.now)
    else:
        phone.text(DIED["en"])
    clock.forward(minutes=2)
    # An apology for nothing is dropped for that; what a person wrote themselves, and first safe words, always arrive.
    assert sent(desk) == (["Your baby and you"] if kind in STAY else [])
    told = {"next_step": "held_back_by_loss", "call_changed": "tell_of_call"}.get(kind)
    assert told is None or told in task_kinds(desk), "staff believe that it was read"


@pytest.mark.parametrize("minutes", [1, 0, -1])
def test_what_was_being_sent_when_the_loss_became_known_is_not_sent_again(
    desk: Desk, phone: Phone, clock: Clock, minutes: int
) -> None:
    phone.text(*ENGLISH[:5])
    put(desk, phone, "call_changed", "Your baby and you")
    claim = partial(outbox.claim, vault=desk.vault, lane="reminder", now=clock.now, lease_seconds=60, limit=9)
    assert len(desk.database.write(claim)) == 1, "a worker took it, and died"
    clock.forward(minutes=minutes)
    phone.text(DIED["en"])
    clock.forward(minutes=5)
    assert sent(desk) == []


@pytest.mark.parametrize("kind", sorted(kind for kind, sending in KINDS.items() if not sending.after_loss))
def test_while_we_ask_whether_there_was_a_loss_nothing_of_a_baby_leaves(
    desk: Desk, phone: Phone, clock: Clock, kind: str
) -> None:
    phone.text(*ENGLISH[:5])
    put(desk, phone, kind, "Your baby and you")
    phone.text("she passed away")
    assert phone.conversation.step == MAYBE_LOSS
    assert sent(desk) == []
    (row,) = [row for row in desk.database.read(lambda tx: tx.rows(_EVERYTHING)) if row.kind == kind]
    assert (row.state, row.error_code) == ("dropped", "loss")


def test_a_reminder_waits_for_the_answer_whether_there_was_a_loss(desk: Desk, phone: Phone, clock: Clock) -> None:
    call = to_booked(phone)
    clock.now = call.starts_at - timedelta(minutes=59)
    phone.text("she passed away")
    assert phone.conversation.step == MAYBE_LOSS
    assert remind_of_calls(desk, clock.now) == 0
    phone.text("2")
    assert remind_of_calls(desk, clock.now) == 1


def booked_and_owed_everything(desk: Desk, phone: Phone, clock: Clock, language: str) -> calls.Call:
    """A parent texted as from a baby group, with a call to come, a promised question, and a person they wait for."""
    here = {"en": ("helo", "2", "yes", "2", "3", "3", "1", "1", "CF31", "GOING", "yes", "CALL"),
            "cy": ("helo", "1", "ie", "2", "3", "3", "1", "1", "CF31", "MYND", "ie", "GALWAD")}[language]  # fmt: skip
    skip = {"en": "skip", "cy": "heibio"}[language]
    phone.text(*here, "1", "2", skip, "Sam", skip, skip, *BABY_GROUP, "1", "A", skip)
    call = phone.read(calls.of_conversation)
    assert call is not None
    assert call.state == "booked"
    due = clock.now + timedelta(hours=2)
    desk.database.write(lambda tx: promises.wait_for_person(tx, call.conversation_id, clock.now, due))
    return call


def by_staff(desk: Desk, phone: Phone, language: str) -> None:
    record_loss(desk, phone.conversation.id, SIAN, desk.now())


def by_own_words(desk: Desk, phone: Phone, language: str) -> None:
    phone.text(DIED[language])


def to_a_person(desk: Desk, phone: Phone, language: str) -> None:
    """Told while a person has the conversation, who then gives it back."""
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    phone.text(DIED[language])
    hand_back(desk, phone.conversation.id, SIAN, desk.now())


def by_a_question(desk: Desk, phone: Phone, language: str) -> None:
    phone.text({"en": "she passed away", "cy": "mi fuodd hi farw"}[language], "1")


ROADS: list[Callable[[Desk, Phone, str], None]] = [by_staff, by_own_words, to_a_person, by_a_question]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", ["talked", "no_answer"])
@pytest.mark.parametrize("tell", ROADS)
def test_a_month_of_every_sender_after_a_loss_says_nothing_of_a_baby(
    desk: Desk, phone: Phone, clock: Clock, tell: Callable[[Desk, Phone, str], None], outcome: str, language: str
) -> None:
    call = booked_and_owed_everything(desk, phone, clock, language)
    # Written already, and waiting for its hour, when the loss becomes known: dressed as from a baby group.
    desk.database.write(lambda tx: tell_parent_of_call(desk, tx, call, clock.now))
    clock.forward(minutes=1)
    tell(desk, phone, language)
    assert phone.conversation.loss
    said, done = [], False
    for _ in range(24 * 12):
        for chore in CHORES:
            if chore.name != "read_calendars":
                chore.work(desk, clock.now)
        said += sent(desk)
        if not done and clock.now > call.starts_at + timedelta(hours=1):
            done = True
            now = phone.read(calls.every_of_conversation)[-1]
            record_call_outcome(desk, call.id, outcome, now.revision, SIAN, clock.now)
            if outcome == "talked":
                now = phone.read(calls.every_of_conversation)[-1]
                record_next_step(desk, call.id, now.revision, SIAN, clock.now, choice="near_you")
        clock.forward(hours=1)
    assert done
    assert ("missed_after_loss" in task_kinds(desk)) == (outcome == "no_answer"), "no text offers it: a person does"
    rows = desk.database.read(lambda tx: tx.rows(_EVERYTHING))
    assert {row.kind for row in rows if row.state == "sent"}.isdisjoint({"call_reminder", "call_missed", "offer_asked"})
    assert [text for text in said if any(word in text.lower() for word in OF_A_BABY[language])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_loss_the_same_month_has_texts_to_find(desk: Desk, phone: Phone, clock: Clock, language: str) -> None:
    """So that the test above cannot pass because nothing is ever sent."""
    call = booked_and_owed_everything(desk, phone, clock, language)
    desk.database.write(lambda tx: tell_parent_of_call(desk, tx, call, clock.now))
    said = []
    while clock.now < call.starts_at:
        for chore in CHORES:
            if chore.name != "read_calendars":
                chore.work(desk, clock.now)
        said += sent(desk)
        clock.forward(hours=1)
    assert any(any(word in text.lower() for word in OF_A_BABY[language]) for text in said)


def test_on_a_page_a_loss_recorded_by_staff_is_obeyed_too(desk: Desk) -> None:
    page = Phone(desk, "w" * 43, Channel.WEB)
    page.text(*ENGLISH[:6])
    record_loss(desk, page.conversation.id, SIAN, desk.now())
    said = " ".join(page.text("2"))
    assert not any(word in said for word in OF_A_BABY["en"])


def test_a_person_s_conversation_stays_theirs(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:5])
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    record_loss(desk, phone.conversation.id, SIAN, desk.now())
    assert phone.conversation.status is Status.WITH_PERSON


def test_who_opted_out_is_known_as_bereaved_when_they_come_back(desk: Desk, phone: Phone) -> None:
    phone.text(*ENGLISH[:5])
    off = phone.conversation._replace(status=Status.OPTED_OUT)
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, off, desk.now(), heard=False))
    record_loss(desk, phone.conversation.id, SIAN, desk.now())
    phone.text("START", opt_out_type="START")
    assert not any(word in " ".join(phone.text("hello")) for word in OF_A_BABY["en"])
