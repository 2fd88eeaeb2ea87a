"""How an alert moves along its chain. Every move names the stage it comes from: who comes too late moves nothing."""

from datetime import datetime

from sqlalchemy import bindparam, case, literal_column, or_, select, update

from bot.storage.concerns import Alert, alert_of, note
from bot.storage.database import Prepared, Transaction, one_of
from bot.storage.tables import alert as table
from bot.storage.tables import conversation

_LIVE = ("open", "acknowledged")
_its_id = table.c.id == bindparam("its_id")
_from_here = table.c.stage == bindparam("from_stage")
_next_stage = table.c.stage + literal_column("1")
_DUE = Prepared(
    select(table.c.id)
    .where(
        one_of(table.c.state, *_LIVE),
        or_(
            table.c.due_at <= bindparam("now"),
            table.c.due_at.is_(None),
            # The clock was put back: nobody waits until it comes round again.
            table.c.stage_at > bindparam("now"),
        ),
    )
    .order_by(table.c.due_at, table.c.id)
    .limit(bindparam("limit"))
)
# The conversation first, as everybody does who holds both: its parent may be writing at this moment.
_LOCK_CONVERSATION = Prepared(
    select(conversation.c.id)
    .where(conversation.c.id == select(table.c.conversation_id).where(_its_id).scalar_subquery())
    .with_for_update()
)
_LOCK = Prepared(select(table).where(_its_id).with_for_update())
_ENTER = Prepared(
    update(table)
    .where(_its_id, _from_here, one_of(table.c.state, *_LIVE))
    .values(
        state="open", level=bindparam("to_level"), stage=_next_stage, stage_at=bindparam("at"), due_at=bindparam("at")
    )
)
_was_taken = case((table.c.owner.is_not(None), literal_column("1")), else_=literal_column("0"))
_FREE = Prepared(
    update(table)
    .where(_its_id, _from_here, one_of(table.c.state, *_LIVE))
    .values(state="open", level=bindparam("to_level"), stage=_next_stage, stage_at=bindparam("at"),
            due_at=bindparam("at"), owner=None, epoch=table.c.epoch + _was_taken)
)  # fmt: skip
_DUE_AT = Prepared(update(table).where(_its_id, one_of(table.c.state, *_LIVE)).values(due_at=bindparam("to_due")))
_SET_CLOCK = Prepared(update(table).where(_its_id).values(stage_at=bindparam("at")))
_HURRY = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "open"), or_(table.c.due_at > bindparam("now"), table.c.due_at.is_(None)))
    .values(due_at=bindparam("now"))
)
_UNREACHED = Prepared(update(table).where(_its_id, table.c.unreached_at.is_(None)).values(unreached_at=bindparam("at")))
_REACHED = Prepared(update(table).where(_its_id, table.c.unreached_at.is_not(None)).values(unreached_at=None))
_REOPEN = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "closed"))
    .values(state="open", level=0, stage=_next_stage, stage_at=bindparam("at"), due_at=bindparam("at"), owner=None,
            closed_at=None, outcome=None, epoch=table.c.epoch + literal_column("1"))
)  # fmt: skip
_RENEW = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "acknowledged"), table.c.owner == bindparam("who"))
    .values(due_at=bindparam("to_due"), stage_at=bindparam("at"))
)


def due(tx: Transaction, now: datetime, limit: int = 50) -> tuple[str, ...]:
    """Ids of live alerts to look at now, the longest due first."""
    return tuple(row.id for row in tx.rows(_DUE, now=now, limit=limit))


def take(tx: Transaction, alert_id: str) -> Alert | None:
    """The alert as it is, ours until the transaction ends. Needs a transaction that writes."""
    tx.rows(_LOCK_CONVERSATION, its_id=alert_id)
    row = tx.row(_LOCK, its_id=alert_id)
    return None if row is None else alert_of(row)


def enter(tx: Transaction, alert: Alert, level: int, at: datetime, now: datetime, *, why: str) -> Alert | None:
    """Takes the alert to `level`, as if at `at`; as it is then, or None where another was first."""
    if tx.run(_ENTER, its_id=alert.id, from_stage=alert.stage, to_level=level, at=at) != 1:
        return None
    note(tx, alert.id, now, who="bot", kind="level", detail=f"{level} {why}")
    return take(tx, alert.id)


def set_free(
    tx: Transaction, alert: Alert, level: int, now: datetime, *, who: str, kind: str, detail: str | None = None
) -> Alert | None:
    """Makes the alert nobody's again and takes it to `level`; None where another was first. `kind` says why."""
    if tx.run(_FREE, its_id=alert.id, from_stage=alert.stage, to_level=level, at=now) != 1:
        return None
    note(tx, alert.id, now, who=who, kind=kind, detail=detail)
    return take(tx, alert.id)


def look_again(tx: Transaction, alert_id: str, due_at: datetime) -> None:
    """Says when the alert is looked at next."""
    tx.run(_DUE_AT, its_id=alert_id, to_due=due_at)


def set_clock(tx: Transaction, alert_id: str, now: datetime) -> None:
    """Begins the time of its level, or of its acknowledgement, now: it had begun in what has become the future."""
    tx.run(_SET_CLOCK, its_id=alert_id, at=now)


def hurry(tx: Transaction, alert_id: str, now: datetime) -> None:
    """Has an open alert looked at now."""
    tx.run(_HURRY, its_id=alert_id, now=now)


def mark_unreached(tx: Transaction, alert_id: str, now: datetime) -> bool:
    """A whole level could not be reached; True when that is news."""
    return tx.run(_UNREACHED, its_id=alert_id, at=now) == 1


def mark_reached(tx: Transaction, alert_id: str) -> None:
    """Somebody was reached after all."""
    tx.run(_REACHED, its_id=alert_id)


def renew(tx: Transaction, alert_id: str, who: str, now: datetime, due_at: datetime) -> bool:
    """Whoever has it says that they are still at it; False where it is not theirs."""
    done = tx.run(_RENEW, its_id=alert_id, who=who, at=now, to_due=due_at) == 1
    if done:
        note(tx, alert_id, now, who=who, kind="renewed")
    return done


def reopen(tx: Transaction, alert_id: str, who: str, now: datetime) -> bool:
    """Opens a closed alert again; False where it is not closed. Raises `ConstraintBroken` where a later one is live."""
    done = tx.run(_REOPEN, its_id=alert_id, at=now) == 1
    if done:
        note(tx, alert_id, now, who=who, kind="reopened")
    return done


def is_due(alert: Alert, now: datetime) -> bool:
    """Whether it is to be looked at now: the same as `due` asks, of an alert that is ours."""
    return alert.due_at is None or alert.due_at <= now or (alert.stage_at is not None and alert.stage_at > now)
