"""Sealing everything again with the current key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, bindparam, select, update

from bot.storage import alert_tables, staff_tables, tables
from bot.storage.columns import Sealed, metadata
from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Tampered, Vault, key_id_of

KNOWN = (tables, alert_tables, staff_tables)  # importing them fills the metadata


def sealed_columns() -> dict[str, tuple[str, ...]]:
    """Every sealed column, by table. A new one is found by its type: there is no list to forget it in."""
    found = {
        table.name: tuple(column.name for column in table.columns if isinstance(column.type, Sealed))
        for table in metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns and table != "key_check"}


@dataclass(frozen=True, slots=True)
class Resealed:
    """`last`: the last id looked at, None at the end; `changed`: how many rows had been sealed with another key;
    `damaged`: what no key opens any more, as table.column and id. It was left as it is."""

    last: str | None
    changed: int
    damaged: tuple[str, ...]


def reseal(tx: Transaction, vault: Vault, table: str, after: str, limit: int) -> Resealed:
    """Seals up to `limit` rows of `table` beyond the id `after`. What is sealed with the current key is left as it is.

    Raises `KeyMissing` where a value has a key that is not at hand: that could still be opened.
    """
    statements = _statements(table)
    columns = sealed_columns()[table]
    rows = tx.rows(statements.some, after=after, limit=limit)
    changed, damaged = 0, []
    for id_, *blobs in rows:
        fresh = dict(zip(columns, blobs, strict=True))
        for column, blob in zip(columns, blobs, strict=True):
            if blob is None:
                continue
            place = {"table": table, "column": column, "row": id_}
            try:
                if key_id_of(blob) != vault.current_key:
                    fresh[column] = vault.seal(vault.open(blob, **place), **place)
            except Tampered:
                damaged.append(f"{table}.{column} {id_}")
        if list(fresh.values()) != blobs:
            changed += tx.run(statements.change, its_id=id_, **{f"to_{name}": blob for name, blob in fresh.items()})
    return Resealed(rows[-1][0] if len(rows) == limit else None, changed, tuple(damaged))


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
