"""Every point at which a process can die: before and after each statement of one inbound request, of one send, and of
one reconcile. Afterwards Twilio tries again, or does not; the house is started again; and nothing may be lost."""

import itertools

import pytest

from bot.gateways.roads import Roads
from bot.services.reconcile import reconcile
from bot.services.send_due import send_due
from tests.faults.checker import DANGER
from tests.faults.dying import DyingTexts, doom
from tests.faults.stand import LONG, Stand, dying, in_a_child, nobody, one_after_the_other


@pytest.mark.parametrize(
    ("retried", "known"),
    [(True, True), (False, False), *([(True, False), (False, True)] if LONG else [])],
)
def test_an_inbound_request_may_die_anywhere(stand: Stand, *, retried: bool, known: bool) -> None:
    deaths = 0
    for at in itertools.count(1):
        phone = stand.new_phone()
        stand.serve_by(stand.app)
        if known:
            phone.text("helo")
        first = dying(stand.app, lambda at=at: doom(at))  # type: ignore[misc]
        stand.serve_by(one_after_the_other(first, stand.app if retried else nobody))
        before = len(stand.statuses())
        phone.text(DANGER[at % 2])
        if stand.statuses()[before] == 200:
            break  # it got through: there were no more points
        deaths += 1
    assert deaths >= 16, "a disclosure takes more statements than that"
    stand.settle()
    assert stand.breaches() == []


@pytest.mark.parametrize("retried", [True, False], ids=["retried", "fetched"])
def test_an_answer_that_is_lost_on_its_way_loses_nothing(stand: Stand, *, retried: bool) -> None:
    phone = stand.new_phone()
    first = dying(stand.app, lambda: None, answer_arrives=False)
    stand.serve_by(one_after_the_other(first, stand.app if retried else nobody))
    phone.text(DANGER[0])
    stand.serve_by(stand.app)
    stand.settle()
    assert stand.breaches() == []
    assert len([body for body in phone.received if "999" in body]) == 1, "the safe words arrive, once"


@pytest.mark.parametrize("lane", ["alert", "reply"])
def test_the_worker_may_die_anywhere(stand: Stand, lane: str) -> None:
    deaths = 0
    for at in itertools.count(1):
        phone = stand.new_phone()
        phone.text(DANGER[at % 2], lost=lane == "reply")
        stand.clock.forward(seconds=90)
        if lane == "reply":
            stand.reconcile()
            stand.send("alert")

        def work(at: int = at) -> bytes:
            roads = Roads(DyingTexts(stand.open_road(), doom(at)), None)  # type: ignore[arg-type]
            send_due(stand.desk, roads, lane, stand.clock())
            return b""

        died = in_a_child(work) is None
        stand.settle(rounds=1)
        if not died:
            break
        deaths += 1
    assert deaths >= 8
    stand.settle()
    assert stand.breaches() == []


def test_the_reconcile_may_die_anywhere(stand: Stand) -> None:
    deaths = 0
    for at in itertools.count(1):
        stand.new_phone().text(DANGER[at % 2], lost=True)
        stand.clock.forward(seconds=90)

        def work(at: int = at) -> bytes:
            road = stand.open_road()
            doom(at)
            reconcile(stand.desk, road, stand.clock())
            return b""

        died = in_a_child(work) is None
        stand.reconcile()
        stand.settle(rounds=1)
        stand.clock.forward(hours=2)  # so that the next list has one text on it, and the steps stay the same
        if not died:
            break
        deaths += 1
    assert deaths >= 20
    stand.settle()
    assert stand.breaches() == []
