"""What is said of a call is true of how they talk: nobody is told that we ring who is met by video or in person."""

from dataclasses import replace

import pytest

from bot.domain.conversation import LANGUAGES
from bot.domain.slots import CHANNELS
from bot.services.desk import Desk
from bot.storage import messages
from tests.desks import Clock, Phone
from tests.services.to_a_call import SHARE, to_slots

# Only yours; voicemail; ask for me; any time; first word; plain; still ring; sleep: it changes.
ASKED = ("1", "1", "2", "1", "1", "1", "1", "5")
RINGS = {"en": ("will ring",), "cy": ("fydd yn ffonio", "Byddwn ni'n ffonio")}
HOW = {
    "en": {"video": "By video", "in_person": "In person"},
    "cy": {"video": "Ar fideo", "in_person": "Wyneb yn wyneb"},
}


@pytest.fixture
def phone(desk: Desk) -> Phone:
    """A parent of a team that offers every way to talk."""
    able = {key: replace(one, channels=frozenset(CHANNELS)) for key, one in desk.team.callers.items()}
    return Phone(replace(desk, team=replace(desk.team, callers=able)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", CHANNELS)
def test_booking_moving_and_looking_say_how_they_talk(phone: Phone, clock: Clock, language: str, how: str) -> None:
    to_slots(phone, language, (*ASKED, str(CHANNELS.index(how) + 1)))
    said = {"summary": phone.text("1"), "booked": phone.text(*SHARE[language])}
    # Later, and from the beginning: what was answered then is not in the conversation any more.
    clock.forward(hours=5)
    phone.text("helo")
    said["look"] = phone.text("CHANGE" if language == "en" else "NEWID")
    phone.text("1")
    said["moved"] = phone.text("1")
    for place, texts in said.items():
        words = " ".join(texts)
        rings = any(word in words for word in RINGS[language])
        assert rings == (how == "phone"), (place, words)
        if how != "phone" and place != "summary":
            assert HOW[language][how] in words, (place, words)
    reminders = [entry.text or "" for entry in phone.read(messages.thread) if entry.state == "waiting"]
    assert reminders == []
