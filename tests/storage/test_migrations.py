"""The schema changes whole or not at all, loses no row, and is what the program thinks it is."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from textwrap import dedent, indent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text

from bot.storage.columns import metadata
from bot.storage.database import Database, Prepared
from bot.storage.migrations import BrokenReferences, current, head, upgrade
from bot.storage.secrets import Vault
from bot.storage.tables import call_cell, inbound_message, outbound_message, screening
from tests.storage.parents import fill


def tables_of(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names())
    finally:
        database.close()


def revision_of(url: str) -> str | None:
    database = Database(url)
    try:
        return current(database.engine)
    finally:
        database.close()


@pytest.fixture
def change(tmp_path: Path) -> Callable[[str], Path]:
    """Writes one more change of the schema; the folder it is in."""

    def write(body: str) -> Path:
        folder = tmp_path / "more"
        folder.mkdir()
        (folder / "next.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\nrevision = 'next'\ndown_revision = {head()!r}\n"
            f"def upgrade():\n{indent(dedent(body), '    ')}\n"
        )
        return folder

    return write


def test_the_migrated_schema_is_the_one_the_program_thinks_it_has(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_rule_of_the_tables_is_in_the_migrated_database(
    database: Database, empty_database_url: str, request: pytest.FixtureRequest
) -> None:
    """Alembic does not compare checks and conditions of indexes: so build both, and compare what the engine says."""
    if database.name == "sqlite":
        fresh = create_engine(empty_database_url)
    else:
        request.getfixturevalue("postgres_server")
        fresh = Database(empty_database_url).engine
    metadata.create_all(fresh)
    try:
        assert rules(database.engine) == rules(fresh)
    finally:
        fresh.dispose()


def plain(facts: object) -> str:
    """Facts as text, conditions of indexes as SQL."""
    if isinstance(facts, dict):
        return str(sorted((name, plain(value)) for name, value in facts.items()))
    return str(facts)


def rules(engine: object) -> dict[str, object]:
    found = inspect(engine)
    return {
        name: (
            sorted((check["name"], check["sqltext"]) for check in found.get_check_constraints(name)),
            sorted((index["name"], plain(index)) for index in found.get_indexes(name)),
            sorted((unique["name"], tuple(unique["column_names"])) for unique in found.get_unique_constraints(name)),
            sorted((key["name"], str(key["options"])) for key in found.get_foreign_keys(name)),
        )
        for name in metadata.tables
    }


def test_an_empty_database_is_brought_to_the_newest_revision_and_again_is_no_harm(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    upgrade(empty_database_url)
    assert revision_of(empty_database_url) == head()
    assert tables_of(empty_database_url) == set(metadata.tables) | {"alembic_version"}


def test_processes_that_start_together_take_turns(empty_database_url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(upgrade, [empty_database_url] * 3))
    assert revision_of(empty_database_url) == head()


def test_a_table_made_anew_keeps_the_rows_that_belong_to_it(
    database: Database, database_url: str, vault: Vault, change: Callable[[str], Path]
) -> None:
    """With references on, SQLite deletes or refuses them: the batch copies the table and drops the old one."""
    conversation_id = fill(database, vault)
    below = [Prepared(select(table)) for table in (inbound_message, outbound_message, screening)]
    before = [database.read(lambda tx, each=each: tx.rows(each)) for each in below]
    database.close()
    folder = change(
        """
        with op.batch_alter_table("conversation", recreate="always") as table:
            table.add_column(sa.Column("colour", sa.String(10)))
        """
        if database.name == "sqlite"
        else 'op.add_column("conversation", sa.Column("colour", sa.String(10)))'
    )
    upgrade(database_url, versions=folder)
    assert [database.read(lambda tx, each=each: tx.rows(each)) for each in below] == before
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, colour FROM conversation")).all()
        assert rows == [(conversation_id, None)]
    assert all(before)


def test_a_change_that_fails_half_way_leaves_nothing_of_itself(
    database_url: str, change: Callable[[str], Path]
) -> None:
    folder = change(
        """
        op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO half (id) VALUES (1)")
        raise RuntimeError("pulled the plug")
        """
    )
    before = tables_of(database_url)
    with pytest.raises(RuntimeError, match="plug"):
        upgrade(database_url, versions=folder)
    assert tables_of(database_url) == before
    assert revision_of(database_url) == head()


def test_a_change_that_leaves_rows_belonging_to_nothing_is_undone(
    sqlite_database: Database, vault: Vault, change: Callable[[str], Path]
) -> None:
    fill(sqlite_database, vault)
    folder = change('op.execute("DELETE FROM conversation")')
    url = str(sqlite_database.url)
    with pytest.raises(BrokenReferences, match="inbound_message"):
        upgrade(url, versions=folder)
    assert revision_of(url) == head()
    assert len(sqlite_database.read(lambda tx: tx.rows(Prepared(select(inbound_message))))) == 1


def test_a_parent_from_before_promises_is_still_there_and_waits_for_nobody(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0001")
    database = Database(empty_database_url)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO conversation (id, channel, status, flow_version, step, loss, created_at, updated_at)"
                " VALUES ('c', 'sms', 'with_person', '1', 'welcome', false, 1, 1)"
            )
        )
    upgrade(empty_database_url)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT id, status, person FROM conversation")).all() == [
            ("c", "with_person", None)
        ]
        assert connection.execute(text("SELECT id FROM promise")).all() == []
    database.close()


def test_calls_that_were_booked_before_keep_their_time(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0001")
    database = Database(empty_database_url)
    with database.engine.begin() as connection:
        moments = {"begins": 1_795_000_500_000_000, "ends": 1_795_002_300_000_000}
        for id_, state in (("b" * 32, "booked"), ("c" * 32, "called_off")):
            connection.execute(
                text(
                    "INSERT INTO conversation (id, channel, status, flow_version, step, loss, created_at, updated_at)"
                    " VALUES (:id, 'sms', 'with_bot', '1', 'booked', false, 1, 1)"
                ),
                {"id": id_},
            )
            connection.execute(
                text(
                    "INSERT INTO call (id, conversation_id, staff_key, starts_at, ends_at, state, created_at,"
                    " changed_at, revision) VALUES (:id, :id, 'ann', :begins, :ends, :state, 1, 1, 0)"
                ),
                {"id": id_, "state": state, **moments},
            )
    upgrade(empty_database_url)
    cells = database.read(lambda tx: tx.rows(Prepared(select(call_cell.c.call_id, call_cell.c.cell))))
    assert sorted(cells) == [("b" * 32, 5_983_335 + number) for number in range(6)]
    database.close()
