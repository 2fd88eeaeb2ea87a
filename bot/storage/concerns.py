"""Alerts: one live alert a conversation, severity that only rises, a history that is only added to."""

import os
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, literal_column, select, update

from bot.domain.lexicon import SEVERITIES
from bot.storage.database import Prepared, Row, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.tables import alert as table
from bot.storage.tables import alert_event

_LETTERS = "23456789BCDFGHJKMNPQRTVWXYZ"  # no vowel, no letter that looks like a digit
_REFERENCE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Alert:
    """One safeguarding alert. `is_new` and `rose` say what the call that returned it did; `taken_from`: who had it."""

    id: str
    reference: str
    conversation_id: str
    severity: str
    category: str
    state: str
    level: int
    count: int
    opened_at: datetime
    due_at: datetime | None
    owner: str | None
    acknowledged_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    stage: int
    stage_at: datetime | None
    epoch: int
    unreached_at: datetime | None
    chain: str | None
    is_new: bool = False
    rose: bool = False
    taken_from: str | None = None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One entry of an alert's history; `detail` is a code or an id, never words of a parent."""

    at: datetime
    who: str
    kind: str
    detail: str | None


_LIVE = ("open", "acknowledged")
_its_id = table.c.id == bindparam("its_id")
_INSERT = insert_unless_there(table)
_OF_CONVERSATION = Prepared(
    select(table)
    .where(table.c.conversation_id == bindparam("conversation_id"), one_of(table.c.state, *_LIVE))
    .with_for_update()
)
_RAISE = Prepared(
    update(table)
    .where(_its_id)
    .values(
        count=table.c.count + literal_column("1"),
        severity=bindparam("to_severity"),
        category=bindparam("to_category"),
        state=bindparam("to_state"),
        level=bindparam("to_level"),
        due_at=bindparam("to_due"),
        owner=bindparam("to_owner", type_=table.c.owner.type),
        stage=bindparam("to_stage"),
        stage_at=bindparam("to_stage_at"),
        epoch=bindparam("to_epoch"),
    )
)
_ACKNOWLEDGE = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "open"))
    .values(
        state="acknowledged",
        owner=bindparam("who"),
        acknowledged_at=bindparam("at"),
        stage_at=bindparam("at"),
        due_at=bindparam("to_due"),
        unreached_at=None,
    )
)
_CLOSE = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, *_LIVE))
    .values(state="closed", closed_at=bindparam("at"), outcome=bindparam("to_outcome"), due_at=None, unreached_at=None)
)
_ALL_LIVE = Prepared(select(table).where(one_of(table.c.state, *_LIVE)).order_by(table.c.opened_at, table.c.id))
_BY_ID = Prepared(select(table).where(_its_id))
_BY_REFERENCE = Prepared(select(table).where(table.c.reference == bindparam("reference")))
_EVERY = Prepared(
    select(table).where(table.c.conversation_id == bindparam("conversation_id")).order_by(table.c.opened_at, table.c.id)
)
_NOTE = Prepared(insert(alert_event))
_EVENTS = Prepared(
    select(alert_event)
    .where(alert_event.c.alert_id == bindparam("alert_id"))
    .order_by(alert_event.c.at, alert_event.c.id)
)


def open_or_raise(
    tx: Transaction,
    *,
    conversation_id: str,
    severity: str,
    category: str,
    now: datetime,
    due_at: datetime,
    chain: str | None = None,
) -> Alert:
    """The conversation's live alert: a new one, or the one there was with one more message counted.

    A higher severity than before rises (`rose`), takes over the category, and starts the chain again at `due_at`, also
    where somebody had acknowledged the lesser one. `chain` is what the alert keeps of who is told, as it is today.
    """
    while True:
        id_ = new_id(now)
        opened = tx.run(
            _INSERT,
            id=id_,
            reference=_new_reference(),
            conversation_id=conversation_id,
            severity=severity,
            category=category,
            state="open",
            level=0,
            count=1,
            opened_at=now,
            due_at=due_at,
            owner=None,
            acknowledged_at=None,
            closed_at=None,
            outcome=None,
            stage=0,
            stage_at=now,
            epoch=0,
            unreached_at=None,
            chain=chain,
        )
        if opened:
            note(tx, id_, now, who="bot", kind="opened", detail=f"{severity} {category}")
            return alert_of(tx.row(_BY_ID, its_id=id_), is_new=True)
        live = tx.row(_OF_CONVERSATION, conversation_id=conversation_id)
        if live is not None:
            return _raise(tx, live, severity, category, now, due_at)
        # no live alert, so it was the reference that was taken: another one


