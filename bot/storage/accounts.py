"""Accounts of staff: who may sign in and what they are here to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.staff_tables import role, staff, staff_role


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff. `is_ready` once they have a password and a second factor."""

    id: int
    email: str
    name: str
    active: bool
    is_ready: bool
    roles: frozenset[str]


_columns = (staff.c.id, staff.c.email, staff.c.name, staff.c.active, staff.c.password, staff.c.tf_totp_secret)
_given = ("email", "name", "language", "fs_uniquifier", "active", "create_datetime")
_ADD = Prepared(insert(staff).values({name: bindparam(name) for name in _given}).returning(staff.c.id))
_BY_EMAIL = Prepared(select(*_columns).where(func.lower(staff.c.email) == bindparam("email")))
_ALL = Prepared(select(*_columns).order_by(staff.c.email))
_ROLES = Prepared(
    select(staff_role.c.staff_id, role.c.name).join_from(staff_role, role, role.c.id == staff_role.c.role_id)
)
_ROLE = Prepared(select(role.c.id).where(role.c.name == bindparam("name")))
_ADD_ROLE = Prepared(insert(role).values(name=bindparam("name")))
_GIVE_ROLE = insert_unless_there(staff_role)
_SWITCH = Prepared(
    update(staff)
    .where(staff.c.id == bindparam("its_id"))
    .values(active=bindparam("to_active"), update_datetime=bindparam("at"))
)


def add(tx: Transaction, *, email: str, name: str, language: str | None, uniquifier: str, now: datetime) -> Account:
    """A new account that cannot sign in yet. Raises `ConstraintBroken` where the address has one."""
    tx.row(
        _ADD,
        email=email.lower(),
        name=name,
        language=language,
        fs_uniquifier=uniquifier,
        active=True,
        create_datetime=now,
    )
    account = by_email(tx, email)
    if account is None:
        raise LookupError(email)
    return account


def give_role(tx: Transaction, account_id: int, name: str) -> None:
    """Gives a role; no harm where they have it."""
    found = tx.row(_ROLE, name=name)
    if found is None:
        tx.run(_ADD_ROLE, name=name)
        found = tx.row(_ROLE, name=name)
    tx.run(_GIVE_ROLE, staff_id=account_id, role_id=found.id)  # type: ignore[union-attr]


def by_email(tx: Transaction, email: str) -> Account | None:
    """The account of an address, in any case of letters."""
    row = tx.row(_BY_EMAIL, email=email.lower())
    return None if row is None else _account(row, _roles(tx))


def everyone(tx: Transaction) -> tuple[Account, ...]:
    """Every account by its address, disabled ones too."""
    roles = _roles(tx)
    return tuple(_account(row, roles) for row in tx.rows(_ALL))


def switch(tx: Transaction, account_id: int, now: datetime, *, active: bool) -> None:
    """Lets somebody in again, or shuts them out."""
    tx.run(_SWITCH, its_id=account_id, to_active=active, at=now)


def _roles(tx: Transaction) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in tx.rows(_ROLES):
        found.setdefault(row.staff_id, set()).add(row.name)
    return {id_: frozenset(names) for id_, names in found.items()}


def _account(row: Any, roles: dict[int, frozenset[str]]) -> Account:
    ready = bool(row.password and row.tf_totp_secret)
    return Account(row.id, row.email, row.name, bool(row.active), ready, roles.get(row.id, frozenset()))
