"""A disclosure sent in pieces is one disclosure, whoever may speak; on both engines."""

import pytest
from sqlalchemy import update

from bot.domain.conversation import LANGUAGES
from bot.domain.lexicon import Concern, build_lexicon
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.services.rescreen import rescreen
from bot.storage import concerns, conversations, findings
from bot.storage.concerns import Alert
from bot.storage.database import Prepared
from bot.storage.tables import inbound_message
from tests.desks import Clock, Phone

# Neither piece says anything alone.
PIECES = {"en": ("i want to", "die"), "cy": ("dwi isio", "marw")}


def alerts(desk: Desk) -> tuple[Alert, ...]:
    return desk.database.read(concerns.live)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", list(Status))
def test_a_disclosure_in_two_texts_raises_an_alert(desk: Desk, phone: Phone, status: Status, language: str) -> None:
    phone.text("helo")
    stored = phone.conversation._replace(status=status)
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, stored, desk.now(), heard=False))
    first, second = PIECES[language]
    phone.text(first)
    assert alerts(desk) == ()
    phone.text(second)
    (alert,) = alerts(desk)
    assert alert.severity in ("urgent", "immediate")
    (found,) = phone.read(findings.findings).values()
    assert (found[0].start, found[0].end) == (0, len(second))


def test_pieces_of_a_sender_who_cannot_be_answered_are_heard_too(desk: Desk, phone: Phone) -> None:
    for piece in PIECES["en"]:
        phone.text(piece, can_reply=False)
    assert len(alerts(desk)) == 1


def test_what_was_said_long_before_is_another_matter(desk: Desk, phone: Phone, clock: Clock) -> None:
    first, second = PIECES["en"]
    phone.text("helo", first)
    clock.forward(seconds=desk.settings.split_seconds + 1)
    phone.text(second)
    assert alerts(desk) == ()
    phone.text(first)
    clock.forward(seconds=desk.settings.split_seconds)
    phone.text(second)
    assert len(alerts(desk)) == 1


def test_two_parents_are_never_read_together(desk: Desk, phone: Phone) -> None:
    other = Phone(desk, "+447700900124")
    other.text("helo")
    phone.text("helo", PIECES["en"][0])
    other.text(PIECES["en"][1])
    assert alerts(desk) == ()


def test_reading_again_reads_pieces_together_as_they_came(desk: Desk, phone: Phone) -> None:
    phone.text("helo", *PIECES["en"])
    assert rescreen(desk.database, desk.vault, desk.lexicon, desk.settings.split_seconds) == ()
    # Read one by one they say nothing, so this is what would be reported if they were not read together.
    (changed,) = rescreen(desk.database, desk.vault, desk.lexicon, -1)
    assert (changed.before, changed.now) == ("urgent", "none")
    assert changed.rules_before
    assert changed.rules == ()


def test_reading_again_tells_of_other_rules_at_the_same_level(desk: Desk, phone: Phone) -> None:
    phone.text("i want to die")
    (kept,) = phone.read(findings.findings).values()
    other = build_lexicon([Concern("SG-X", "suicide_self_harm", "urgent", {"en": ("want to die",)})])
    (changed,) = rescreen(desk.database, desk.vault, other, desk.settings.split_seconds)
    assert (changed.before, changed.now) == ("urgent", "urgent")
    assert set(changed.rules_before) == {match.rule for match in kept}
    assert changed.rules == ("SG-X",)
    assert changed.lexicon_version == desk.lexicon.version


def test_a_message_that_was_damaged_hides_none_that_comes_after_it(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    whose = phone.conversation.id
    damage = Prepared(update(inbound_message).where(inbound_message.c.conversation_id == whose).values(body=b"gone"))
    desk.database.write(lambda tx: tx.run(damage))
    assert "999" in phone.text("I am going to kill myself tonight")[0]
    assert [alert.severity for alert in alerts(desk)] == ["immediate"]
