"""Sealing everything again with the current key."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, bindparam, select, update

from bot.storage import alert_tables, staff_tables, tables
from bot.storage.columns import Sealed, metadata
from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Vault, key_id_of

KNOWN = (tables, alert_tables, staff_tables)  # importing them fills the metadata


def sealed_columns() -> dict[str, tuple[str, ...]]:
    """Every sealed column, by table. A new one is found by its type: there is no list to forget it in."""
    found = {
        table.name: tuple(column.name for column in table.columns if isinstance(column.type, Sealed))
        for table in metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns and table != "key_check"}


def reseal(tx: Transaction, vault: Vault, table: str, after: str, limit: int) -> tuple[str | None, int]:
    """Seals up to `limit` rows of `table` beyond the id `after`: the last id looked at (None at the end), and how many
    rows had been sealed with another key. Rows sealed with the current key are left as they are."""
    statements = _statements(table)
    columns = sealed_columns()[table]
    rows = tx.rows(statements.some, after=after, limit=limit)
    changed = 0
    for row in rows:
        id_, *blobs = row
        if all(blob is None or key_id_of(blob) == vault.current_key for blob in blobs):
            continue
        fresh = {
            f"to_{name}": None if blob is None else _again(vault, blob, table, name, id_)
            for name, blob in zip(columns, blobs, strict=True)
        }
        changed += tx.run(statements.change, its_id=id_, **fresh)
    return (rows[-1][0] if len(rows) == limit else None), changed


def _again(vault: Vault, blob: bytes, table: str, column: str, row: str) -> bytes:
    return vault.seal(vault.open(blob, table=table, column=column, row=row), table=table, column=column, row=row)


class _Statements:
    def __init__(self, table: Table, columns: Sequence[Column[Any]]) -> None:
        id_ = next(iter(table.primary_key.columns))
        self.some = Prepared(
            select(id_, *columns)
            .where(id_ > bindparam("after"))
            .order_by(id_)
            .limit(bindparam("limit"))
            .with_for_update()
        )
        self.change = Prepared(
            update(table)
            .where(id_ == bindparam("its_id"))
            .values({column.name: bindparam(f"to_{column.name}") for column in columns})
        )


@cache
def _statements(table: str) -> _Statements:
    itself = metadata.tables[table]
    return _Statements(itself, [itself.c[name] for name in sealed_columns()[table]])
