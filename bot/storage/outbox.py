"""What must leave: rows written with what caused them, claimed by a worker under a lease, sent at least once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal_column, or_, select, update

from bot.storage.database import Prepared, Row, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.secrets import Tampered, Vault
from bot.storage.tables import outbound_message as table


class OutboundMessage(NamedTuple):
    """One message to leave. `lane` is alert, reply or reminder; `channel` sms, email, web, terminal or console.

    `state` is "waiting", or "answered" when it left inside the HTTP answer. `dedupe_key` names what it is for: a second
    message of the same key is not kept. `author` is "bot" or a member of staff.
    """

    lane: str
    kind: str
    channel: str
    recipient: str
    body: str
    dedupe_key: str
    due_at: datetime
    conversation_id: str | None = None
    inbound_id: str | None = None
    language: str | None = None
    not_after: datetime | None = None
    state: str = "waiting"
    author: str = "bot"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in our hands until its lease ends; `lease_token` proves it. `attempts` counts this one."""

    id: str
    lease_token: str
    lane: str
    kind: str
    channel: str
    recipient: str
    body: str
    language: str | None
    conversation_id: str | None
    inbound_id: str | None
    dedupe_key: str
    attempts: int
    due_at: datetime
    not_after: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended: `state` sent, failed, dropped, or waiting (again, at `retry_at`)."""

    state: str
    provider_sid: str | None = None
    provider_status: str | None = None
    error_code: str | None = None
    retry_at: datetime | None = None


# Nothing but a reminder is ever written to leave later than this: what seems to has met a clock that was put back.
_LONGEST_WAIT = timedelta(seconds=600)
# As far as the clocks of two machines may be apart: no lease is taken away for that.
_CLOCKS_APART = timedelta(seconds=60)

_id = table.c.id == bindparam("its_id")
_PUT = insert_unless_there(table)
_its_time = table.c.due_at <= bindparam("now")
_its_time_by_any_clock = or_(
    _its_time, table.c.created_at > bindparam("now"), table.c.due_at > bindparam("never_so_late")
)


def _claiming(its_time: ColumnElement[bool]) -> Prepared:
    picked = (
        select(table.c.id)
        .where(
            table.c.lane == bindparam("its_lane"),
            its_time,
            one_of(table.c.state, "waiting", "sending"),
            or_(
                one_of(table.c.state, "waiting"),
                table.c.lease_until < bindparam("now"),
                table.c.lease_until > bindparam("no_lease_so_long"),
            ),
        )
        .order_by(table.c.due_at, table.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    return Prepared(
        update(table)
        .where(table.c.id.in_(select(picked.c.id)))
        .values(
            state="sending",
            attempts=table.c.attempts + literal_column("1"),
            lease_until=bindparam("until"),
            lease_token=bindparam("token"),
        )
        .returning(table)
    )


# A reminder keeps to its time, and there may be many. An alert or a reply waits for no clock that was put back.
_CLAIM_BY_TIME = _claiming(_its_time)
_CLAIM = _claiming(_its_time_by_any_clock)
_RECORD = Prepared(
    update(table)
    .where(_id, table.c.lease_token == bindparam("its_token"), one_of(table.c.state, "sending"))
    .values(
        state=bindparam("to_state"),
        provider_sid=func.coalesce(bindparam("to_sid", type_=table.c.provider_sid.type), table.c.provider_sid),
        provider_status=func.coalesce(
            bindparam("to_status", type_=table.c.provider_status.type), table.c.provider_status
        ),
        error_code=bindparam("to_error"),
        due_at=func.coalesce(bindparam("to_due", type_=table.c.due_at.type), table.c.due_at),
        sent_at=bindparam("to_sent"),
        created_at=bindparam("made_at"),
        lease_until=None,
        lease_token=None,
    )
)
_UNREADABLE = Prepared(update(table).where(_id).values(state="failed", error_code="unreadable", lease_token=None))
_DROP = Prepared(
    update(table)
    .where(table.c.conversation_id == bindparam("whose"), table.c.lane != "alert", one_of(table.c.state, "waiting"))
    .where(
        or_(
            table.c.kind == bindparam("of_kind", type_=table.c.kind.type),
            bindparam("every", type_=table.c.attempts.type) == 1,
        )
    )
    .values(state="dropped", error_code=bindparam("reason"))
)
_KNOWN = Prepared(select(table.c.id).where(table.c.dedupe_key == bindparam("its_key")))


def put(tx: Transaction, vault: Vault, message: OutboundMessage, now: datetime) -> str | None:
    """The new row's id, or None where one of the same dedupe key exists."""
    id_ = new_id(now)
    kept = tx.run(
        _PUT,
        id=id_,
        conversation_id=message.conversation_id,
        inbound_id=message.inbound_id,
        lane=message.lane,
        kind=message.kind,
        channel=message.channel,
        author=message.author,
        recipient=vault.seal(message.recipient, table="outbound_message", column="recipient", row=id_),
        body=vault.seal(message.body, table="outbound_message", column="body", row=id_),
        language=message.language,
        dedupe_key=message.dedupe_key,
        due_at=message.due_at,
        not_after=message.not_after,
        state=message.state,
        attempts=0,
        lease_until=None,
        lease_token=None,
        provider_sid=None,
        provider_status=None,
        error_code=None,
        created_at=now,
        sent_at=now if message.state == "answered" else None,
    )
    return id_ if kept else None


