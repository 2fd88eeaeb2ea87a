"""How a parent's phone gets to a booked call, in either language, and what the worker then does."""

from bot.services.desk import Desk
from bot.storage import calls
from bot.storage.calls import Call
from tests.desks import Phone

BEGIN = {
    "en": ("helo", "2", "yes", "2", "skip", "skip", "CF31", "CALL", "1", "2", "skip", "Sam", "skip", "skip"),
    "cy": ("helo", "1", "ie", "2", "heibio", "heibio", "CF31", "GALWAD", "1", "2", "heibio", "Sam", "heibio", "heibio"),
}
# Only yours; voicemail; ask for me; any time; first word; plain; still ring; sleep: it changes.
PLAIN = ("1", "1", "2", "1", "1", "1", "1", "5")
# Not only mine; ask for me; any time; first word; baby group; still ring; sleep: it changes.
BABY_GROUP = ("2", "2", "1", "1", "2", "1", "5")
SKIP = {"en": ("skip",), "cy": ("heibio",)}
SHARE = {"en": ("A", "skip"), "cy": ("A", "heibio")}


def to_slots(phone: Phone, language: str = "en", safe: tuple[str, ...] | None = None) -> None:
    """Texts until three times are shown; `safe` answers the questions of safe contact, None skips them."""
    phone.text(*BEGIN[language], *(SKIP[language] if safe is None else safe))
    assert phone.conversation.step == "slot"


def to_booked(phone: Phone, language: str = "en", safe: tuple[str, ...] | None = None) -> Call:
    """Texts until a call is booked, at the first time shown."""
    to_slots(phone, language, safe)
    phone.text("1", *SHARE[language])
    return booked(phone.desk, phone)


def booked(desk: Desk, phone: Phone) -> Call:
    """The parent's booked call."""
    whose = phone.conversation.id
    call = desk.database.read(lambda tx: calls.of_conversation(tx, desk.vault, whose))
    assert call is not None
    assert call.state == "booked"
    return call
