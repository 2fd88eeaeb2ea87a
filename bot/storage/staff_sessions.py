"""Sessions of staff, and things that may happen once only: a one-time link, a code from an authenticator.

All are rows of one table whose key is a hash, so that "once" is a promise of the database.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.secrets import Vault
from bot.storage.staff_tables import staff
from bot.storage.staff_tables import staff_session as table

__all__ = [
    "StaffSession",
    "Transaction",
    "begin",
    "end",
    "end_all",
    "keep",
    "load",
    "names",
    "once",
    "sweep",
    "touch",
]


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One session that has not ended. `id` is the hash of what the cookie holds; `staff_id` is None before sign-in."""

    id: str
    staff_id: int | None
    created_at: datetime
    seen_at: datetime
    data: Mapping[str, Any]


_its_id = table.c.id == bindparam("its_id")
_alive = table.c.ended_at.is_(None)
_BEGIN = insert_unless_there(table)
_LOAD = Prepared(select(table).where(_its_id, _alive))
_KEEP = Prepared(update(table).where(_its_id, _alive).values(data=bindparam("to_data"), seen_at=bindparam("at")))
_TOUCH = Prepared(update(table).where(_its_id, _alive).values(seen_at=bindparam("at")))
_END = Prepared(update(table).where(_its_id, _alive).values(ended_at=bindparam("at"), data=None))
_END_ALL = Prepared(
    update(table).where(table.c.staff_id == bindparam("whose"), _alive).values(ended_at=bindparam("at"), data=None)
)
_SWEEP = Prepared(
    delete(table).where(
        or_(
            table.c.seen_at < bindparam("before"),
            table.c.staff_id.is_(None) & (table.c.seen_at < bindparam("unknown_before")),
        )
    )
)
_NAMES = Prepared(select(staff.c.id, staff.c.name, staff.c.email))


def begin(tx: Transaction, vault: Vault, session: StaffSession) -> None:
    """Keeps a new session."""
    tx.run(
        _BEGIN,
        id=session.id,
        staff_id=session.staff_id,
        created_at=session.created_at,
        seen_at=session.seen_at,
        ended_at=None,
        data=_sealed(vault, session.id, session.data),
    )


def load(tx: Transaction, vault: Vault, id_: str) -> StaffSession | None:
    """The session, unless it has ended. How old it may be is the caller's to judge."""
    row = tx.row(_LOAD, its_id=id_)
    if row is None:
        return None
    data = {} if row.data is None else json.loads(vault.open(row.data, table="staff_session", column="data", row=id_))
    return StaffSession(row.id, row.staff_id, row.created_at, row.seen_at, data)


def keep(tx: Transaction, vault: Vault, id_: str, data: Mapping[str, Any], now: datetime) -> None:
    """Replaces what the session remembers. One that has ended in the meantime stays ended."""
    tx.run(_KEEP, its_id=id_, to_data=_sealed(vault, id_, data), at=now)


def touch(tx: Transaction, id_: str, now: datetime) -> None:
    """Notes that the person is still there."""
    tx.run(_TOUCH, its_id=id_, at=now)


def end(tx: Transaction, id_: str, now: datetime) -> bool:
    """Ends a session, or uses a link up; False where somebody was first."""
    return tx.run(_END, its_id=id_, at=now) == 1


def end_all(tx: Transaction, staff_id: int, now: datetime) -> int:
    """Ends every session and link of one person. How many."""
    return tx.run(_END_ALL, whose=staff_id, at=now)


def once(tx: Transaction, id_: str, staff_id: int, now: datetime) -> bool:
    """True the first time `id_` is named, False ever after."""
    return tx.run(_BEGIN, id=id_, staff_id=staff_id, created_at=now, seen_at=now, ended_at=now, data=None) == 1


def sweep(tx: Transaction, *, unknown_before: datetime, before: datetime) -> None:
    """Forgets rows last seen before `before`, and those of visitors who never signed in before `unknown_before`."""
    tx.run(_SWEEP, unknown_before=unknown_before, before=before)


def names(tx: Transaction) -> dict[int, str]:
    """What to call each member of staff: their name, else their address."""
    return {row.id: row.name or row.email for row in tx.rows(_NAMES)}


def _sealed(vault: Vault, id_: str, data: Mapping[str, Any]) -> bytes:
    return vault.seal(json.dumps(dict(data)), table="staff_session", column="data", row=id_)
