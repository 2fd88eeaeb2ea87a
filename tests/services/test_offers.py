"""What a parent is told of, what is kept of it, and the one question some days later: only where nothing forbids it."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.conversation import Channel
from bot.domain.offers import Directory
from bot.domain.status import Status
from bot.gateways.roads import Roads
from bot.services.ask_after_offers import KIND, ask_after_offers
from bot.services.desk import Desk
from bot.services.forget import forget
from bot.services.remind_owners import remind_owners
from bot.services.run_worker import CHORES
from bot.services.send_due import send_due
from bot.storage import concerns, conversations, offer_events
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.tables import offer_event, outbound_message
from tests.desks import Clock, Phone, make_desk
from tests.domain.offers import offer
from tests.services.test_send_message import FakeEmail, FakeTexts

TO_AN_OFFER = {
    "en": ("helo", "2", "yes", "2", "3", "3", "1", "1"),
    "cy": ("helo", "1", "ie", "2", "3", "3", "1", "1"),
}
GOING = {"en": ("GOING", "yes"), "cy": ("MYND", "ie")}
ASKS = {"en": "Hello. Did you get there?", "cy": "Helo. Est ti yno?"}


def promised(phone: Phone, language: str = "en") -> Phone:
    """A parent who said that they would go, and may be asked."""
    phone.text(*TO_AN_OFFER[language], "CF31", *GOING[language])
    return phone


def waiting(desk: Desk) -> list[str]:
    rows = desk.database.read(lambda tx: tx.rows(Prepared(select(outbound_message))))
    return [row.state if row.state != "dropped" else row.error_code for row in rows if row.kind == KIND]


def events(desk: Desk) -> list[tuple[str, str, bool]]:
    rows = desk.database.read(lambda tx: tx.rows(Prepared(select(offer_event).order_by(offer_event.c.offer))))
    return sorted((row.offer, row.kind, row.conversation_id is not None) for row in rows)


def send(desk: Desk) -> FakeTexts:
    texts = FakeTexts()
    send_due(desk, Roads(texts=texts, email=FakeEmail()), "reminder", desk.now())
    return texts


# --- only the area is kept ---


@pytest.mark.parametrize("place", ["CF31 9ZQ", "Pen-y-fai", "CF39 9ZQ", "CF44 9ZQ", "SA1 9ZQ"])
def test_of_where_a_parent_lives_only_the_area_is_understood_and_kept(phone: Phone, place: str) -> None:
    phone.text(*TO_AN_OFFER["en"], place)
    conversation = phone.conversation
    kept = repr((conversation.answers, conversation.shown, conversation.seen, conversation.trail))
    assert place.split()[-1].lower() not in kept.lower().replace("pen-y-bont", "")
    assert conversation.answers.get("area", "") in ("bridgend", "elsewhere", "")


def test_the_postcode_is_nowhere_in_the_files(sqlite_database: Database, tmp_path: Path) -> None:
    """The message itself is sealed; what was understood is the area. So no file holds the code in the clear."""
    desk = make_desk(sqlite_database, tmp_path, Clock())
    Phone(desk).text(*TO_AN_OFFER["en"], "CF31 9ZQ")
    sqlite_database.checkpoint()
    assert sqlite_database.path is not None
    raw = b"".join(path.read_bytes() for path in sqlite_database.path.parent.iterdir() if path.is_file())
    assert b"bridgend-" in raw, "the id of an offer is there to be counted"
    # Ids and hashes are written in hexadecimal, and "cf31" may stand in one by chance; so may three letters in a seal.
    plain = re.sub(rb"[0-9a-f]{16,}", b"-", raw)
    for form in ("CF31 9ZQ", "cf31 9zq", "CF319ZQ", "cf319zq", "CF31", "cf31"):
        assert form.encode() not in plain


# --- what is counted ---


def test_shown_taken_and_refused_are_counted_once_a_parent(phone: Phone, desk: Desk) -> None:
    phone.text(*TO_AN_OFFER["en"], "CF31", "again", "not for me", "going", "yes")
    assert events(desk) == [
        ("bridgend-baby-massage", "shown", True),
        ("bridgend-baby-massage", "taken", True),
        ("bridgend-sleep-chat", "refused", True),
        ("bridgend-sleep-chat", "shown", True),
    ]
    counts = desk.database.read(
        lambda tx: offer_events.count_parents(tx, desk.now() - timedelta(days=2), desk.now() + timedelta(days=1))
    )
    assert counts["bridgend-sleep-chat"] == {"shown": 1, "refused": 1}


def test_erasing_a_parent_leaves_a_number_and_nobody_behind_it(phone: Phone, desk: Desk) -> None:
    promised(phone)
    before = events(desk)
    forget(desk, phone.conversation.id, who="parent", now=desk.now())
    assert events(desk) == [(offer_id, kind, False) for offer_id, kind, _ in before]
    rows = desk.database.read(lambda tx: tx.rows(Prepared(select(offer_event))))
    assert {(row.ask_at, row.asked_at) for row in rows} == {(None, None)}
    assert {(row.day.hour, row.day.minute, row.day.microsecond) for row in rows} == {(0, 0, 0)}, "a day, and no time"


# --- production offers only what was checked ---


def test_production_offers_nothing_of_what_ships_and_says_so_kindly(database: Database, tmp_path: Path) -> None:
    desk = make_desk(database, tmp_path, Clock())
    desk = replace(desk, settings=replace(desk.settings, mode="production"))
    phone = Phone(desk)
    phone.text(*TO_AN_OFFER["en"], "CF31")
    assert phone.conversation.step == "call_offer"
    assert events(desk) == []


def test_an_offer_goes_when_its_check_grows_old_though_it_was_shown_before(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    desk = make_desk(database, tmp_path, clock)
    real = offer("real", areas=("bridgend",), checked=date(2026, 11, 20))
    desk = replace(desk, settings=replace(desk.settings, mode="production"), directory=Directory((real,)))
    phone = Phone(desk)
    phone.text(*TO_AN_OFFER["en"], "CF31")
    assert phone.answer.texts[0].startswith("Group real")
    clock.forward(seconds=desk.settings.offer_fresh_seconds)
    desk = replace(desk, settings=replace(desk.settings, forget_earlier_seconds=10**9, idle_seconds=10**9))
    again = Phone(desk)
    again.text("AGAIN")
    assert not any("Group real" in text for text in again.answer.texts)


# --- asked later ---


@pytest.mark.parametrize("language", ["en", "cy"])
def test_who_agreed_is_asked_once_in_their_language(phone: Phone, desk: Desk, clock: Clock, language: str) -> None:
    promised(phone, language)
    assert ask_after_offers(desk, clock()) == 0, "not yet"
    clock.forward(days=7 if language == "cy" else 4)
    assert ask_after_offers(desk, clock()) == 1
    assert ask_after_offers(desk, clock()) == 0, "never twice"
    ((_, body),) = send(desk).sent
    assert body.startswith(ASKS[language])
    for telling in ("baby", "babi", "chat", "sgwrs", "group", "stori", "demo"):
        assert telling not in body.casefold()
    assert phone.text("yes" if language == "en" else "do")
    assert phone.conversation.step == "goodbye"


@pytest.mark.parametrize("answer", ["no", "skip", "something else"])
def test_who_did_not_agree_is_never_asked(phone: Phone, desk: Desk, clock: Clock, answer: str) -> None:
    phone.text(*TO_AN_OFFER["en"], "CF31", "going", answer)
    for _ in range(20):
        clock.forward(days=1)
        assert ask_after_offers(desk, clock()) == 0
    assert waiting(desk) == []


def test_a_later_no_takes_back_an_earlier_yes(phone: Phone, desk: Desk, clock: Clock) -> None:
    promised(phone)
    phone.text("2", "skip", "helo", "1", "going", "no")
    clock.forward(days=5)
    assert ask_after_offers(desk, clock()) == 0


def test_on_the_web_nobody_is_asked_for_a_number(desk: Desk) -> None:
    parent = Phone(desk, "a-chat-nobody-can-guess", Channel.WEB)
    parent.text(*TO_AN_OFFER["en"], "CF31", "going")
    assert parent.conversation.step == "offer_taken"


def lose(phone: Phone, desk: Desk) -> None:
    phone.text("my baby died")


def stop(phone: Phone, desk: Desk) -> None:
    phone.text("STOP", opt_out_type="STOP")


def raise_alert(phone: Phone, desk: Desk) -> None:
    whose = phone.conversation.id
    desk.database.write(
        lambda tx: concerns.open_or_raise(
            tx,
            conversation_id=whose,
            severity="urgent",
            category="suicide_self_harm",
            now=desk.now(),
            due_at=desk.now(),
        )
    )


def erase(phone: Phone, desk: Desk) -> None:
    forget(desk, phone.conversation.id, who="parent", now=desk.now())


def take_over(phone: Phone, desk: Desk) -> None:
    moved = phone.conversation._replace(status=Status.WITH_PERSON)
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, moved, desk.now(), heard=False))


def take_back(phone: Phone, desk: Desk) -> None:
    whose = phone.conversation.id
    desk.database.write(lambda tx: offer_events.take_back_questions(tx, whose))


REASONS = {
    "loss": lose, "opted_out": stop, "alert_open": raise_alert, "erased": erase, "with_person": take_over,
    "taken_back": take_back,
}  # fmt: skip


@pytest.mark.parametrize("why", REASONS)
def test_the_question_is_never_written_when(phone: Phone, desk: Desk, clock: Clock, why: str) -> None:
    promised(phone)
    REASONS[why](phone, desk)
    clock.forward(days=4)
    assert ask_after_offers(desk, clock()) == 0
    assert waiting(desk) == []


@pytest.mark.parametrize("why", REASONS)
def test_nor_does_it_leave_when_it_was_written_before(phone: Phone, desk: Desk, clock: Clock, why: str) -> None:
    promised(phone)
    clock.forward(days=4)
    assert ask_after_offers(desk, clock()) == 1
    REASONS[why](phone, desk)
    assert send(desk).sent == []
    assert waiting(desk)[0] != "waiting"


def test_a_closed_alert_forbids_nothing(phone: Phone, desk: Desk, clock: Clock) -> None:
    promised(phone)
    raise_alert(phone, desk)

    whose = phone.conversation.id

    def close(tx: Transaction) -> None:
        (alert,) = concerns.of_conversation(tx, whose)
        concerns.close(tx, alert.id, "ann", desk.now(), outcome="spoken_to")

    desk.database.write(close)
    clock.forward(days=4)
    assert ask_after_offers(desk, clock()) == 1


def test_nobody_is_asked_in_the_middle_of_something_nor_long_after(desk: Desk, clock: Clock) -> None:
    talking, late = (promised(Phone(desk, number)) for number in ("+447700900201", "+447700900202"))
    clock.forward(days=3, hours=22)
    talking.text("helo")
    clock.forward(hours=3)
    assert ask_after_offers(desk, clock()) == 1, "the other one only"
    assert talking.conversation.step != "offer_asked"
    del late
    quiet = promised(Phone(desk, "+447700900203"))
    clock.forward(days=30)
    assert ask_after_offers(desk, clock()) == 0
    assert quiet.conversation.step != "offer_asked"


def test_the_worker_looks_after_both_chores() -> None:
    assert {"ask_after_offers", "remind_owners"} <= {chore.name for chore in CHORES}


# --- the owner is reminded ---


@pytest.fixture
def kept(database: Database, tmp_path: Path, clock: Clock) -> Desk:
    """Production, with one checked offer whose owner has an address."""
    desk = make_desk(database, tmp_path, clock)
    settings = replace(desk.settings, mode="production", smtp_url="smtp://mail.example:587")
    mine = offer("mine", checked=date(2026, 11, 1), owner_email="owner@example.org")
    return replace(desk, settings=settings, directory=Directory((mine, offer("no-address", checked=date(2026, 11, 1)))))


def test_the_owner_hears_a_fortnight_before_and_once(kept: Desk, clock: Clock) -> None:
    days = kept.settings.offer_fresh_seconds // 86400
    clock.now = clock.now.replace(day=1)
    clock.forward(days=days - 15)
    assert remind_owners(kept, clock()) == 0
    clock.forward(days=1)
    assert remind_owners(kept, clock()) == 1
    assert remind_owners(kept, clock()) == 0
    clock.forward(days=30)
    assert remind_owners(kept, clock()) == 0, "once for each check"
    email = FakeEmail()
    send_due(kept, Roads(texts=FakeTexts(), email=email), "reminder", clock())
    ((to, subject, body),) = email.sent
    assert to == "owner@example.org"
    assert subject == "Ydy hyn yn gywir o hyd? / Is this still right?"
    assert "Group mine" in body
    assert "Grŵp mine" in body


def test_a_reminder_is_let_go_when_the_offer_was_checked_meanwhile(kept: Desk, clock: Clock) -> None:
    clock.forward(days=kept.settings.offer_fresh_seconds // 86400)
    assert remind_owners(kept, clock()) == 1
    checked = offer("mine", checked=clock().date(), owner_email="owner@example.org")
    later = replace(kept, directory=Directory((checked,)))
    email = FakeEmail()
    send_due(later, Roads(texts=FakeTexts(), email=email), "reminder", clock())
    assert email.sent == []
    row = later.database.read(lambda tx: tx.rows(Prepared(select(outbound_message))))[0]
    assert (row.state, row.error_code) == ("dropped", "checked")


def test_a_demo_reminds_nobody(kept: Desk, clock: Clock) -> None:
    clock.forward(days=400)
    assert remind_owners(replace(kept, settings=replace(kept.settings, mode="demo")), clock()) == 0
