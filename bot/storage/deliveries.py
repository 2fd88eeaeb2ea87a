"""How far the provider got with what we sent: news that may come twice, late and in any order."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from bot.storage.database import Prepared, Transaction
from bot.storage.tables import outbound_message as table


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the provider stands with a message; `moved` is false when its news was old."""

    id: str
    conversation_id: str | None
    lane: str
    kind: str
    status: str | None
    moved: bool


_id = table.c.id == bindparam("its_id")
_BY_SID = Prepared(select(table).where(table.c.provider_sid == bindparam("sid")).with_for_update())
_BY_ID = Prepared(select(table).where(_id).with_for_update())
_MOVE = Prepared(
    update(table)
    .where(_id)
    .values(provider_status=bindparam("to_status"), provider_sid=bindparam("to_sid"), error_code=bindparam("to_error"))
)
_RANKS = {
    name: rank
    for rank, names in enumerate(
        (
            ("accepted", "scheduled"),
            ("queued",),
            ("sending",),
            ("sent",),
            ("undelivered", "failed", "canceled"),
            ("delivered",),
            ("read",),
        )
    )
    for name in names
}


def move_status(
    tx: Transaction, provider_sid: str, status: str, error_code: str | None = None, *, outbound_id: str | None = None
) -> Delivery | None:
    """Notes the provider's news of a message, forward only; None where we know no such message.

    News may overtake our own note of the sid: then `outbound_id`, sent along in the callback's address, finds the row.
    """
    row = tx.row(_BY_SID, sid=provider_sid)
    if row is None and outbound_id is not None:
        row = tx.row(_BY_ID, its_id=outbound_id)
        if row is not None and row.provider_sid not in (None, provider_sid):
            return None
    if row is None:
        return None
    forward = _RANKS.get(status, -1) > _RANKS.get(row.provider_status, -1)
    if forward:
        tx.run(_MOVE, its_id=row.id, to_status=status, to_sid=provider_sid, to_error=error_code or row.error_code)
    return Delivery(
        row.id, row.conversation_id, row.lane, row.kind, status if forward else row.provider_status, forward
    )
