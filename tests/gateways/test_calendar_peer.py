"""A real calendar server as a peer: it takes our feeds and invitations, and we read our busy times back from it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from bot.gateways.calendar_feed import fetch_busy
from bot.gateways.invitations import CalendarEntry, calendar_feed, invitation
from tests.processes import eventually, fetch, free_port

WALES = ZoneInfo("Europe/London")
SINCE, UNTIL = datetime(2027, 3, 20, tzinfo=UTC), datetime(2027, 4, 10, tzinfo=UTC)
# Ten o'clock in Wales on both sides of the change of the clocks.
TENS = (datetime(2027, 3, 25, 10, tzinfo=UTC), datetime(2027, 3, 30, 9, tzinfo=UTC))
LENGTH = timedelta(minutes=30)


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Radicale on this machine, with one empty calendar; its address."""
    folder, port = tmp_path_factory.mktemp("radicale"), free_port()
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[storage]\nfilesystem_folder = {folder}/kept\n"
        "[rights]\ntype = owner_only\n[web]\ntype = none\n"
    )
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with Path(folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            assert eventually(lambda: fetch(port, "/.web/"), 60), (folder / "log").read_text()
            address = f"http://127.0.0.1:{port}/sian/calls/"
            made = requests.request("MKCALENDAR", address, auth=("sian", "x"), timeout=30)
            assert made.status_code == 201, made.text
            yield address
        finally:
            server.terminate()


def entry(number: int, **changes: object) -> CalendarEntry:
    begins = TENS[number]
    first = CalendarEntry(f"{number:032d}", begins, begins + LENGTH, begins, 1, "Galwad / Call", "https://x.example")
    return replace(first, **changes)  # type: ignore[arg-type]


def put(address: str, name: str, content: bytes) -> int:
    headers = {"Content-Type": "text/calendar; charset=utf-8"}
    return requests.put(
        f"{address}{name}.ics", data=content, headers=headers, auth=("sian", "x"), timeout=30
    ).status_code


def busy(address: str) -> list[tuple[datetime, datetime]]:
    """What our own reader makes of the calendar as its server publishes it."""
    signed_in = address.replace("http://", "http://sian:x@")
    return fetch_busy(signed_in, SINCE, UNTIL, WALES, allow_plain=True)


def test_what_we_invite_to_is_taken_in_moved_and_called_off(calendars: str) -> None:
    people = {"organiser": "helo@team.example", "attendee": "sian@team.example"}
    for number in (0, 1):
        assert put(calendars, f"{number}", _stored(invitation(entry(number), **people))) in (201, 204)
    assert busy(calendars) == [(begins, begins + LENGTH) for begins in TENS]
    later = TENS[1] + timedelta(hours=2)
    moved = entry(1, revision=2, starts_at=later, ends_at=later + LENGTH)
    assert put(calendars, "1", _stored(invitation(moved, **people))) in (201, 204)
    assert busy(calendars)[1] == (later, later + LENGTH)
    off = entry(1, revision=3, stands=False)
    assert put(calendars, "1", _stored(invitation(off, **people))) in (201, 204)
    assert busy(calendars) == [(TENS[0], TENS[0] + LENGTH)]


def test_a_feed_of_ours_is_a_calendar_it_takes_whole(calendars: str) -> None:
    address = calendars.replace("/calls/", "/feed/")
    feed = calendar_feed([entry(0), entry(1)], "Galwad / Call")
    headers = {"Content-Type": "text/calendar; charset=utf-8"}
    taken = requests.put(address, data=feed, headers=headers, auth=("sian", "x"), timeout=30)
    assert taken.status_code in (201, 204), taken.text
    assert busy(address) == [(begins, begins + LENGTH) for begins in TENS]


def _stored(content: bytes) -> bytes:
    """As a mail program files an invitation in a calendar: without the method of the letter (RFC 4791, 4.1)."""
    return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(b"METHOD:"))
