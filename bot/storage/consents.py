"""What a parent agreed to, each time they said so: the last word counts, the earlier ones stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from bot.storage.database import Prepared, Transaction
from bot.storage.ids import new_id
from bot.storage.tables import consent as table


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: what about, yes or no, and when."""

    id: str
    what: str
    given: bool
    at: datetime


_NOTE = Prepared(insert(table))
_OF = Prepared(
    select(table.c.id, table.c.what, table.c.given, table.c.at)
    .where(table.c.conversation_id == bindparam("conversation_id"))
    .order_by(table.c.at, table.c.id)
)


def note_consent(tx: Transaction, conversation_id: str, what: str, now: datetime, *, given: bool) -> None:
    """`what`: call, share_team, health_visitor, midwife or gp; `given` false when refused or withdrawn."""
    tx.run(_NOTE, id=new_id(now), conversation_id=conversation_id, what=what, given=given, at=now)


def consents(tx: Transaction, conversation_id: str) -> Mapping[str, bool]:
    """The parent's last word on each; what was never asked is absent."""
    return {said.what: said.given for said in history(tx, conversation_id)}


def history(tx: Transaction, conversation_id: str) -> tuple[Said, ...]:
    """Every answer the parent gave, in order: a consent that was withdrawn is there with its end."""
    return tuple(Said(*row) for row in tx.rows(_OF, conversation_id=conversation_id))
