"""Calls by how and when they ended: what follows a call is worked out from them."""

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.storage.calls import Call, read_call
from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import call as table

_ENDED = Prepared(
    select(table)
    .where(
        table.c.state == bindparam("its_state"),
        table.c.changed_at >= bindparam("since"),
        table.c.changed_at < bindparam("until"),
    )
    .order_by(table.c.changed_at, table.c.id)
)


def ended(tx: Transaction, vault: Vault, state: str, since: datetime, until: datetime) -> tuple[Call, ...]:
    """Calls that came to `state` with `since` <= then < `until`, the longest ago first."""
    return tuple(read_call(vault, row) for row in tx.rows(_ENDED, its_state=state, since=since, until=until))
