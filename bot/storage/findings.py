"""What screening found in a conversation, message by message: for the person who must judge it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import screening as table


@dataclass(frozen=True, slots=True)
class Finding:
    """One match: which rule, its category and severity, its words, and the place of them in the message.

    Where a disclosure was split over several messages, `words` are those of all, with a line for each."""

    rule: str
    category: str
    severity: str
    words: str
    start: int
    end: int


_OF = Prepared(
    select(table.c.inbound_id, table.c.matches).where(
        table.c.conversation_id == bindparam("conversation_id"), table.c.matches.is_not(None)
    )
)


def findings(tx: Transaction, vault: Vault, conversation_id: str) -> Mapping[str, tuple[Finding, ...]]:
    """The matches of each message of the conversation that had any, by the message's id."""
    return {
        row.inbound_id: tuple(
            Finding(each["rule"], each["category"], each["severity"], each["words"], each["start"], each["end"])
            for each in json.loads(vault.open(row.matches, table="screening", column="matches", row=row.inbound_id))
        )
        for row in tx.rows(_OF, conversation_id=conversation_id)
    }