def acknowledge(tx: Transaction, alert_id: str, who: str, now: datetime, *, due_at: datetime | None = None) -> bool:
    """Marks an open alert as somebody's; False where it was not open. `due_at`: when to look again."""
    done = tx.run(_ACKNOWLEDGE, its_id=alert_id, who=who, at=now, to_due=due_at) == 1
    if done:
        note(tx, alert_id, now, who=who, kind="acknowledged")
    return done


def close(tx: Transaction, alert_id: str, who: str, now: datetime, *, outcome: str) -> bool:
    """Closes a live alert with its outcome, a code; False where it was closed already."""
    done = tx.run(_CLOSE, its_id=alert_id, at=now, to_outcome=outcome) == 1
    if done:
        note(tx, alert_id, now, who=who, kind="closed", detail=outcome)
    return done


def note(tx: Transaction, alert_id: str, now: datetime, *, who: str, kind: str, detail: str | None = None) -> None:
    """Adds to the alert's history."""
    tx.run(_NOTE, id=new_id(now), alert_id=alert_id, at=now, who=who, kind=kind, detail=detail)


def live(tx: Transaction) -> tuple[Alert, ...]:
    """Every alert that is open or acknowledged, oldest first."""
    return tuple(alert_of(row) for row in tx.rows(_ALL_LIVE))


def load(tx: Transaction, alert_id: str) -> Alert | None:
    """The alert by its id."""
    row = tx.row(_BY_ID, its_id=alert_id)
    return None if row is None else alert_of(row)


def by_reference(tx: Transaction, reference: str) -> Alert | None:
    """The alert by the short code staff were sent, in any case of letters."""
    row = tx.row(_BY_REFERENCE, reference=reference.strip().upper())
    return None if row is None else alert_of(row)


def of_conversation(tx: Transaction, conversation_id: str) -> tuple[Alert, ...]:
    """Every alert the conversation ever raised, oldest first."""
    return tuple(alert_of(row) for row in tx.rows(_EVERY, conversation_id=conversation_id))


def events(tx: Transaction, alert_id: str) -> tuple[AlertEvent, ...]:
    """The alert's history, in order."""
    return tuple(AlertEvent(row.at, row.who, row.kind, row.detail) for row in tx.rows(_EVENTS, alert_id=alert_id))


def _raise(tx: Transaction, row: Row, severity: str, category: str, now: datetime, due_at: datetime) -> Alert:
    rose = SEVERITIES.index(severity) > SEVERITIES.index(row.severity)
    tx.run(
        _RAISE,
        its_id=row.id,
        to_severity=severity if rose else row.severity,
        to_category=category if rose else row.category,
        to_state="open" if rose else row.state,
        to_level=0 if rose else row.level,
        to_due=due_at if rose else row.due_at,
        to_owner=None if rose else row.owner,
        to_stage=row.stage + 1 if rose else row.stage,
        to_stage_at=now if rose else row.stage_at,
        to_epoch=row.epoch + (rose and row.owner is not None),
    )
    note(tx, row.id, now, who="bot", kind="rose" if rose else "repeated", detail=f"{severity} {category}")
    return alert_of(tx.row(_BY_ID, its_id=row.id), rose=rose, taken_from=row.owner if rose else None)


def _new_reference() -> str:
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in os.urandom(_REFERENCE_LENGTH))


def alert_of(row: Row, *, is_new: bool = False, rose: bool = False, taken_from: str | None = None) -> Alert:
    """An alert as a row of its table holds it."""
    return Alert(**row._asdict(), is_new=is_new, rose=rose, taken_from=taken_from)
