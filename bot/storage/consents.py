"""What a parent agreed to, each time they said so: the last word counts, the earlier ones stay."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from bot.storage.database import Prepared, Transaction
from bot.storage.ids import new_id
from bot.storage.tables import consent as table

_NOTE = Prepared(insert(table))
_OF = Prepared(
    select(table.c.what, table.c.given)
    .where(table.c.conversation_id == bindparam("conversation_id"))
    .order_by(table.c.at, table.c.id)
)


def note_consent(tx: Transaction, conversation_id: str, what: str, now: datetime, *, given: bool) -> None:
    """`what`: call, share_team, health_visitor, midwife or gp; `given` false when refused or withdrawn."""
    tx.run(_NOTE, id=new_id(now), conversation_id=conversation_id, what=what, given=given, at=now)


def consents(tx: Transaction, conversation_id: str) -> Mapping[str, bool]:
    """The parent's last word on each; what was never asked is absent."""
    return {row.what: row.given for row in tx.rows(_OF, conversation_id=conversation_id)}
