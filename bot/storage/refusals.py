"""Since when the provider refuses our account: a row while it does, none while all is well."""

from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, select

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.staff_tables import progress as table
from bot.storage.statements import one_of

# What was refused. Each ends by itself, when the same is allowed again.
Asked = Literal["to_send", "to_list"]
_NAMES = {"to_send": "refused_to_send", "to_list": "refused_to_list"}

_BEGIN = insert_unless_there(table)
_END = Prepared(delete(table).where(table.c.name == bindparam("its_name")))
_SINCE = Prepared(select(table.c.begun_at).where(one_of(table.c.name, *_NAMES.values())).order_by(table.c.begun_at))


def begin(tx: Transaction, asked: Asked, now: datetime) -> bool:
    """Notes that we are refused; False where that is known already."""
    return tx.run(_BEGIN, name=_NAMES[asked], up_to=now, begun_at=now, done_at=None) == 1


def end(tx: Transaction, asked: Asked) -> bool:
    """Notes that we are let in; False where nothing else was known."""
    return tx.run(_END, its_name=_NAMES[asked]) == 1


def since(tx: Transaction) -> datetime | None:
    """Since when we are refused, in whatever we ask; None where we are not."""
    row = tx.row(_SINCE)
    return None if row is None else row.begun_at
