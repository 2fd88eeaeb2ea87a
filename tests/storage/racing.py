"""What many processes do at once in the concurrency tests. A module of its own, so that a new process can load it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import bindparam, select

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
