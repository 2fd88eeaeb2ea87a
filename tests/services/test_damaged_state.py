"""What the bot remembered of a parent cannot be read any more: they are heard, answered, and a person is told."""

import pytest
from sqlalchemy import update

from bot.domain.conversation import Channel
from bot.gateways.roads import Roads
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.reply_as_person import reply_as_person
from bot.services.send_due import send_due
from bot.services.show_chat import show_chat
from bot.services.take_over import take_over
from bot.storage import concerns, conversations, messages, tasks
from bot.storage.conversations import DAMAGED
from bot.storage.database import Prepared
from bot.storage.tables import conversation
from tests.desks import Phone
from tests.services.on_call import Network

DISCLOSURE = "I am going to kill myself tonight"
# No sealed value at all; and one whose key nobody knows.
RUINS = [b"gone", b"\x02zzand the rest"]
CHANNELS = [Channel.SMS, Channel.WEB]


def ruin(desk: Desk, blob: bytes) -> None:
    """Damages what is remembered of everybody."""
    damage = Prepared(update(conversation).values(state=blob))
    desk.database.write(lambda tx: tx.run(damage))


def open_kinds(desk: Desk) -> list[str]:
    """What is on the list of tasks."""
    return [task.kind for task in desk.database.read(tasks.open_tasks)]


@pytest.fixture(params=CHANNELS)
def parent(request: pytest.FixtureRequest, desk: Desk) -> Phone:
    """A parent in the middle of the journey, in English."""
    contact = {} if request.param is Channel.SMS else {"contact": "a-token-that-nobody-can-guess"}
    phone = Phone(desk, channel=request.param, **contact)
    phone.text("helo", "2", "yes")
    return phone


@pytest.mark.parametrize("blob", RUINS)
def test_danger_is_stored_screened_raised_and_answered(desk: Desk, parent: Phone, blob: bytes) -> None:
    ruin(desk, blob)
    assert "999" in parent.text(DISCLOSURE)[0]
    assert [alert.severity for alert in desk.database.read(concerns.live)] == ["immediate"]
    assert parent.read(messages.thread)[-2].text == DISCLOSURE
    assert DAMAGED in open_kinds(desk)


@pytest.mark.parametrize("blob", RUINS)
def test_an_answer_to_what_nobody_knows_any_more_begins_anew(desk: Desk, parent: Phone, blob: bytes) -> None:
    begun = Phone(desk, "+447700900999")
    begun.text("helo")
    first = begun.text("2")
    ruin(desk, blob)
    assert parent.text("2")[-1] == first[-1], "their language is known: the first question is put"
    assert (set(parent.conversation.answers), parent.conversation.damaged) == ({"welcome"}, False)
    assert open_kinds(desk) == [DAMAGED]
    parent.text("yes")
    assert open_kinds(desk) == [DAMAGED]


@pytest.mark.parametrize("blob", RUINS)
def test_nobody_who_told_of_a_loss_is_asked_of_the_baby(desk: Desk, parent: Phone, blob: bytes) -> None:
    parent.text("7")
    assert parent.conversation.loss
    ruin(desk, blob)
    parent.text("hello")
    assert parent.conversation.loss
    assert parent.conversation.step == desk.library.flow.start_after_loss


@pytest.mark.parametrize("blob", RUINS)
def test_nothing_leaves_unasked_while_what_they_said_of_safety_cannot_be_read(
    desk: Desk, parent: Phone, blob: bytes
) -> None:
    before = parent.stored
    assert desk.database.read(lambda tx: look_up_safe_contact(desk, tx, before))
    ruin(desk, blob)
    after = parent.stored
    assert not desk.database.read(lambda tx: look_up_safe_contact(desk, tx, after))


def test_a_person_who_takes_over_first_is_told_as_well(desk: Desk, parent: Phone) -> None:
    ruin(desk, RUINS[0])
    take_over(desk, parent.conversation.id, "sam", desk.now())
    assert DAMAGED in open_kinds(desk)


def test_what_waits_for_them_holds_up_nobody_elses_and_is_left_to_staff(desk: Desk) -> None:
    theirs, other = Phone(desk), Phone(desk, "+447700900999")
    for phone in (theirs, other):
        phone.text("helo", "2", "yes")
        take_over(desk, phone.conversation.id, "sam", desk.now())
        reply_as_person(desk, phone.conversation.id, "I am here.", "sam", desk.now(), once="1")
    one = Prepared(update(conversation).where(conversation.c.id == theirs.conversation.id).values(state=RUINS[0]))
    desk.database.write(lambda tx: tx.run(one))
    texts = Network()
    send_due(desk, Roads(texts, None), "reply", desk.now())
    assert [to for to, _, _ in texts.sent] == [other.contact]
    assert "not_safe_to_text" in open_kinds(desk)


def test_the_page_of_a_web_chat_still_opens(desk: Desk, parent: Phone) -> None:
    if parent.channel is not Channel.WEB:
        return
    ruin(desk, RUINS[0])
    chat = show_chat(desk, parent.contact, desk.now())
    assert chat.begun
    assert chat.bubbles


def test_both_languages_tell_staff_what_became_of_it(desk: Desk) -> None:
    for language in ("en", "cy"):
        for address in (f"console.task.{DAMAGED}", f"console.task_what.{DAMAGED}"):
            assert desk.catalogue.text(language, address, {})


@pytest.mark.parametrize("blob", RUINS)
def test_a_damaged_contact_silences_nobody_and_is_whole_again_when_they_write(
    desk: Desk, parent: Phone, blob: bytes
) -> None:
    whole = parent.stored.contact
    desk.database.write(lambda tx: tx.run(Prepared(update(conversation).values(contact=blob))))
    assert parent.read(conversations.load).contact == "", "staff can look at it meanwhile"
    assert "999" in parent.text(DISCLOSURE)[0]
    assert [alert.severity for alert in desk.database.read(concerns.live)] == ["immediate"]
    assert parent.read(conversations.load).contact == whole
