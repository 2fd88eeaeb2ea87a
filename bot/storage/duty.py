"""Accounts as the on-call chain needs them: who somebody is, and whether they are still with us."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.storage.database import Prepared, Transaction
from bot.storage.staff_tables import staff


@dataclass(frozen=True, slots=True)
class DutyAccount:
    """One account. `staff_key` is who this is in flows/team.yaml, where that is known."""

    id: int
    email: str
    name: str
    active: bool
    staff_key: str | None


_ALL = Prepared(select(staff.c.id, staff.c.email, staff.c.name, staff.c.active, staff.c.staff_key))


def duty_accounts(tx: Transaction) -> tuple[DutyAccount, ...]:
    """Every account, disabled ones too."""
    return tuple(
        DutyAccount(row.id, row.email.lower(), row.name or row.email, bool(row.active), row.staff_key)
        for row in tx.rows(_ALL)
    )
