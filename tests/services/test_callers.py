"""What staff keep on the console and in their own calendars decides which times a parent is offered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, Response

from bot.domain.slots import WALES
from bot.services.book_call import find_slots
from bot.services.desk import Desk
from bot.services.know_callers import know_callers
from bot.services.read_calendars import read_calendars
from bot.storage import callers
from tests.desks import Clock, Phone
from tests.simulators.serving import serving


def offered(desk: Desk, phone: Phone) -> list[tuple[str, str]]:
    """Who, and when in Wales."""
    whose = phone.conversation
    found = desk.database.write(lambda tx: find_slots(desk, tx, whose, desk.now(), again=False))
    return [(slot.staff_key, slot.starts_at.astimezone(WALES).strftime("%a %d %H:%M")) for slot in found]


def test_what_somebody_keeps_counts_before_the_teams_file(desk: Desk, phone: Phone) -> None:
    phone.text("helo", "2")
    before = offered(desk, phone)
    key = before[0][0]
    mine = desk.database.read(lambda tx: know_callers(desk, tx))[key]
    leave = {date(2026, 11, 23) + timedelta(days=day): () for day in range(30)}
    desk.database.write(lambda tx: callers.keep(tx, replace(mine, exceptions=leave), key, desk.now(), seen=0))
    assert {who for who, _ in before} >= {key}
    assert key not in {who for who, _ in offered(desk, phone)}


class Calendars:
    """Published calendars of staff: one address, what it holds, or how it fails."""

    def __init__(self) -> None:
        self.body = ""
        self.status = 200

    def app(self) -> Flask:
        app = Flask("calendars")
        app.add_url_rule("/secret.ics", "feed", lambda: Response(self.body, self.status, mimetype="text/calendar"))
        return app


@pytest.fixture
def calendars() -> Iterator[tuple[Calendars, str]]:
    published = Calendars()
    with serving(published.app()) as address:
        yield published, f"{address}/secret.ics"


def event(begins: datetime, ends: datetime) -> str:
    times = f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nDTEND:{ends:%Y%m%dT%H%M%SZ}"
    inside = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n{times}\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{inside}END:VCALENDAR\r\n"


def test_no_time_is_offered_in_which_a_callers_own_calendar_is_busy(
    desk: Desk, phone: Phone, clock: Clock, calendars: tuple[Calendars, str]
) -> None:
    published, address = calendars
    phone.text("helo", "2")
    first = offered(desk, phone)[0]
    published.body = event(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC))
    for key in desk.team.callers:
        desk.database.write(lambda tx, key=key: callers.name_calendar(tx, desk.vault, key, address))
    assert read_calendars(desk, desk.now()) == len(desk.team.callers)
    assert first not in offered(desk, phone)
    assert all(when.split()[1] >= "26" for _, when in offered(desk, phone))
    # Away for a while, it is still believed; and nothing of what it says is kept in words.
    published.status = 503
    assert read_calendars(desk, desk.now()) == 0
    assert first not in offered(desk, phone)
    kept = desk.database.read(lambda tx: callers.own_calendars(tx, desk.vault))
    assert {calendar.fault for calendar in kept} == {"http_503"}
    assert "Dentist" not in repr(kept)
