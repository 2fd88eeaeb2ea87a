"""Who was told of an alert, by which road, and what became of it. A page's state only moves forward."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, literal_column, select, update

from bot.storage.alert_tables import alert_page as table
from bot.storage.database import Prepared, Row, Transaction, one_of
from bot.storage.ids import new_id
from bot.storage.tables import alert, outbound_message


@dataclass(frozen=True, slots=True)
class PageRow:
    """One attempt to tell one person. `state`: waiting, sent, delivered, shown or failed."""

    id: str
    alert_id: str
    person: str
    channel: str
    level: int
    stage: int
    outbound_id: str | None
    at: datetime
    state: str
    ended_at: datetime | None
    error_code: str | None


_PUT = Prepared(insert(table))
_OF = Prepared(select(table).where(table.c.alert_id == bindparam("alert_id")).order_by(table.c.at, table.c.id))
_BY_OUTBOUND = Prepared(select(table).where(table.c.outbound_id == bindparam("outbound_id")))
_FORWARD = {
    "sent": ("waiting", "failed"),
    "delivered": ("waiting", "sent", "failed"),
    "failed": ("waiting", "sent"),
}
_MOVES = {
    to: Prepared(
        update(table)
        .where(table.c.id == bindparam("its_id"), one_of(table.c.state, *before))
        .values(state=to, ended_at=bindparam("at"), error_code=bindparam("to_error"))
    )
    for to, before in _FORWARD.items()
}
_SUPERSEDED = Prepared(
    update(outbound_message)
    .where(
        outbound_message.c.id.in_(
            select(table.c.outbound_id).where(
                table.c.alert_id == bindparam("alert_id"),
                table.c.person == bindparam("person"),
                table.c.channel == bindparam("channel"),
            )
        ),
        one_of(outbound_message.c.state, "waiting"),
    )
    .values(state="dropped", error_code="superseded")
)
_PAGED_AND_OPEN = Prepared(
    select(alert.c.id, alert.c.reference, alert.c.epoch, alert.c.state, alert.c.owner)
    .where(
        one_of(alert.c.state, "open", "acknowledged"),
        alert.c.id.in_(select(table.c.alert_id).where(table.c.person == bindparam("person"))),
    )
    .order_by(alert.c.opened_at, alert.c.id)
)
_RECENT = Prepared(
    select(literal_column("1").label("one"))
    .select_from(table)
    .where(
        table.c.id >= bindparam("from_id", type_=table.c.id.type),
        table.c.channel == "sms",
        table.c.outbound_id.is_not(None),
    )
    .limit(bindparam("limit"))
)


def put(
    tx: Transaction,
    alert_id: str,
    now: datetime,
    *,
    person: str,
    channel: str,
    level: int,
    stage: int,
    outbound_id: str | None,
    state: str,
    error_code: str | None = None,
) -> str:
    """Notes an attempt; its id."""
    id_ = new_id(now)
    tx.run(
        _PUT,
        id=id_,
        alert_id=alert_id,
        person=person,
        channel=channel,
        level=level,
        stage=stage,
        outbound_id=outbound_id,
        at=now,
        state=state,
        ended_at=None if state == "waiting" else now,
        error_code=error_code,
    )
    return id_


def of_alert(tx: Transaction, alert_id: str) -> tuple[PageRow, ...]:
    """Every attempt of the alert, in order."""
    return tuple(_page(row) for row in tx.rows(_OF, alert_id=alert_id))


def of_message(tx: Transaction, outbound_id: str) -> PageRow | None:
    """The attempt that this message of the outbox is."""
    row = tx.row(_BY_OUTBOUND, outbound_id=outbound_id)
    return None if row is None else _page(row)


def move(tx: Transaction, page_id: str, to: str, now: datetime, *, error_code: str | None = None) -> bool:
    """Moves an attempt to sent, delivered or failed; False where it is there, or further, already.

    A receipt may come after we have given it up: what arrived has arrived.
    """
    return tx.run(_MOVES[to], its_id=page_id, at=now, to_error=error_code) == 1


def drop_superseded(tx: Transaction, alert_id: str, person: str, channel: str) -> None:
    """Lets go of what still waits to tell this person of this alert by this road: a newer one takes its place, so that
    a provider that comes back does not deliver all of them at once."""
    tx.run(_SUPERSEDED, alert_id=alert_id, person=person, channel=channel)


def live_alerts_of(tx: Transaction, person: str) -> tuple[Row, ...]:
    """Id, reference, state, owner and epoch of the live alerts this person was paged for."""
    return tuple(tx.rows(_PAGED_AND_OPEN, person=person))


def texts_since(tx: Transaction, since: datetime, limit: int) -> int:
    """How many texts were spent on alerts since then, counted to `limit` and no further."""
    return len(tx.rows(_RECENT, from_id=f"{int(since.timestamp() * 1000):012x}", limit=limit))


def _page(row: Row) -> PageRow:
    return PageRow(**row._asdict())
