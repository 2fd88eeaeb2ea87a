"""What many processes do at once in the concurrency tests. A module of its own, so that a new process can load it."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain.conversation import Channel
from bot.services.desk import Desk
from bot.storage import calls, conversations, messages, outbox
from bot.storage.call_times import SlotTaken
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.tables import call
from tests.storage.parents import HALF_AN_HOUR, NOW, SLOT, begin, book, hold, text_from

VAULT = Vault([("first", b"k" * 32)], b"i" * 32)
THREADS = 2
_IS_TAKEN = Prepared(
    select(call.c.id).where(call.c.staff_key == bindparam("staff_key"), call.c.starts_at == bindparam("starts_at"))
)


def warm_up() -> None:
    """Waits until a process has loaded everything."""
    time.sleep(0.05)


def store_the_same_text(url: str, times: int) -> int:
    """How often this process was told that the text was new."""
    database = Database(url)

    def once(_: int) -> bool:
        return database.write(
            lambda tx: messages.store_inbound(tx, VAULT, text_from(), NOW, conversation_id=None, kind="message")
        ).is_new

    return _at_once(database, once, times)


def begin_the_same_conversation(url: str, times: int) -> int:
    """How many texts this process added to one parent's count, each reading it first."""
    database = Database(url)

    def once(_: int) -> bool:
        def work(tx: Transaction) -> None:
            conversation = begin(tx, VAULT).conversation
            more = {"count": str(int(conversation.answers.get("count", "0")) + 1)}
            changed = type(conversation)(
                id=conversation.id,
                channel=conversation.channel,
                status=conversation.status,
                step=conversation.step,
                flow_version=conversation.flow_version,
                answers=more,
            )
            conversations.save(tx, VAULT, changed, NOW, heard=True)

        database.write(work)
        return True

    return _at_once(database, once, times)


def book_slots(url: str, who: int, attempts: int, slots: int) -> int:
    """How many calls this process booked. Every attempt is another parent wanting one of the few slots."""
    database = Database(url)

    def once(number: int) -> bool:
        def work(tx: Transaction) -> None:
            parent = begin(tx, VAULT, f"parent {who} {number}").conversation.id
            book(tx, VAULT, parent, starts_at=SLOT + (number % slots) * HALF_AN_HOUR)

        try:
            database.write(work)
        except SlotTaken:
            return False
        return True

    return _at_once(database, once, attempts)


def look_and_then_book_slots(url: str, who: int, attempts: int, slots: int) -> int:
    """The same by looking first whether the slot is free, as one would without a constraint."""
    database = Database(url)

    def once(number: int) -> bool:
        starts_at = SLOT + (number % slots) * HALF_AN_HOUR
        if database.read(lambda tx: tx.rows(_IS_TAKEN, staff_key="ann", starts_at=starts_at)):
            return False

        def work(tx: Transaction) -> None:
            parent = begin(tx, VAULT, f"parent {who} {number}").conversation.id
            book(tx, VAULT, parent, starts_at=starts_at)

        database.write(work)
        return True

    return _at_once(database, once, attempts)


def claim_everything(url: str, worker: int) -> list[str]:
    """The ids this worker got, claiming a few at a time until there are none."""
    database = Database(url)
    mine: list[str] = []
    now = NOW + timedelta(seconds=worker)
    while True:
        claimed = database.write(lambda tx: outbox.claim(tx, VAULT, lane="reply", now=now, lease_seconds=600, limit=5))
        if not claimed:
            database.close()
            return mine
        mine += [each.id for each in claimed]


def open_alerts(url: str, conversation_id: str, times: int) -> int:
    """How many alerts this process opened about one parent."""
    from bot.storage import concerns

    database = Database(url)

    def once(_: int) -> bool:
        def work(tx: Transaction) -> bool:
            return concerns.open_or_raise(
                tx, conversation_id=conversation_id, severity="urgent", category="harm", now=NOW, due_at=NOW
            ).is_new

        return database.write(work)

    return _at_once(database, once, times)


def make_ids(many: int) -> list[str]:
    """Ids of one moment, as one process makes them."""
    return [new_id(NOW) for _ in range(many)]


def _at_once(database: Database, once: object, times: int) -> int:
    with ThreadPoolExecutor(THREADS) as threads:
        done = sum(threads.map(once, range(times)))  # type: ignore[arg-type]
    database.close()
    return int(done)


def fight_over_times(url: str, folder: str, who: int, attempts: int) -> tuple[int, list[str]]:
    """(tries, errors that somebody saw) of one process: parents by text and on the web, and staff, by turns.

    Each parent wants the few times there are: by booking, moving, calling off and booking again; staff pass calls on,
    move them by hand to times that only overlap, and bring back what was called off.
    """
    from pathlib import Path

    from tests.desks import Clock, make_desk

    database = Database(url)
    # One key for all processes, as in a real house.
    desk = replace(make_desk(database, Path(folder), Clock(NOW)), vault=VAULT)

    def once(number: int) -> bool:
        channel = Channel.WEB if number % 3 == 0 else Channel.SMS
        contact = f"chat-{who}-{number}" if channel is Channel.WEB else f"+447{who:01d}{number:08d}"
        try:
            [_by_parent, _by_parent, _by_staff][number % 3](desk, contact, channel, who * 7 + number)
        except (SlotTaken, calls.AlreadyBooked):
            return True
        return True

    tries, errors = 0, []
    with ThreadPoolExecutor(THREADS) as threads:
        for future in [threads.submit(once, number) for number in range(attempts)]:
            tries += 1
            if fault := future.exception():
                errors.append(f"{type(fault).__name__}: {fault}"[:200])
    database.close()
    return tries, errors