def is_known(tx: Transaction, dedupe_key: str) -> bool:
    """Whether a message of this key was ever put here, whatever became of it."""
    return tx.row(_KNOWN, its_key=dedupe_key) is not None


def claim(
    tx: Transaction, vault: Vault, *, lane: str, now: datetime, lease_seconds: float, limit: int
) -> tuple[Claimed, ...]:
    """Up to `limit` messages of the lane that are due, the longest due first, ours until the lease ends.

    Among them those whose worker died: its lease has ended. A damaged row is marked failed and passed over, so that it
    does not hold up the others. A clock that is put back delays neither an alert nor a reply.
    """
    token = new_id(now)
    until = now + timedelta(seconds=lease_seconds)
    values = {"its_lane": lane, "now": now, "limit": limit, "until": until, "token": token}
    values["no_lease_so_long"] = until + _CLOCKS_APART
    if lane == "reminder":
        rows = tx.rows(_CLAIM_BY_TIME, **values)
    else:
        rows = tx.rows(_CLAIM, never_so_late=now + _LONGEST_WAIT, **values)
    claimed = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.id)):
        try:
            claimed.append(_claimed(vault, row))
        except Tampered:
            tx.run(_UNREADABLE, its_id=row.id)
    return tuple(claimed)


def record_result(tx: Transaction, claimed: Claimed, result: Result, now: datetime) -> bool:
    """Writes how the attempt ended; False, and nothing written, where the lease has passed to another worker."""
    result_of = {
        "to_state": result.state,
        "to_sid": result.provider_sid,
        "to_status": result.provider_status,
        "to_error": result.error_code,
        "to_due": result.retry_at,
        "to_sent": now if result.state == "sent" else None,
        # Tried by a clock that was put back, it waits for its next try by that clock, and is not tried at every look.
        "made_at": min(claimed.created_at, now),
    }
    return bool(tx.run(_RECORD, its_id=claimed.id, its_token=claimed.lease_token, **result_of))


def drop(tx: Transaction, conversation_id: str, *, reason: str, kind: str | None = None) -> int:
    """Drops what still waits for this parent (of one kind, or all); alerts to staff stay. How many."""
    return tx.run(_DROP, whose=conversation_id, of_kind=kind, every=int(kind is None), reason=reason)


def _claimed(vault: Vault, row: Row) -> Claimed:
    def opened(column: str, blob: bytes | None) -> str:
        return "" if blob is None else vault.open(blob, table="outbound_message", column=column, row=row.id)

    return Claimed(
        id=row.id,
        lease_token=row.lease_token,
        lane=row.lane,
        kind=row.kind,
        channel=row.channel,
        recipient=opened("recipient", row.recipient),
        body=opened("body", row.body),
        language=row.language,
        conversation_id=row.conversation_id,
        inbound_id=row.inbound_id,
        dedupe_key=row.dedupe_key,
        attempts=row.attempts,
        due_at=row.due_at,
        not_after=row.not_after,
        created_at=row.created_at,
    )
