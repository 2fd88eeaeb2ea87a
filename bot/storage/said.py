"""What a parent said shortly before a message, and shortly after one that was fetched late."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.storage.database import Prepared, Row, Transaction
from bot.storage.secrets import Tampered, Vault
from bot.storage.tables import inbound_message

_BEFORE = Prepared(
    select(inbound_message.c.id, inbound_message.c.body)
    .where(
        inbound_message.c.conversation_id == bindparam("conversation_id"),
        inbound_message.c.id != bindparam("this_one"),
        inbound_message.c.received_at >= bindparam("since"),
        inbound_message.c.received_at <= bindparam("until"),
        inbound_message.c.body.is_not(None),
    )
    .order_by(inbound_message.c.received_at.desc(), inbound_message.c.id.desc())
    .limit(bindparam("limit"))
)
_AFTER = Prepared(
    select(inbound_message.c.id, inbound_message.c.body)
    .where(
        inbound_message.c.conversation_id == bindparam("conversation_id"),
        inbound_message.c.received_at > bindparam("since"),
        inbound_message.c.received_at <= bindparam("until"),
        inbound_message.c.body.is_not(None),
    )
    .order_by(inbound_message.c.received_at, inbound_message.c.id)
    .limit(bindparam("limit"))
)


def before(
    tx: Transaction,
    vault: Vault,
    inbound_id: str,
    conversation_id: str,
    *,
    since: datetime,
    until: datetime,
    limit: int,
) -> tuple[str, ...]:
    """The parent's last `limit` messages from `since` to `until`, without `inbound_id` itself, oldest first."""
    rows = tx.rows(_BEFORE, conversation_id=conversation_id, this_one=inbound_id, since=since, until=until, limit=limit)
    return _opened(vault, reversed(rows))


def after(
    tx: Transaction, vault: Vault, conversation_id: str, *, since: datetime, until: datetime, limit: int
) -> tuple[str, ...]:
    """The parent's first `limit` messages later than `since` and up to `until`, oldest first."""
    rows = tx.rows(_AFTER, conversation_id=conversation_id, since=since, until=until, limit=limit)
    return _opened(vault, rows)


def _opened(vault: Vault, rows: Iterable[Row]) -> tuple[str, ...]:
    """The words. A damaged row is passed over: what is said now must be heard whatever became of that."""
    texts = []
    for row in rows:
        with suppress(Tampered):
            texts.append(vault.open(row.body, table="inbound_message", column="body", row=row.id))
    return tuple(texts)