def _a_time(number: int) -> tuple[str, datetime]:
    """One of a few times of two people; every third overlaps its neighbour."""
    return ("demo-sian", "demo-tom")[number % 2], SLOT + timedelta(minutes=20 * (number % 12))


def _by_parent(desk: Desk, contact: str, channel: Channel, number: int) -> None:
    """As the flow does it: hold, book, move, call off, book again."""
    from bot.services import book_call

    def parent(tx: Transaction) -> str:
        return conversations.find_or_begin(
            tx, desk.vault, channel=channel, contact=contact, flow_version="1", start="welcome", now=NOW
        ).conversation.id

    whose = desk.database.write(parent)
    for turn in range(2):
        key, at = _a_time(number + turn * 5)
        desk.database.write(lambda tx, key=key, at=at: _hold_and_book(desk, tx, whose, key, at))
        key, at = _a_time(number + turn * 5 + 3)
        desk.database.write(lambda tx, key=key, at=at: _move(desk, tx, whose, key, at))
        if turn == 0 and number % 2:
            desk.database.write(lambda tx: book_call.call_off(desk, tx, whose, NOW))


def _hold_and_book(desk: Desk, tx: Transaction, whose: str, staff_key: str, at: datetime) -> None:
    live = calls.of_conversation(tx, desk.vault, whose)
    if live is None:
        held = hold(tx, whose, staff_key=staff_key, starts_at=at)
        calls.confirm(tx, desk.vault, held.id, sheet={"name": "Siân"}, now=NOW)


def _move(desk: Desk, tx: Transaction, whose: str, staff_key: str, at: datetime) -> None:
    live = calls.of_conversation(tx, desk.vault, whose)
    if live is not None and live.state == "booked":
        end = at + HALF_AN_HOUR
        calls.move(tx, desk.vault, live.id, staff_key=staff_key, starts_at=at, ends_at=end, busy_until=end, now=NOW)


def _by_staff(desk: Desk, contact: str, channel: Channel, number: int) -> None:
    """Somebody on the team takes a call that is booked and gives it to a colleague, or to another time by hand."""
    booked_now = desk.database.read(lambda tx: tx.rows(BOOKED_IDS))
    if not booked_now:
        _by_parent(desk, contact, channel, number)
        return
    call_id = booked_now[number % len(booked_now)].id
    staff_key, at = _a_time(number + 1)
    end = at + HALF_AN_HOUR

    def edit(tx: Transaction) -> None:
        calls.move(tx, desk.vault, call_id, staff_key=staff_key, starts_at=at, ends_at=end, busy_until=end, now=NOW)

    desk.database.write(edit)


BOOKED_IDS = Prepared(select(call.c.id).where(call.c.state == "booked"))
ALL_TIMES = Prepared(select(call.c.staff_key, call.c.starts_at, call.c.ends_at).where(call.c.state == "booked"))
ALL_CALLS = Prepared(select(call.c.staff_key, call.c.starts_at).where(call.c.state == "booked"))


def take_the_alert(url: str, folder: str, alert_id: str, who: int, times: int) -> int:
    """How often this process was told that the alert is its own, each attempt as another colleague."""
    from pathlib import Path

    from bot.services.acknowledge_alert import acknowledge_alert
    from tests.desks import Clock, make_desk

    database = Database(url)
    desk = make_desk(database, Path(folder), Clock(NOW))

    def once(number: int) -> bool:
        me = f"staff:{who * 1000 + number}"
        return acknowledge_alert(desk, alert_id, me, NOW).owner == me

    return _at_once(database, once, times)


def chase_everything(url: str, folder: str, seconds: int) -> int:
    """How many steps this worker took, as one of many."""
    from pathlib import Path

    from bot.services.chase_alerts import chase_alerts
    from tests.desks import Clock, make_desk

    database = Database(url)
    now = NOW + timedelta(seconds=seconds)
    desk = make_desk(database, Path(folder), Clock(now))
    done = sum(chase_alerts(desk, now) for _ in range(5))
    database.close()
    return done


def hold_and_die(url: str) -> None:
    """Holds a time for a parent and is killed before anything else happens."""
    import os
    import signal

    database = Database(url)
    database.write(lambda tx: hold(tx, begin(tx, VAULT).conversation.id))
    os.kill(os.getpid(), signal.SIGKILL)


def release_holds(url: str) -> int:
    """How many holds that ran out this worker let go of."""
    database = Database(url)
    released = database.write(lambda tx: calls.release_expired(tx, NOW + timedelta(minutes=11)))
    database.close()
    return released
