"""Whoever rings finds the call in their own calendar: by invitation over a real SMTP server, and by subscription."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from icalendar import Calendar, Event

from bot.domain.slots import Slot
from bot.gateways.email import SmtpEmail
from bot.gateways.roads import Roads
from bot.services.book_call import hold_slot
from bot.services.desk import Desk
from bot.services.forget import forget
from bot.services.publish_calls import new_feed_address, publish_calls
from bot.services.record_call_outcome import record_call_outcome
from bot.services.send_due import send_due
from bot.storage import calls, tasks
from bot.storage.calls import Call
from tests.desks import Clock, Phone
from tests.services.test_receive_message import BOOKED

SIAN, TOM = "demo-sian", "demo-tom"


class Post:
    """Keeps the letters that came."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def invitations(self) -> list[tuple[str, str, Event]]:
        """To whom, by which method (the header's and the calendar's must agree), which event."""
        found = []
        for letter in self.letters:
            (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
            calendar = Calendar.from_ical(part.get_content())
            assert part.get_param("method") == calendar["METHOD"]
            found.append((str(letter["To"]), str(calendar["METHOD"]), calendar.walk("VEVENT")[0]))
        return found


@pytest.fixture
def post() -> Iterator[tuple[Post, Roads]]:
    kept = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, Roads(None, SmtpEmail(f"smtp://127.0.0.1:{port}", sender="helo@team.example", allow_plain=True))
    controller.stop()


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The team has calendars of its own."""
    people = {key: replace(one, email=f"{key}@team.example") for key, one in desk.team.callers.items()}
    return replace(desk, team=replace(desk.team, callers=people))


def send_all(desk: Desk, roads: Roads) -> None:
    while send_due(desk, roads, "reminder", desk.now()):
        pass


def test_a_booking_a_move_to_another_and_an_end_reach_the_right_calendars(
    desk: Desk, phone: Phone, clock: Clock, post: tuple[Post, Roads]
) -> None:
    kept, roads = post
    phone.text(*BOOKED)
    booked = phone.read(calls.of_conversation)
    assert booked is not None
    send_all(desk, roads)
    ((to, method, event),) = kept.invitations()
    assert (to, method) == (f"{booked.staff_key}@team.example", "REQUEST")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (booked.starts_at, booked.ends_at)
    whole = kept.letters[0].as_string()
    for private in ("Sam", "07700", "more sleep", phone.contact):
        assert private not in whole
    kept.letters.clear()
    other = TOM if booked.staff_key == SIAN else SIAN
    later = booked.starts_at + timedelta(days=6)
    conversation = phone.conversation
    able = {key: replace(one, languages=frozenset({"cy", "en"})) for key, one in desk.team.callers.items()}
    both = replace(desk, team=replace(desk.team, callers=able))
    desk.database.write(lambda tx: hold_slot(both, tx, conversation, Slot(later, other), desk.now()))
    send_all(desk, roads)
    told = {to: (method, event["UID"], int(event["SEQUENCE"])) for to, method, event in kept.invitations()}
    assert {to: method for to, (method, _, _) in told.items()} == {
        f"{booked.staff_key}@team.example": "CANCEL",
        f"{other}@team.example": "REQUEST",
    }
    assert {uid for _, uid, _ in told.values()} == {event["UID"]}
    assert all(sequence > int(event["SEQUENCE"]) for _, _, sequence in told.values())
    kept.letters.clear()
    phone.text("CHANGE", "2")
    send_all(desk, roads)
    assert [(to, method) for to, method, _ in kept.invitations()] == [(f"{other}@team.example", "CANCEL")]


def test_an_invitation_says_what_is_true_when_it_leaves(desk: Desk, phone: Phone, post: tuple[Post, Roads]) -> None:
    kept, roads = post
    phone.text(*BOOKED, "CHANGE", "2")
    send_all(desk, roads)
    assert {method for _, method, _ in kept.invitations()} == {"CANCEL"}


def not_safe(desk: Desk, phone: Phone, call: Call) -> None:
    record_call_outcome(desk, call.id, "not_safe", call.revision, "staff:1", desk.now())


def not_safe_at_its_time(desk: Desk, phone: Phone, call: Call) -> None:
    cast(Clock, desk.now).now = call.starts_at + timedelta(minutes=2)
    not_safe(desk, phone, call)


def forget_me(desk: Desk, phone: Phone, call: Call) -> None:
    phone.text("FORGET ME", "yes")
    assert phone.answer.erased


def erased_by_staff(desk: Desk, phone: Phone, call: Call) -> None:
    forget(desk, call.conversation_id, who="staff:1", now=desk.now())


def taken_over_by_others(desk: Desk, phone: Phone, call: Call) -> None:
    record_call_outcome(desk, call.id, "passed_on", call.revision, "staff:1", desk.now(), words="Another team")


def called_off_by_text(desk: Desk, phone: Phone, call: Call) -> None:
    phone.text("CHANGE", "2")


def called_off_and_texts_stopped(desk: Desk, phone: Phone, call: Call) -> None:
    phone.text("CHANGE", "2")
    phone.text("STOP", opt_out_type="STOP")


ENDS = (
    not_safe, not_safe_at_its_time, forget_me, erased_by_staff, taken_over_by_others, called_off_by_text,
    called_off_and_texts_stopped,
)  # fmt: skip


def in_the_feed(desk: Desk, staff_key: str) -> list[Event]:
    secret = new_feed_address(desk, staff_key, "lead", desk.now()).rpartition("/")[2].removesuffix(".ics")
    return Calendar.from_ical(publish_calls(desk, secret, desk.now()) or b"").walk("VEVENT")


@pytest.mark.parametrize("end", ENDS)
def test_a_call_that_must_not_be_made_leaves_every_calendar(
    desk: Desk, phone: Phone, post: tuple[Post, Roads], end: Callable[[Desk, Phone, Call], None]
) -> None:
    kept, roads = post
    phone.text(*BOOKED)
    booked = phone.read(calls.of_conversation)
    assert booked is not None
    send_all(desk, roads)
    ((_, _, invited),) = kept.invitations()
    assert len(in_the_feed(desk, booked.staff_key)) == 1
    kept.letters.clear()
    end(desk, phone, booked)
    send_all(desk, roads)
    ((to, method, event),) = kept.invitations()
    assert (to, method) == (f"{booked.staff_key}@team.example", "CANCEL")
    assert (event["UID"], str(event["STATUS"])) == (invited["UID"], "CANCELLED")
    assert int(event["SEQUENCE"]) > int(invited["SEQUENCE"]), "else a calendar does not believe it"
    whole = kept.letters[0].as_string().lower()
    assert [private for private in ("sam", "07700", "more sleep", phone.contact, "safe") if private in whole] == []
    assert in_the_feed(desk, booked.staff_key) == []


def test_texts_that_are_off_leave_the_call_to_a_person(desk: Desk, phone: Phone, post: tuple[Post, Roads]) -> None:
    """STOP alone calls nothing off: whether to ring is a task, with what the parent said before."""
    kept, roads = post
    phone.text(*BOOKED)
    send_all(desk, roads)
    kept.letters.clear()
    phone.text("STOP", opt_out_type="STOP")
    send_all(desk, roads)
    assert kept.invitations() == []
    assert phone.read(calls.of_conversation) is not None
    assert [task.kind for task in desk.database.read(tasks.open_tasks)] == ["texts_off"]


def test_a_calendar_to_subscribe_to_shows_its_owners_calls_and_nobody_else(desk: Desk, phone: Phone) -> None:
    phone.text(*BOOKED)
    booked = phone.read(calls.of_conversation)
    assert booked is not None
    addresses = {key: new_feed_address(desk, key, "lead", desk.now()) for key in (SIAN, TOM)}
    for key, address in addresses.items():
        secret = address.rpartition("/")[2].removesuffix(".ics")
        content = publish_calls(desk, secret, desk.now())
        assert content is not None
        events = Calendar.from_ical(content).walk("VEVENT")
        assert [event["DTSTART"].dt for event in events] == ([booked.starts_at] if key == booked.staff_key else [])
        for private in (b"Sam", b"07700", b"more sleep"):
            assert private not in content
    newer = new_feed_address(desk, SIAN, "lead", desk.now())
    assert publish_calls(desk, addresses[SIAN].rpartition("/")[2].removesuffix(".ics"), desk.now()) is None
    assert publish_calls(desk, newer.rpartition("/")[2].removesuffix(".ics"), desk.now()) is not None
    assert publish_calls(desk, "nonsense", desk.now()) is None
