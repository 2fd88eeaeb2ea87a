"""The worker: the chase of alerts and each lane of the outbox in threads of their own, and chores beside them.

Any number may run. What one has claimed, another leaves alone until its lease ends.
"""

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.gateways.roads import Roads, open_roads
from bot.services.apologise_for_waiting import apologise_for_waiting
from bot.services.ask_after_call import ask_after_call
from bot.services.ask_after_offers import ask_after_offers
from bot.services.beat import beat
from bot.services.chase_alerts import chase_alerts
from bot.services.desk import Desk
from bot.services.forget_quiet import forget_quiet
from bot.services.offer_again import offer_again
from bot.services.read_calendars import read_calendars
from bot.services.reconcile import RECONCILE, reconcile
from bot.services.remind_of_calls import remind_of_calls
from bot.services.remind_owners import remind_owners
from bot.services.send_due import BATCH, send_due
from bot.services.try_phones import try_phones
from bot.storage import calls

log = structlog.get_logger(__name__)

# How often a monitor outside hears of us.
BEAT_SECONDS = 60.0
LANES = ("alert", "reply", "reminder")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so often, safe to do twice."""

    name: str
    every_seconds: float
    work: Callable[[Desk, datetime], object]


@dataclass(slots=True)
class Pulse:
    """When this worker last went through the alerts that were due; None before the first time."""

    at: datetime | None = None


def release_holds(desk: Desk, now: datetime) -> None:
    """Gives back times that a parent chose and did not book."""
    desk.database.write(lambda tx: calls.release_expired(tx, now))


CHORES = (
    Chore("release_holds", 30.0, release_holds),
    Chore("apologise_for_waiting", 10.0, apologise_for_waiting),
    Chore("ask_after_offers", 60.0, ask_after_offers),
    Chore("remind_of_calls", 60.0, remind_of_calls),
    Chore("offer_again", 300.0, offer_again),
    Chore("ask_after_call", 300.0, ask_after_call),
    Chore("read_calendars", 600.0, read_calendars),
    Chore("forget_quiet", 3600.0, forget_quiet),
    Chore("try_phones", 300.0, try_phones),
    Chore("remind_owners", 6 * 3600.0, remind_owners),
)


def run_worker(
    desk: Desk,
    stop: threading.Event | None = None,
    *,
    chores: Sequence[Chore] | None = None,
    roads: Roads | None = None,
) -> None:
    """Works until `stop` is set, or without one until the process is told to end; what is being sent is finished.

    `chores` are `CHORES`, and asking the provider for what never reached us, unless others are given.
    """
    if stop is None:
        stop = _stop_on_signal()
    roads = roads or open_roads(desk.settings)
    pulse = Pulse()
    if chores is None:
        chores = (
            *CHORES,
            *_reconciling(desk, roads),
            Chore("beat", BEAT_SECONDS, lambda desk, now: beat(desk, pulse.at, now)),
        )
    loops = [
        threading.Thread(target=_chase, args=(desk, stop, pulse), name="chase-alerts"),
        *(threading.Thread(target=_send_lane, args=(desk, roads, lane, stop), name=f"lane-{lane}") for lane in LANES),
        *(threading.Thread(target=_do_chore, args=(desk, chore, stop), name=chore.name) for chore in chores),
    ]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()


def _reconciling(desk: Desk, roads: Roads) -> tuple[Chore, ...]:
    texts = roads.texts
    if texts is None:
        return ()
    return (Chore(RECONCILE, desk.settings.reconcile_seconds, lambda desk, now: reconcile(desk, texts, now)),)


def _send_lane(desk: Desk, roads: Roads, lane: str, stop: threading.Event) -> None:
    while not stop.is_set():
        handled = 0
        try:
            handled = send_due(desk, roads, lane, desk.now())
        except Exception as fault:  # the lane outlives whatever goes wrong in it
            log.error("lane_failed", lane=lane, fault=type(fault).__name__)
        if handled < BATCH:
            stop.wait(desk.settings.worker_poll_seconds)


def _chase(desk: Desk, stop: threading.Event, pulse: Pulse) -> None:
    while not stop.is_set():
        try:
            now = desk.now()
            chase_alerts(desk, now)
            pulse.at = now
        except Exception as fault:  # the chase outlives whatever goes wrong in it
            log.error("chase_failed", fault=type(fault).__name__)
        stop.wait(desk.settings.worker_poll_seconds)


def _do_chore(desk: Desk, chore: Chore, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            chore.work(desk, desk.now())
        except Exception as fault:
            log.error("chore_failed", chore=chore.name, fault=type(fault).__name__)
        stop.wait(chore.every_seconds)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
