"""When a loss became known, and from whom: kept in the conversation's history, where nothing is ever taken out."""

from dataclasses import dataclass
from datetime import datetime

from bot.storage import conversations
from bot.storage.transaction import Transaction

# Whoever wrote it themselves, as the history names them.
PARENT = "parent"
_KNOWN, _TAKEN_BACK = "loss", "loss_taken_back"


@dataclass(frozen=True, slots=True)
class KnownLoss:
    """Since when a loss is known, and `who` told of it: a parent, or the member of staff who recorded it."""

    at: datetime
    who: str


def note(tx: Transaction, conversation_id: str, who: str, now: datetime) -> None:
    """Notes that a loss is known from now on."""
    conversations.note_event(tx, conversation_id, now, who, _KNOWN)


def note_taken_back(tx: Transaction, conversation_id: str, who: str, now: datetime) -> None:
    """Notes that it was recorded by mistake."""
    conversations.note_event(tx, conversation_id, now, who, _TAKEN_BACK)


def known(tx: Transaction, conversation_id: str) -> KnownLoss | None:
    """The loss that stands; None where none is known, or it was taken back, or it is older than this record."""
    told = [each for each in conversations.history(tx, conversation_id) if each.kind in (_KNOWN, _TAKEN_BACK)]
    return KnownLoss(told[-1].at, told[-1].who) if told and told[-1].kind == _KNOWN else None
