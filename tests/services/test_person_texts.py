"""What a person writes to a parent looks as the parent chose, and how it begins is read by whoever holds the phone."""

import pytest

from bot.domain.conversation import LANGUAGES, Channel
from bot.domain.segments import count_segments
from bot.services.desk import Desk
from bot.services.reply_as_person import CannotBeSent, Ready, ready_to_send, reply_as_person
from bot.services.take_over import take_over
from bot.storage import messages
from tests.desks import Phone
from tests.services.to_a_call import BABY_GROUP, PLAIN, to_booked

WHO = "staff:1"


def write(phone: Phone, text: str, **more: bool) -> str:
    """What waits for the parent after a person wrote `text`."""
    take_over(phone.desk, phone.conversation.id, WHO, phone.desk.now())
    reply_as_person(phone.desk, phone.conversation.id, text, WHO, phone.desk.now(), once="a" * 32, **more)
    (sent,) = [entry for entry in phone.read(messages.thread) if entry.who == WHO]
    return sent.text or ""


def ready(phone: Phone, text: str) -> Ready:
    whose = phone.conversation
    return phone.desk.database.read(lambda tx: ready_to_send(phone.desk, tx, whose, text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("safe", "skin"), [(PLAIN, "plain"), (BABY_GROUP, "baby_group"), (None, "plain")])
def test_a_person_s_text_looks_as_the_parent_chose(
    phone: Phone, language: str, safe: tuple[str, ...] | None, skin: str
) -> None:
    to_booked(phone, language, safe)
    text = "Helo, Gwen here. Shall we talk at two?"
    counted = ready(phone, text)
    sent = write(phone, text)
    signature = phone.desk.catalogue.text(language, "booking.signed.baby_group", {"text": ""})
    assert sent == (text + signature if skin == "baby_group" else text)
    assert (counted.body, counted.parts) == (sent, count_segments(sent).parts), "staff are told what is paid for"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signature_counts_among_the_parts(phone: Phone, language: str) -> None:
    to_booked(phone, language, BABY_GROUP)
    assert ready(phone, "a" * 160).parts > 1, "one text without its signature"
    with pytest.raises(CannotBeSent, match="too_long"):
        ready(phone, "a" * 1490)


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_loss_nothing_of_a_baby_group_is_signed(phone: Phone, language: str) -> None:
    to_booked(phone, language, BABY_GROUP)
    phone.text({"en": "my baby died", "cy": "buodd fy mabi farw"}[language])
    assert phone.conversation.loss
    assert write(phone, "Helo, Gwen here.") == "Helo, Gwen here."


def test_a_page_shows_the_words_as_they_are(desk: Desk) -> None:
    phone = Phone(desk, "w" * 43, Channel.WEB)
    phone.text("helo")
    assert ready(phone, "The police\nand your baby") == Ready("The police\nand your baby")
    assert write(phone, "The police\nand your baby") == "The police\nand your baby"


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("Siân from safeguarding here", ("safeguarding",)),
        ("Am y baban: mae'r heddlu wedi ffonio", ("heddlu",)),
        ("Did your partner hurt you again?", ("hurt", "partner")),
        ("Helo Gwen sy 'ma, gawn ni siarad heddiw, am y trais?", ()),
        ("Hello, it is Gwen. Are you free at two today?", ()),
    ],
)
def test_words_that_a_locked_phone_must_not_show_are_said_before_they_leave(
    phone: Phone, text: str, telling: tuple[str, ...]
) -> None:
    phone.text("helo", "2")
    found = ready(phone, text)
    assert found.shows == text[:40]
    assert found.telling == telling
    if not telling:
        assert write(phone, text)
        return
    with pytest.raises(CannotBeSent, match="shows"):
        write(phone, text)
    assert [entry for entry in phone.read(messages.thread) if entry.who == WHO] == []
