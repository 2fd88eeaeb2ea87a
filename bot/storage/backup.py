"""One portable form of everything that is kept, for both engines: lines of JSON in a sealed file.

A backup of SQLite can be restored into PostgreSQL, and the other way about. Sessions are left out: nobody is signed in
by a restore.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, MetaData, String, Table, func, insert, select, text, type_coerce
from sqlalchemy.types import TypeEngine

from bot.storage import alert_tables, staff_tables, tables
from bot.storage.columns import Instant, Listed, metadata
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.migrations import current, upgrade
from bot.storage.sealed_file import SealedWriter, read_lines
from bot.storage.secrets import Tampered, Vault

_FORM = 1
_LEFT_OUT = frozenset({staff_tables.staff_session.name})
_RAW: dict[type, TypeEngine[Any]] = {Instant: BigInteger(), Listed: String()}
KNOWN = (tables, alert_tables, staff_tables)  # importing them fills the metadata


class NotEmpty(Exception):
    """A backup is restored into an empty database only; this one has rows."""


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a backup holds: when it was made, at which revision of the schema, how many rows of each table."""

    made_at: datetime
    revision: str
    rows: dict[str, int]


def write_backup(database: Database, vault: Vault, path: Path, now: datetime) -> BackupFacts:
    """Writes one moment of the whole database to `path` while others go on working."""
    revision = current(database.engine)
    if revision is None:
        raise LookupError("the database has no tables")
    facts = BackupFacts(now, revision, {})

    def work(tx: Transaction) -> None:
        with SealedWriter(path, vault) as file:
            file.write_line(json.dumps({"form": _FORM, "made_at": now.isoformat(), "revision": revision}))
            for table in _tables():
                facts.rows[table.name] = 0
                binary = [isinstance(column.type, LargeBinary) for column in table.columns]
                names = [column.name for column in table.columns]
                file.write_line(json.dumps({"table": table.name, "columns": names, "binary": binary}))
                for row in tx.each(_raw_select(table)):
                    file.write_line(json.dumps([_outward(value) for value in row]))
                    facts.rows[table.name] += 1
            file.write_line(json.dumps({"rows": facts.rows}))

    database.read(work, unhurried=True)
    return facts


def read_backup(url: str, vault: Vault, path: Path) -> BackupFacts:
    """Fills the empty database at `url` from the backup at `path`, all or nothing, and brings it to today's schema.

    Raises `NotEmpty`, `Tampered`, `KeyMissing`. The ledger of erasures is the caller's to apply again.
    """
    facts = read_facts(vault, path)
    upgrade(url, facts.revision)
    database = Database(url)
    try:
        known = MetaData()
        known.reflect(database.engine)
        database.engine.dispose()
        database.write(lambda tx: _fill(tx, known, read_lines(path, vault), facts))
    finally:
        database.close()
    upgrade(url)
    return facts


def read_facts(vault: Vault, path: Path) -> BackupFacts:
    """What the backup holds, having read it to its end: the proof that it can be opened."""
    lines = read_lines(path, vault)
    first = json.loads(next(lines, "{}"))
    if first.get("form") != _FORM:
        raise Tampered("this is not a backup this program can read")
    last = "{}"
    for line in lines:
        last = line
    return BackupFacts(datetime.fromisoformat(first["made_at"]), first["revision"], json.loads(last)["rows"])


def _fill(tx: Transaction, known: MetaData, lines: Iterator[str], facts: BackupFacts) -> None:
    for table in known.sorted_tables:
        if table.name != "alembic_version" and tx.row(Prepared(select(table).limit(1))) is not None:
            raise NotEmpty(f"there are rows in {table.name}")
    counts: dict[str, int] = {}
    table_name, columns, binary, adding = "", [""], [False], None
    for line in lines:
        content = json.loads(line)
        if isinstance(content, list):
            if adding is None:
                raise Tampered("a row before its table")
            tx.run(adding, **_inward(columns, binary, content))
            counts[table_name] += 1
        elif "table" in content:
            table_name, columns, binary = content["table"], content["columns"], content["binary"]
            adding = Prepared(insert(known.tables[table_name]))
            counts[table_name] = 0
    if counts != facts.rows:
        raise Tampered("the backup holds other numbers of rows than it says")
    if tx.engine == "postgresql":
        _continue_numbering(tx, known)


def _continue_numbering(tx: Transaction, known: MetaData) -> None:
    """PostgreSQL counts apart from the rows: what is added next must not meet a number that was restored."""
    for name in (staff_tables.staff.name, staff_tables.role.name):
        number = known.tables[name].c.id
        highest = tx.row(Prepared(select(func.max(number).label("id"))))
        if highest is not None and highest.id is not None:
            sequence = func.pg_get_serial_sequence(text(f"'{name}'"), text("'id'"))
            tx.rows(Prepared(select(func.setval(sequence, text(str(int(highest.id)))).label("now"))))


def _tables() -> Sequence[Table]:
    """Parents first, so that no row comes before the one it belongs to."""
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def _raw_select(table: Table) -> Prepared:
    """The rows as the database holds them, times as numbers."""
    return Prepared(
        select(
            *(
                type_coerce(column, _RAW[type(column.type)]).label(column.name) if type(column.type) in _RAW else column
                for column in table.columns
            )
        ).order_by(*table.primary_key.columns)
    )


def _outward(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _inward(columns: Sequence[str], binary: Sequence[bool], row: Sequence[Any]) -> dict[str, Any]:
    return {
        name: base64.b64decode(value) if is_binary and value is not None else value
        for name, is_binary, value in zip(columns, binary, row, strict=True)
    }
