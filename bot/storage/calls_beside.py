"""Calls that staff set aside from the rule of one live call a parent, so that another may be booked beside them."""

from datetime import datetime

from sqlalchemy import bindparam, literal_column, update

from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.tables import call as table

_BESIDE = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), one_of(table.c.state, "booked"), table.c.beside_by.is_(None))
    .values(beside_by=bindparam("who"), changed_at=bindparam("at"), revision=table.c.revision + literal_column("1"))
)


def allow_beside(tx: Transaction, call_id: str, who: str, now: datetime) -> bool:
    """Lets the parent have another live call beside this booked one; False where it is not booked, or is so already."""
    return tx.run(_BESIDE, its_id=call_id, who=who, at=now) == 1
