"""Every message with what screening said of it when it came, to be read again with another lexicon."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import inbound_message, screening


@dataclass(frozen=True, slots=True)
class Screened:
    """One message, its words, and its screening: when it was, by which lexicon, the level and the rules."""

    inbound_id: str
    conversation_id: str | None
    received_at: datetime
    text: str
    screened_at: datetime
    level: str
    rules: tuple[str, ...]
    lexicon_version: str


_ALL = Prepared(
    select(
        inbound_message.c.id,
        inbound_message.c.conversation_id,
        inbound_message.c.received_at,
        inbound_message.c.body,
        screening.c.at,
        screening.c.level,
        screening.c.matches,
        screening.c.lexicon_version,
    )
    .join_from(inbound_message, screening, screening.c.inbound_id == inbound_message.c.id)
    .where(inbound_message.c.body.is_not(None))
    .order_by(inbound_message.c.conversation_id, inbound_message.c.received_at, inbound_message.c.id)
)


def each_screened(tx: Transaction, vault: Vault) -> Iterator[Screened]:
    """All of them, a few in memory at a time, conversation by conversation and in the order in which they were written;
    what was erased is not among them."""
    for row in tx.each(_ALL):
        text = vault.open(row.body, table="inbound_message", column="body", row=row.id)
        rules: tuple[str, ...] = ()
        if row.matches is not None:
            matches = json.loads(vault.open(row.matches, table="screening", column="matches", row=row.id))
            rules = tuple(dict.fromkeys(match["rule"] for match in matches))
        yield Screened(
            row.id, row.conversation_id, row.received_at, text, row.at, row.level, rules, row.lexicon_version
        )
