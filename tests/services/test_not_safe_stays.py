"""After a call that was not safe nothing leaves unasked, whatever that phone writes, until it is said to be."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.contact import KINDS
from bot.domain.conversation import LANGUAGES
from bot.gateways.roads import Roads
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact, reason_not_to_text
from bot.services.note_safe_again import note_safe_again
from bot.services.record_call_outcome import record_call_outcome
from bot.services.reply_as_person import CannotBeSent, reply_as_person
from bot.services.send_due import send_due
from bot.services.take_over import NoSuchConversation, take_over
from bot.storage import audit, calls, conversations, outbox
from bot.storage.database import Prepared
from bot.storage.tables import outbound_message as table
from tests.desks import Clock, Phone
from tests.services.to_a_call import PLAIN, to_booked
from tests.storage.parents import outbound

WHO = "staff:1"
_MINE = Prepared(select(table.c.kind, table.c.state, table.c.error_code).where(table.c.dedupe_key.like("x:%")))
YES = {"en": "yes", "cy": "ie"}
SPEAK = {"en": "2", "cy": "1"}
# Who is held back by what they are, not by this: the last is sent only by somebody who was warned.
ASKED = [kind for kind, sending in KINDS.items() if not sending.though_not_safe]


@pytest.fixture(params=LANGUAGES)
def silenced(phone: Phone, request: pytest.FixtureRequest) -> str:
    """A parent whose call was not safe; their language."""
    call = to_booked(phone, request.param, PLAIN)
    assert is_safe(phone), "they chose plain texts"
    record_call_outcome(phone.desk, call.id, "not_safe", call.revision, WHO, phone.desk.now())
    return str(request.param)


def is_safe(phone: Phone) -> bool:
    stored = phone.stored
    return phone.desk.database.read(lambda tx: look_up_safe_contact(phone.desk, tx, stored))


def held(phone: Phone) -> set[str]:
    """The kinds of message that may not be written to this parent because texting is not safe."""
    stored = phone.stored
    found = {
        kind: phone.desk.database.read(lambda tx, kind=kind: reason_not_to_text(phone.desk, tx, stored, kind))
        for kind in ASKED
    }
    return {kind for kind, reason in found.items() if reason == "not_safe"}


def test_every_sender_obeys_at_once_and_after_whatever_is_written_next(
    phone: Phone, silenced: str, clock: Clock
) -> None:
    assert held(phone) == set(ASKED)
    # Texts of somebody who may be anybody: they begin anew, go on, stop in the middle, come back much later.
    for text, hours in (("helo", 0), (SPEAK[silenced], 0), ("helo", 5), ("CALL", 1), ("skip", 0), ("INFO", 24 * 32)):
        clock.forward(hours=hours)
        phone.text(text)
        assert held(phone) == set(ASKED), text


def test_an_answer_that_is_only_renamed_has_not_been_said_again(phone: Phone, silenced: str) -> None:
    desk = phone.desk
    answers = {("how_texts_look" if step == "call_safety_texts" else step): answer
               for step, answer in phone.conversation.answers.items()}  # fmt: skip
    assert "how_texts_look" in answers
    earlier = phone.conversation._replace(answers=answers)
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, earlier, desk.now(), heard=False))
    flow = replace(desk.library.flow, renamed={"how_texts_look": "call_safety_texts"})
    later = replace(desk, library=replace(desk.library, flow=flow))
    Phone(later, phone.contact).text("INFO")
    assert held(phone) == set(ASKED)


def test_what_is_put_in_the_outbox_all_the_same_does_not_leave(phone: Phone, silenced: str) -> None:
    phone.text("helo")
    desk, whose = phone.desk, phone.conversation.id
    for kind in ASKED:
        ours = outbound(
            f"x:{kind}", kind=kind, lane="reply", recipient=phone.contact, conversation_id=whose, due_at=desk.now()
        )
        desk.database.write(lambda tx, ours=ours: outbox.put(tx, desk.vault, ours, desk.now()))
    # Whom nobody promised anything is not sent an apology in any case.
    assert _after_sending(desk) == {kind: "answered" if kind == "apology" else "not_safe" for kind in ASKED}


def _after_sending(desk: Desk) -> dict[str, str | None]:
    while send_due(desk, Roads(None, None), "reply", desk.now()):
        pass
    rows = desk.database.read(lambda tx: tx.rows(_MINE))
    assert {row.state for row in rows} == {"dropped"}
    return {row.kind: row.error_code for row in rows}


def test_a_person_is_warned_still(phone: Phone, silenced: str) -> None:
    phone.text("helo")
    take_over(phone.desk, phone.conversation.id, WHO, phone.desk.now())
    with pytest.raises(CannotBeSent, match="not_safe"):
        reply_as_person(phone.desk, phone.conversation.id, "Helo", WHO, phone.desk.now(), once="a")


def test_the_parent_says_that_it_is_safe_when_asked(phone: Phone, silenced: str, clock: Clock) -> None:
    phone.text("helo")
    clock.forward(days=32)
    phone.text("helo")
    assert phone.conversation.step == "about"
    assert not is_safe(phone)
    phone.text(YES[silenced])
    assert phone.conversation.answers["about"] == "yes"
    assert is_safe(phone)
    assert held(phone) == set()


def test_a_person_whom_they_told_says_so_and_it_is_written_down(phone: Phone, silenced: str) -> None:
    phone.text("helo")
    desk, whose = phone.desk, phone.conversation.id
    for _ in range(2):
        note_safe_again(desk, whose, WHO, desk.now())
    assert is_safe(phone)
    entries = desk.database.read(lambda tx: audit.entries(tx, "conversation", whose))
    assert [entry.who for entry in entries if entry.action == "safe_again"] == [WHO]
    with pytest.raises(NoSuchConversation):
        note_safe_again(desk, "0" * 32, WHO, desk.now())


def test_a_later_call_that_is_not_safe_counts_again(phone: Phone, silenced: str, clock: Clock) -> None:
    note_safe_again(phone.desk, phone.conversation.id, WHO, phone.desk.now())
    clock.forward(hours=1)
    call = to_booked(phone, silenced, PLAIN)
    assert is_safe(phone)
    record_call_outcome(phone.desk, call.id, "not_safe", call.revision, WHO, phone.desk.now())
    assert not is_safe(phone)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_texts_by_their_own_wish_outlives_the_call(phone: Phone, language: str) -> None:
    none_at_all = ("1", "1", "2", "1", "1", "3", "1", "5")
    call = to_booked(phone, language, none_at_all)
    assert not is_safe(phone)
    record_call_outcome(phone.desk, call.id, "talked", call.revision, WHO, phone.desk.now())
    phone.text("helo")
    assert not is_safe(phone)
    assert phone.read(calls.of_conversation) is None
