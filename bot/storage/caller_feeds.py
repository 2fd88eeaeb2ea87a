"""The secret addresses at which members of staff subscribe to their own calls. Only a hash of each is kept."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select

from bot.storage.database import Prepared, Transaction
from bot.storage.staff_tables import caller_feed as table

_OF = Prepared(select(table.c.made_at).where(table.c.staff_key == bindparam("whose")))
_WHOSE = Prepared(select(table.c.staff_key).where(table.c.token_hash == bindparam("token_hash")))
_END = Prepared(delete(table).where(table.c.staff_key == bindparam("whose")))
_MAKE = Prepared(insert(table))


def replace_feed(tx: Transaction, staff_key: str, token: str, now: datetime) -> None:
    """Gives somebody a new address; the one before it opens nothing any more."""
    tx.run(_END, whose=staff_key)
    tx.run(_MAKE, staff_key=staff_key, token_hash=_hashed(token), made_at=now)


def whose_feed(tx: Transaction, token: str) -> str | None:
    """The key of whoever the address belongs to."""
    row = tx.row(_WHOSE, token_hash=_hashed(token))
    return None if row is None else str(row.staff_key)


def made_at(tx: Transaction, staff_key: str) -> datetime | None:
    """When somebody's address was made; None where they have none."""
    row = tx.row(_OF, whose=staff_key)
    return None if row is None else row.made_at


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
