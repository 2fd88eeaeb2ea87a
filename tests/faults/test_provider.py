"""Twilio hangs, stumbles, refuses, or cuts the line after it accepted, while alerts and late replies wait."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.gateways.roads import Roads
from bot.storage.database import Prepared
from bot.storage.tables import outbound_message
from tests.faults.checker import DANGER
from tests.faults.stand import Stand

_OUTBOUND = Prepared(select(outbound_message).order_by(outbound_message.c.created_at, outbound_message.c.id))


def waiting(stand: Stand, lane: str, many: int = 1) -> None:
    """So many alerts, or late replies, that wait to be sent."""
    for number in range(many):
        stand.new_phone().text(DANGER[number % 2] if lane == "alert" else "helo", lost=lane == "reply")
    if lane == "reply":
        stand.clock.forward(seconds=90)
        stand.reconcile()


def rows(stand: Stand, lane: str) -> list[Any]:
    found = stand.desk.database.read(lambda tx: tx.rows(_OUTBOUND))
    return [row for row in found if row.lane == lane and row.state != "answered"]


def left(stand: Stand) -> list[str]:
    """Which of our messages Twilio has, as often as it has them."""
    return [
        (message.status_callback or "").partition("=")[2]
        for message in stand.network.messages.values()
        if message.direction == "outbound-api"
    ]


@pytest.mark.parametrize("lane", ["alert", "reply"])
def test_a_hang_ends_by_itself_and_the_others_leave_meanwhile(stand: Stand, lane: str) -> None:
    waiting(stand, lane, 3)
    impatient = stand.open_road(seconds=1.0)  # it never answers, however long we wait; the others have a second
    stand.roads = Roads(impatient, None)
    stand.twilio.behave("hang", seconds=3600)
    assert stand.send(lane) == 3
    states = Counter(row.state for row in rows(stand, lane))
    assert states["waiting"] >= 1
    assert all(row.error_code.startswith("unknown_") for row in rows(stand, lane) if row.state == "waiting")
    stand.twilio.released.set()
    stand.roads = Roads(stand.open_road(), None)
    stand.settle()
    assert stand.breaches() == []


@pytest.mark.parametrize("lane", ["alert", "reply"])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_stumble_is_tried_again(stand: Stand, lane: str, status: int) -> None:
    waiting(stand, lane)
    stand.twilio.behave("server_error", status=status)
    stand.send(lane)
    (row,) = rows(stand, lane)
    assert (row.state, row.error_code) == ("waiting", f"unknown_http_{status}")
    assert row.due_at - stand.clock() <= timedelta(seconds=3), "soon"
    stand.settle()
    assert stand.breaches() == []


@pytest.mark.parametrize("lane", ["alert", "reply"])
def test_as_long_as_twilio_asks_is_waited_and_the_other_lane_is_not_held_up(stand: Stand, lane: str) -> None:
    waiting(stand, lane)
    stand.twilio.behave("too_many", seconds=45)
    stand.send(lane)
    (row,) = rows(stand, lane)
    assert row.due_at - stand.clock() == timedelta(seconds=45)
    other = "reply" if lane == "alert" else "alert"
    waiting(stand, other)
    assert stand.send(other) >= 1
    assert {each.state for each in rows(stand, other)} == {"sent"}
    stand.settle()
    assert stand.breaches() == []


def test_an_alert_whose_outcome_nobody_knows_is_sent_again(stand: Stand) -> None:
    waiting(stand, "alert")
    stand.twilio.behave("drop_after_accept")
    stand.send("alert")
    (row,) = rows(stand, "alert")
    assert row.state == "waiting"
    stand.settle()
    assert left(stand).count(row.id) == 2, "twice is better than not at all"
    assert stand.breaches() == []


def test_a_parent_whose_outcome_nobody_knows_is_looked_up_first(stand: Stand) -> None:
    waiting(stand, "reply")
    stand.twilio.behave("drop_after_accept")
    stand.send("reply")
    (row,) = rows(stand, "reply")
    assert row.state == "waiting"
    stand.settle()
    assert left(stand).count(row.id) == 1
    (after,) = rows(stand, "reply")
    assert (after.state, after.provider_sid) == ("sent", next(iter(_sids(stand, row.id))))
    assert stand.breaches() == []


def _sids(stand: Stand, message_id: str) -> list[str]:
    return [
        message.sid
        for message in stand.network.messages.values()
        if (message.status_callback or "").endswith(message_id)
    ]


@pytest.mark.parametrize("kind", ["drop", "server_error", "too_many"])
def test_an_hour_of_trouble_loses_no_alert(stand: Stand, kind: Any) -> None:
    waiting(stand, "alert", 2)
    stand.twilio.behave(kind, times=10_000, seconds=5)
    for _ in range(60):
        stand.send("alert")
        stand.clock.forward(minutes=1)
    assert {row.state for row in rows(stand, "alert")} == {"waiting"}
    while stand.twilio.next_behaviour():
        continue
    stand.settle()
    assert stand.breaches() == []
