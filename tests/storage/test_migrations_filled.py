"""From every revision that was ever in use, a database with rows in every table comes to today's form and keeps all."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, insert, inspect, select, text

import bot.storage.migrations
from bot.storage.database import Database
from bot.storage.migrations import head, upgrade

_FOLDER = next(iter(bot.storage.migrations.__path__))
REVISIONS = [each.revision for each in reversed(list(ScriptDirectory(_FOLDER).walk_revisions()))]
# The rows in each table: the first with nothing that may be left out, the second with everything.
ROWS = (1, 2)
# In words of SQLite and of PostgreSQL.
_CHOICES = re.compile(r"(\w+)(?: IN \(|\)?(?:::text)? = ANY \(+ARRAY\[)'(\w+)'")


def fill_every_table(connection: Connection) -> None:
    """Two rows in each table, those that others belong to first."""
    for table in tables_of(connection):
        words = choices(connection, table.name)
        for row in ROWS:
            values = {column.name: words.get(column.name) or value(column, row) for column in table.columns}
            connection.execute(insert(table).values(values))


def value(column: Column[Any], row: int) -> Any:
    """Something that this column of a row of this number may hold."""
    for key in column.foreign_keys:
        return value(key.column, row)
    if column.nullable and not column.primary_key and row == min(ROWS):
        return None
    kind = column.type
    if isinstance(kind, LargeBinary):
        return f"{column.name} {row}".encode()
    if isinstance(kind, String):
        return f"{row} {column.name}"[: kind.length]
    if column.name == "ends_at":
        return row + 1_800_000_000  # half an hour after it begins
    return kind.python_type(row)


def choices(connection: Connection, table: str) -> dict[str, str]:
    """The first of the words that each column with such a rule may hold."""
    rules = inspect(connection).get_check_constraints(table)
    return dict(found for rule in rules for found in _CHOICES.findall(rule["sqltext"]))


def tables_of(connection: Connection) -> Sequence[Table]:
    """The tables as the engine says they are, those that others belong to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def kept(connection: Connection) -> dict[str, Sequence[Any]]:
    """Every row of every table, as a mapping."""
    return {
        table.name: connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
        for table in tables_of(connection)
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_is_still_there(empty_database_url: str, revision: str) -> None:
    upgrade(empty_database_url, revision)
    database = Database(empty_database_url)
    try:
        with database.engine.begin() as connection:
            fill_every_table(connection)
            before = kept(connection)
        upgrade(empty_database_url)
        with database.engine.connect() as connection:
            after = kept(connection)
    finally:
        database.close()
    assert len(before) > 10
    assert all(len(rows) == len(ROWS) for rows in before.values())
    for table, rows in before.items():
        for old, new in zip(rows, after[table], strict=True):
            wanted = {name: old[name] for name in old if name in new}
            if table == "inbound_message" and revision < "0010" and old["provider"] != "web":
                wanted["reply"] = None  # kept once, as what was texted
            assert {name: new[name] for name in wanted} == wanted


def test_the_web_chat_keeps_what_its_page_is_drawn_from(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0009")
    database = Database(empty_database_url)
    try:
        with database.engine.begin() as connection:
            fill_every_table(connection)
            connection.execute(text("UPDATE inbound_message SET provider = 'web'"))
            before = kept(connection)["inbound_message"]
        upgrade(empty_database_url)
        with database.engine.connect() as connection:
            after = kept(connection)["inbound_message"]
    finally:
        database.close()
    assert [row["reply"] for row in after] == [row["reply"] for row in before]
    assert any(row["reply"] for row in before)


def test_the_newest_revision_is_among_them() -> None:
    assert REVISIONS[-1] == head()
