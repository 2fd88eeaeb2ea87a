"""What was written to parents: listed and counted. Sending it is the outbox's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, literal_column, select, update

from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.secrets import Vault
from bot.storage.tables import inbound_message
from bot.storage.tables import outbound_message as table


@dataclass(frozen=True, slots=True)
class TooLate:
    """A message that was dropped because its time was over: for whom, what kind, and when it was due."""

    id: str
    conversation_id: str | None
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A message that was put in the HTTP answer to a text: its id, the text's, and its kind."""

    id: str
    inbound_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a lane."""

    lane: str
    waiting: int
    oldest_due_at: datetime


_TOO_LATE = Prepared(
    select(table.c.id, table.c.conversation_id, table.c.kind, table.c.due_at)
    .where(one_of(table.c.state, "dropped"), table.c.error_code == "too_late", table.c.due_at > bindparam("since"))
    .order_by(table.c.due_at.desc(), table.c.id)
    .limit(bindparam("limit"))
)
_written = (table.c.conversation_id == bindparam("whose"), table.c.created_at > bindparam("since"))
_ANSWERS_BY_KIND = Prepared(
    select(table.c.kind, func.count(table.c.inbound_id.distinct()).label("answers"))
    .where(*_written, one_of(table.c.state, "answered"))
    .group_by(table.c.kind)
)
_PUT_SINCE = Prepared(
    select(table.c.id)
    .where(*_written, table.c.kind == bindparam("of_kind"), one_of(table.c.state, "waiting", "sending", "sent"))
    .limit(1)
)
_ANSWERS_TO = Prepared(
    select(table.c.id, table.c.inbound_id, table.c.kind)
    .select_from(
        # By way of the conversation: that has an index, and one parent's messages are few.
        inbound_message.join(
            table,
            and_(
                table.c.conversation_id == inbound_message.c.conversation_id,
                table.c.inbound_id == inbound_message.c.id,
            ),
        )
    )
    .where(
        inbound_message.c.provider == bindparam("provider"),
        inbound_message.c.sid == bindparam("sid"),
        one_of(table.c.channel, "sms"),
        one_of(table.c.state, "answered"),
    )
    .order_by(table.c.id)
)
_SAID_IN_ANSWER = Prepared(
    select(table.c.id, table.c.body)
    .where(
        table.c.conversation_id == bindparam("whose"),
        table.c.inbound_id == bindparam("answering"),
        table.c.body.is_not(None),
        one_of(table.c.state, "answered"),
    )
    .order_by(table.c.id)
)
_SEND_AFTER_ALL = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), one_of(table.c.state, "answered"))
    .values(
        state="waiting",
        attempts=literal_column("1"),
        sent_at=None,
        due_at=bindparam("to_due"),
        not_after=bindparam("to_not_after"),
    )
)
_BACKLOG = Prepared(
    select(table.c.lane, func.count().label("waiting"), func.min(table.c.due_at).label("oldest_due_at"))
    .where(and_(one_of(table.c.state, "waiting", "sending"), table.c.due_at <= bindparam("now")))
    .group_by(table.c.lane)
)


def answers_to(tx: Transaction, provider: str, sid: str) -> tuple[Answered, ...]:
    """What was put in the HTTP answer to that text, in order."""
    rows = tx.rows(_ANSWERS_TO, provider=provider, sid=sid)
    return tuple(Answered(row.id, row.inbound_id, row.kind) for row in rows)


def said_in_answer(tx: Transaction, vault: Vault, conversation_id: str, inbound_id: str) -> tuple[str, ...]:
    """The texts that were put in the HTTP answer to that message, in order: a repeat gets them byte for byte.

    None where there were none, where they were erased, and where they were sent after all by another road.
    """
    rows = tx.rows(_SAID_IN_ANSWER, whose=conversation_id, answering=inbound_id)
    return tuple(vault.open(row.body, table="outbound_message", column="body", row=row.id) for row in rows)


def send_after_all(tx: Transaction, message_id: str, *, due_at: datetime, not_after: datetime) -> None:
    """The answer did not leave inside the HTTP answer: it waits to be sent, as a second try that looks up the first."""
    tx.run(_SEND_AFTER_ALL, its_id=message_id, to_due=due_at, to_not_after=not_after)


def backlog(tx: Transaction, now: datetime) -> tuple[Backlog, ...]:
    """What is due and has not left, by lane."""
    return tuple(Backlog(row.lane, row.waiting, row.oldest_due_at) for row in tx.rows(_BACKLOG, now=now))


def too_late(tx: Transaction, since: datetime, limit: int = 200) -> tuple[TooLate, ...]:
    """What was due after `since` and dropped as too late, the latest first."""
    rows = tx.rows(_TOO_LATE, since=since, limit=limit)
    return tuple(TooLate(row.id, row.conversation_id, row.kind, row.due_at) for row in rows)


def was_put_since(tx: Transaction, conversation_id: str, kind: str, since: datetime) -> bool:
    """Whether a message of this kind was written for the parent after `since`, and has left or may yet leave."""
    return bool(tx.rows(_PUT_SINCE, whose=conversation_id, of_kind=kind, since=since))


def answers_since(tx: Transaction, conversation_id: str, since: datetime) -> Mapping[str, int]:
    """How many of the parent's texts were answered after `since` in the same HTTP answer, by kind of answer."""
    return {row.kind: row.answers for row in tx.rows(_ANSWERS_BY_KIND, whose=conversation_id, since=since)}
