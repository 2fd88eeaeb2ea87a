"""Signed-in sessions, kept here so that signing out ends them: a cookie holds a random token, this table its hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.secrets import Vault
from bot.storage.staff_tables import staff_session as table


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One session that has not ended. `data` is the web's own text; `staff_id` None before the sign-in."""

    staff_id: int | None
    created_at: datetime
    seen_at: datetime
    data: str


_id = table.c.id == bindparam("its_id")
_BEGIN = insert_unless_there(table)
_FIND = Prepared(select(table).where(_id, table.c.ended_at.is_(None)))
_KEEP = Prepared(
    update(table)
    .where(_id, table.c.ended_at.is_(None))
    .values(staff_id=bindparam("whose"), seen_at=bindparam("at"), data=bindparam("to_data"))
)
_SEE = Prepared(update(table).where(_id, table.c.ended_at.is_(None)).values(seen_at=bindparam("at")))
_END = Prepared(update(table).where(_id, table.c.ended_at.is_(None)).values(ended_at=bindparam("at"), data=None))
_END_ALL = Prepared(
    update(table)
    .where(table.c.staff_id == bindparam("whose"), table.c.ended_at.is_(None), table.c.id != bindparam("but"))
    .values(ended_at=bindparam("at"), data=None)
)
_SWEEP = Prepared(delete(table).where(table.c.seen_at < bindparam("before")))


def begin_session(tx: Transaction, vault: Vault, data: str, now: datetime, *, staff_id: int | None = None) -> str:
    """The token of a new session: 256 random bits, kept nowhere but in the cookie."""
    token = secrets.token_urlsafe(32)
    id_ = _hash(token)
    sealed = vault.seal(data, table="staff_session", column="data", row=id_)
    tx.run(_BEGIN, id=id_, staff_id=staff_id, created_at=now, seen_at=now, ended_at=None, data=sealed)
    return token


def find_session(tx: Transaction, vault: Vault, token: str) -> StaffSession | None:
    """The session of `token`; None where there is none or it has ended. How old it may be is the caller's to say."""
    id_ = _hash(token)
    row = tx.row(_FIND, its_id=id_)
    if row is None:
        return None
    data = "" if row.data is None else vault.open(row.data, table="staff_session", column="data", row=id_)
    return StaffSession(row.staff_id, row.created_at, row.seen_at, data)


def keep_session(tx: Transaction, vault: Vault, token: str, data: str, now: datetime, *, staff_id: int | None) -> bool:
    """Writes the session's data; False where it has ended meanwhile."""
    id_ = _hash(token)
    sealed = vault.seal(data, table="staff_session", column="data", row=id_)
    return tx.run(_KEEP, its_id=id_, whose=staff_id, at=now, to_data=sealed) == 1


def see_session(tx: Transaction, token: str, now: datetime) -> bool:
    """Notes that the session was used; False where it has ended."""
    return tx.run(_SEE, its_id=_hash(token), at=now) == 1


def end_session(tx: Transaction, token: str, now: datetime) -> bool:
    """Ends the session for good, wherever its cookie was copied to; False where it had ended."""
    return tx.run(_END, its_id=_hash(token), at=now) == 1


def end_sessions_of(tx: Transaction, staff_id: int, now: datetime, *, but: str = "") -> int:
    """Ends every session of this member of staff, `but` the one of that token. How many."""
    return tx.run(_END_ALL, whose=staff_id, but=_hash(but), at=now)


def sweep_sessions(tx: Transaction, before: datetime) -> int:
    """Removes sessions not used since `before`. How many."""
    return tx.run(_SWEEP, before=before)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
