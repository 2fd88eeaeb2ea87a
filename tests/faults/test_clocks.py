"""Clocks that jump, both changes of 2027, and servers in other zones: nothing late, nothing twice."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.conversation import Channel
from bot.domain.slots import WALES, WEEKDAYS
from bot.services.book_call import find_slots
from bot.services.run_worker import release_holds
from bot.storage import calls, conversations, outbox
from bot.storage.database import Prepared
from bot.storage.outbox import OutboundMessage
from bot.storage.tables import outbound_message
from tests.factories import PARENT_NUMBER
from tests.faults.checker import DANGER
from tests.faults.stand import LEASE, Stand

_OUTBOUND = Prepared(select(outbound_message).order_by(outbound_message.c.created_at, outbound_message.c.id))
SPRING = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # 01:00 becomes 02:00
AUTUMN = datetime(2027, 10, 31, 1, 0, tzinfo=UTC)  # 02:00 becomes 01:00
STEPS = {"an hour back": -3600, "an hour on": 3600, "a day on": 86400, "a day back": -86400, "a little back": -20}


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def rows(stand: Stand, lane: str) -> list[Any]:
    return [row for row in stand.desk.database.read(lambda tx: tx.rows(_OUTBOUND)) if row.lane == lane]


def accepted(stand: Stand) -> int:
    return sum(message.direction == "outbound-api" for message in stand.network.messages.values())


def remind(stand: Stand, **when: datetime) -> str:
    """A reminder to a parent; its id."""
    message = OutboundMessage("reminder", "handed_back", "sms", PARENT_NUMBER, "words", f"r{when['due_at']}", **when)
    made = stand.desk.database.write(lambda tx: outbox.put(tx, stand.desk.vault, message, stand.clock()))
    assert made is not None
    return made


# --- steps


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_new_alert_leaves_at_the_next_look_whatever_the_clock_did(stand: Stand, step: int) -> None:
    stand.new_phone().text(DANGER[0])
    stand.clock.forward(seconds=step)
    assert stand.send("alert") >= 1
    assert {row.state for row in rows(stand, "alert")} == {"sent"}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_an_alert_that_waits_for_its_next_try_is_delayed_by_no_step(stand: Stand, step: int) -> None:
    stand.new_phone().text(DANGER[0])
    stand.twilio.behave("server_error", times=3)
    for _ in range(3):
        stand.send("alert")
        stand.clock.forward(seconds=5)
    stand.clock.forward(seconds=step)
    seconds = 0
    while not accepted(stand) and seconds <= 40:
        stand.clock.forward(seconds=1)
        seconds += 1
        stand.send("alert")
    assert accepted(stand), "within the wait it had, and one look"


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_worker_that_died_with_an_alert_in_its_hands_holds_it_up_no_longer(stand: Stand, step: int) -> None:
    stand.new_phone().text(DANGER[0])
    claimed = stand.desk.database.write(
        lambda tx: outbox.claim(tx, stand.desk.vault, lane="alert", now=stand.clock(), lease_seconds=LEASE, limit=9)
    )
    assert claimed
    stand.clock.forward(seconds=step)
    seconds = 0
    while not accepted(stand) and seconds <= 200:
        stand.clock.forward(seconds=10)
        seconds += 10
        stand.send("alert")
    assert seconds <= LEASE + 80


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_reminder_leaves_once_and_never_early(stand: Stand, step: int) -> None:
    due = stand.clock() + timedelta(hours=2)
    remind(stand, due_at=due)
    stand.clock.forward(seconds=step)
    looks = []
    for _ in range(24 * 4 + 10):
        looks.append((stand.clock(), stand.send("reminder")))
        stand.clock.forward(minutes=30)
    sent = [at for at, handled in looks if handled]
    assert len(sent) == 1
    assert sent[0] >= due
    assert accepted(stand) == 1


def test_a_clock_that_swings_reminds_nobody_twice(stand: Stand) -> None:
    remind(stand, due_at=stand.clock() + timedelta(minutes=1))
    for step in (3600, -3600, 86400, -86400, 3600, -7200):
        stand.clock.forward(seconds=step)
        stand.send()
    assert accepted(stand) == 1


def test_a_worker_that_starts_three_hours_late_drops_what_is_past_and_lists_it(stand: Stand) -> None:
    now = stand.clock()
    remind(stand, due_at=now, not_after=now + timedelta(hours=1))
    remind(stand, due_at=now + timedelta(minutes=5), not_after=now + timedelta(hours=9))
    stand.clock.forward(hours=3)
    stand.send("reminder")
    assert sorted((row.state, row.error_code) for row in rows(stand, "reminder")) == [
        ("dropped", "too_late"),
        ("sent", None),
    ]


# --- the two changes of 2027


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_waits_and_leases_last_as_long_as_on_any_other_night(stand: Stand, zone: str, change: datetime) -> None:
    stand.clock.now = change - timedelta(seconds=20)
    stand.new_phone().text(DANGER[0])
    waits = []
    stand.twilio.behave("server_error", times=5)
    for _ in range(5):
        stand.send("alert")
        (row, *_) = rows(stand, "alert")
        waits.append((row.due_at - stand.clock()).total_seconds())
        stand.clock.now = row.due_at
    assert waits == [1, 2, 5, 10, 30]
    stand.send("alert")
    assert accepted(stand) == 1


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_reminder_across_the_change_leaves_once_at_its_instant(stand: Stand, zone: str, change: datetime) -> None:
    stand.clock.now = change - timedelta(hours=3)
    due = change + timedelta(minutes=30)
    remind(stand, due_at=due)
    left_at = []
    for _ in range(6 * 12):
        if stand.send("reminder"):
            left_at.append(stand.clock())
        stand.clock.forward(minutes=5)
    assert left_at == [due]


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_text_lost_across_the_change_is_fetched_and_answered(stand: Stand, zone: str, change: datetime) -> None:
    stand.clock.now = change - timedelta(minutes=5)
    stand.reconcile()
    for _ in range(6):
        stand.new_phone().text(DANGER[0], lost=True)
        stand.clock.forward(minutes=2)
    assert stand.reconcile() == 6
    stand.settle()
    assert stand.breaches() == []


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_the_times_offered_around_the_change_are_hours_of_the_team(stand: Stand, zone: str, change: datetime) -> None:
    stand.clock.now = change - timedelta(days=3)
    phone = stand.new_phone()
    for text in ("helo", "2", "CALL"):
        phone.text(text)
    stored = stand.desk.database.read(
        lambda tx: conversations.find(tx, stand.desk.vault, channel=Channel.SMS, contact=phone.number)
    )
    assert stored is not None
    offered = stand.desk.database.read(
        lambda tx: find_slots(stand.desk, tx, stored.conversation, stand.clock(), again=False)
    )
    assert offered
    for slot in offered:
        local = slot.starts_at.astimezone(WALES)
        hours = stand.desk.team.callers[slot.staff_key].hours
        assert any(opens <= local.time() < closes for opens, closes in hours[WEEKDAYS[local.weekday()]]), local


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_time_that_is_held_is_given_back_after_as_long_as_ever(stand: Stand, zone: str, change: datetime) -> None:
    stand.clock.now = change - timedelta(minutes=5)
    phone = stand.new_phone()
    phone.text("helo")
    stored = stand.desk.database.read(
        lambda tx: conversations.find(tx, stand.desk.vault, channel=Channel.SMS, contact=phone.number)
    )
    assert stored is not None
    begins = change + timedelta(days=2)
    held = stand.desk.database.write(
        lambda tx: calls.hold(
            tx,
            conversation_id=stored.conversation.id,
            staff_key="demo-sian",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=30),
            busy_until=begins + timedelta(minutes=30),
            hold_until=stand.clock() + timedelta(seconds=900),
            now=stand.clock(),
        )
    )
    for minutes, state in ((14, "held"), (2, "released")):
        stand.clock.forward(minutes=minutes)
        release_holds(stand.desk, stand.clock())
        assert stand.desk.database.read(lambda tx: calls.load(tx, stand.desk.vault, held.id)).state == state  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_the_time_a_parent_is_told_is_wales_time_in_every_zone_of_a_server(
    stand: Stand, zone: str, change: datetime
) -> None:
    stand.clock.now = change - timedelta(minutes=10)
    at = change + timedelta(hours=9)
    said = stand.desk.catalogue.text("en", "console.moment", {"at": at})
    local = at.astimezone(ZoneInfo("Europe/London"))
    assert f"{local:%H:%M}" in said
    assert os.environ["TZ"] == zone
