"""The door keeps its promises on both engines."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, insert, select, text

from bot.storage.database import ConstraintBroken, Database, DatabaseAway, Prepared, Transaction, one_of
from bot.storage.secrets import Vault
from bot.storage.staff_tables import staff, staff_task
from bot.storage.tables import conversation
from tests.storage.parents import NOW, begin

ADD = Prepared(insert(staff_task))
COUNT = Prepared(select(func.count().label("number")).select_from(staff_task))
ALL = Prepared(select(staff_task).order_by(staff_task.c.id))


def add(tx: Transaction, id_: str, opened_at: datetime = NOW, **changes: object) -> int:
    values = (
        dict.fromkeys(("conversation_id", "closed_at", "closed_by", "note", "note_by"))
        | {"kind": "k", "revision": 0}
        | changes
    )
    return tx.run(ADD, id=id_, opened_at=opened_at, **values)


def count(database: Database) -> int:
    row = database.read(lambda tx: tx.row(COUNT))
    assert row is not None
    return int(row.number)


def test_what_is_written_is_read(database: Database) -> None:
    database.write(lambda tx: add(tx, "a"))
    (row,) = database.read(lambda tx: tx.rows(ALL))
    assert (row.id, row.kind, row.opened_at, row.closed_at) == ("a", "k", NOW, None)


def test_a_time_comes_back_to_the_microsecond_in_utc_whatever_zone_it_was_given_in(database: Database) -> None:
    tokyo = datetime(2026, 7, 1, 1, 2, 3, 999_999, tzinfo=timezone(timedelta(hours=9)))
    database.write(lambda tx: add(tx, "a", tokyo))
    (row,) = database.read(lambda tx: tx.rows(ALL))
    assert row.opened_at == tokyo
    assert row.opened_at.tzinfo is UTC


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(TypeError):
        database.write(lambda tx: add(tx, "a", NOW.replace(tzinfo=None)))
    assert count(database) == 0


def test_an_exception_leaves_nothing_behind_and_the_door_open(database: Database) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "a")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        database.write(work)
    assert count(database) == 0
    database.write(lambda tx: add(tx, "b"))
    assert count(database) == 1


def test_a_reading_transaction_does_not_write(database: Database) -> None:
    with pytest.raises(TypeError, match="does not write"):
        database.read(lambda tx: add(tx, "a"))


def test_transactions_do_not_nest_in_a_thread(database: Database) -> None:
    with pytest.raises(RuntimeError, match="already"):
        database.write(lambda _: database.read(lambda tx: tx.rows(ALL)))
    assert count(database) == 0


def test_values_must_fit_the_statement(database: Database) -> None:
    with pytest.raises(TypeError, match="do not fit"):
        database.write(lambda tx: tx.run(ADD, id="a"))
    values = dict.fromkeys(("id", "conversation_id", "kind", "opened_at", "closed_at", "misspelt"))
    with pytest.raises(TypeError, match="closed_by"):
        database.write(lambda tx: tx.run(ADD, **values))


def test_what_the_database_refuses_is_named_without_the_values(database: Database) -> None:
    database.write(lambda tx: add(tx, "a"))
    with pytest.raises(ConstraintBroken) as broken:
        database.write(lambda tx: add(tx, "a", kind="canary"))
    assert "canary" not in str(broken.value)
    assert "staff_task" in str(broken.value)
    assert broken.value.__cause__ is None


def test_a_row_must_belong_to_something(database: Database) -> None:
    with pytest.raises(ConstraintBroken):
        database.write(lambda tx: add(tx, "a", conversation_id="nobody"))


def test_a_savepoint_undoes_its_own_part_only(database: Database) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "a")
        with pytest.raises(ConstraintBroken), tx.savepoint():
            assert add(tx, "b") + add(tx, "a") == 2
        add(tx, "c")

    database.write(work)
    assert [row.id for row in database.read(lambda tx: tx.rows(ALL))] == ["a", "c"]


@pytest.mark.parametrize("outer_writes_first", [True, False])
@pytest.mark.parametrize("inner_writes", [True, False])
@pytest.mark.parametrize("outer_fails", [True, False])
def test_a_savepoint_in_a_savepoint_undoes_its_own_part_only(
    database: Database, *, outer_writes_first: bool, inner_writes: bool, outer_fails: bool
) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "a")
        with suppress(LookupError), tx.savepoint():
            if outer_writes_first:
                add(tx, "outer 1")
            with suppress(LookupError), tx.savepoint():
                if inner_writes:
                    add(tx, "inner")
                raise LookupError
            add(tx, "outer 2")
            if outer_fails:
                raise LookupError
        add(tx, "z")

    database.write(work)
    outer = [] if outer_fails else ["outer 1"] * outer_writes_first + ["outer 2"]
    assert [row.id for row in database.read(lambda tx: tx.rows(ALL))] == ["a", *outer, "z"]


def test_a_reader_sees_one_moment(database: Database) -> None:
    database.write(lambda tx: add(tx, "a"))

    def work(tx: Transaction) -> tuple[int, int]:
        before = len(tx.rows(ALL))
        other = threading.Thread(target=lambda: database.write(lambda tx: add(tx, "b")))
        other.start()
        other.join()
        return before, len(tx.rows(ALL))

    assert database.read(work) == (1, 1)
    assert count(database) == 2


def test_rows_come_one_by_one_where_there_are_many(database: Database) -> None:
    database.write(lambda tx: [add(tx, f"{number:04}") for number in range(25)])
    assert database.read(lambda tx: [row.id for row in tx.each(ALL, batch=10)]) == [f"{n:04}" for n in range(25)]


def test_booleans_and_absent_values_keep_their_kind(database: Database, vault: Vault) -> None:
    database.write(lambda tx: begin(tx, vault))
    row = database.read(lambda tx: tx.row(Prepared(select(conversation))))
    assert row is not None
    assert row.loss is False
    assert row.heard_at is None
    assert isinstance(row.state, bytes)


def test_only_plain_words_are_written_into_a_statement() -> None:
    with pytest.raises(ValueError, match="plain words"):
        one_of(staff_task.c.kind, "a' OR '1'='1")


def test_a_constant_in_a_statement_is_turned_as_a_value_is(database: Database) -> None:
    database.write(lambda tx: add(tx, "a"))
    since = Prepared(
        select(staff_task.c.id).where(staff_task.c.opened_at == NOW, staff_task.c.kind == bindparam("kind"))
    )
    assert database.read(lambda tx: tx.rows(since, kind="k")) == [("a",)]


def test_the_user_store_shares_the_database_and_its_rules(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(insert(staff).values(email="ann@example.wales", active=True, fs_uniquifier="u"))
    with database.engine.connect() as connection:
        assert connection.execute(select(staff.c.email)).scalar_one() == "ann@example.wales"
        if database.name == "sqlite":
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    database.write(lambda tx: add(tx, "a"))  # reading through the store holds nobody up


def test_an_open_read_in_the_user_store_does_not_stop_a_write(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(select(staff.c.email)).all()
        database.write(lambda tx: add(tx, "a"))
        connection.execute(insert(staff).values(email="ann@example.wales", active=True, fs_uniquifier="u"))
        connection.commit()
    assert count(database) == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db"])
def test_only_a_file_or_a_server_will_do(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|no door"):
        Database(url)


def test_a_database_that_is_not_there_is_away_not_empty(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'none.db'}", f"postgresql://nobody@/none?host={tmp_path}"):
        with pytest.raises(DatabaseAway):
            Database(url).read(lambda tx: tx.rows(ALL))
    assert list(tmp_path.glob("*.db")) == []
