"""Four processes at once: what may happen once happens once, on both engines.

`HELO_TEST_ATTEMPTS=10000` makes the run before a release; a pull request runs 2,000.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest
from sqlalchemy import func, select, text

from bot.storage import outbox
from bot.storage.database import Database, Prepared
from bot.storage.tables import alert, conversation, inbound_message
from tests.storage import racing
from tests.storage.parents import NOW, begin, outbound

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
