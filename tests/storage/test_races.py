"""Four processes at once: what may happen once happens once, on both engines.

`HELO_TEST_ATTEMPTS=10000` makes the run before a release; a pull request runs 2,000.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.storage import audit, concerns, outbox, pages
from bot.storage.database import Database, Prepared
from bot.storage.tables import alert, conversation, inbound_message
from tests.storage import racing
from tests.storage.parents import NOW, begin, book, outbound

PROCESSES = 4
ATTEMPTS = int(os.environ.get("HELO_TEST_ATTEMPTS", "2000"))
SLOTS = 50


@pytest.fixture(scope="module")
def crowd() -> Iterator[ProcessPoolExecutor]:
    """Processes that are up and waiting, so that they really start together."""
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        for ready in [pool.submit(racing.warm_up) for _ in range(PROCESSES * 2)]:
            ready.result()
        yield pool


def number_of(database: Database, table: object) -> int:
    row = database.read(lambda tx: tx.row(Prepared(select(func.count().label("n")).select_from(table))))  # type: ignore[arg-type]
    assert row is not None
    return int(row.n)


def test_a_text_delivered_200_times_is_kept_once(
    database: Database, database_url: str, crowd: ProcessPoolExecutor
) -> None:
    times = 200 // PROCESSES
    told_new = sum(crowd.map(racing.store_the_same_text, [database_url] * PROCESSES, [times] * PROCESSES))
    assert told_new == 1
    assert number_of(database, inbound_message) == 1


def test_texts_of_one_parent_take_turns(database: Database, database_url: str, crowd: ProcessPoolExecutor) -> None:
    done = sum(crowd.map(racing.begin_the_same_conversation, [database_url] * PROCESSES, [25] * PROCESSES))
    assert number_of(database, conversation) == 1
    assert database.write(lambda tx: begin(tx, racing.VAULT)).conversation.answers == {"count": str(done)}
    assert done == 25 * PROCESSES


def test_a_slot_is_never_sold_twice(database: Database, database_url: str, crowd: ProcessPoolExecutor) -> None:
    each = ATTEMPTS // PROCESSES
    booked = sum(
        crowd.map(
            racing.book_slots, [database_url] * PROCESSES, range(PROCESSES), [each] * PROCESSES, [SLOTS] * PROCESSES
        )
    )
    sold = Counter(database.read(lambda tx: tx.rows(racing.ALL_CALLS)))
    assert max(sold.values()) == 1
    assert len(sold) == booked == SLOTS


def test_without_the_constraint_this_very_race_sells_slots_twice(
    database: Database, database_url: str, crowd: ProcessPoolExecutor
) -> None:
    """The proof that the test above could find a double booking: the same crowd, looking before booking."""
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_call_cell"))
    for _ in range(5):
        crowd_of = [database_url] * PROCESSES
        slots = [200] * PROCESSES
        list(crowd.map(racing.look_and_then_book_slots, crowd_of, range(PROCESSES), slots, slots))
        sold = Counter(database.read(lambda tx: tx.rows(racing.ALL_CALLS)))
        if max(sold.values()) > 1:
            return
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM call_cell"))
            connection.execute(text("DELETE FROM call"))
    pytest.fail("nobody met at a slot in five runs: this race proves nothing")


def test_a_hold_outlives_its_process_and_is_released_once(
    database: Database, database_url: str, crowd: ProcessPoolExecutor
) -> None:
    """The process that held a time was killed; the workers let go of it once, and the time is free."""
    killed = multiprocessing.get_context("spawn").Process(target=racing.hold_and_die, args=(database_url,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    released = sum(crowd.map(racing.release_holds, [database_url] * PROCESSES))
    assert released == 1
    parent = database.write(lambda tx: begin(tx, racing.VAULT, "another parent")).conversation.id
    assert database.write(lambda tx: book(tx, racing.VAULT, parent)).state == "booked"


def test_four_workers_claim_each_message_once(
    database: Database, database_url: str, crowd: ProcessPoolExecutor
) -> None:
    many = 200
    database.write(lambda tx: [outbox.put(tx, racing.VAULT, outbound(f"k{n}"), NOW) for n in range(many)])
    shares = list(crowd.map(racing.claim_everything, [database_url] * PROCESSES, range(PROCESSES)))
    claimed = Counter(id_ for share in shares for id_ in share)
    assert len(claimed) == many
    assert max(claimed.values()) == 1


def test_one_parent_has_one_live_alert_however_many_texts_come_at_once(
    database: Database, database_url: str, crowd: ProcessPoolExecutor
) -> None:
    id_ = database.write(lambda tx: begin(tx, racing.VAULT)).conversation.id
    opened = sum(crowd.map(racing.open_alerts, [database_url] * PROCESSES, [id_] * PROCESSES, [25] * PROCESSES))
    assert opened == 1
    counted = database.read(lambda tx: tx.rows(Prepared(select(alert.c.count))))
    assert counted == [(25 * PROCESSES,)]


def test_processes_never_make_the_same_id(crowd: ProcessPoolExecutor) -> None:
    made = [id_ for share in crowd.map(racing.make_ids, [1000] * PROCESSES) for id_ in share]
    assert len(set(made)) == 1000 * PROCESSES


def test_two_hundred_colleagues_take_an_alert_at_once_and_one_has_it(
    database: Database, database_url: str, crowd: ProcessPoolExecutor, tmp_path: Path
) -> None:
    whose = database.write(lambda tx: begin(tx, racing.VAULT)).conversation.id
    opened = database.write(
        lambda tx: concerns.open_or_raise(
            tx, conversation_id=whose, severity="urgent", category="harm", now=NOW, due_at=NOW
        )
    )
    folders, numbers = [str(tmp_path)] * PROCESSES, range(PROCESSES)
    urls, ids, times = [database_url] * PROCESSES, [opened.id] * PROCESSES, [200 // PROCESSES] * PROCESSES
    assert sum(crowd.map(racing.take_the_alert, urls, folders, ids, numbers, times)) == 1
    events = database.read(lambda tx: concerns.events(tx, opened.id))
    assert sorted(event.kind for event in events) == ["acknowledged", "opened"]
    assert len(database.read(lambda tx: audit.entries(tx, "alert", opened.id))) == 1
    after = database.read(lambda tx: concerns.load(tx, opened.id))
    assert after is not None
    assert after.owner in {event.who for event in events}


def test_many_workers_take_each_step_of_each_alert_once(
    database: Database, database_url: str, crowd: ProcessPoolExecutor, tmp_path: Path
) -> None:
    for number in range(10):
        whose = database.write(lambda tx, n=number: begin(tx, racing.VAULT, f"parent {n}")).conversation.id
        database.write(
            lambda tx, id_=whose: concerns.open_or_raise(
                tx, conversation_id=id_, severity="urgent", category="harm", now=NOW, due_at=NOW
            )
        )
    urls, folders = [database_url] * PROCESSES, [str(tmp_path)] * PROCESSES
    for seconds, level in ((0, 0), (130, 1)):
        list(crowd.map(racing.chase_everything, urls, folders, [seconds] * PROCESSES))
        for each in database.read(concerns.live):
            told = database.read(lambda tx, id_=each.id: pages.of_alert(tx, id_))
            assert [page.level for page in told if page.channel == "sms"] == list(range(level + 1))
