"""The report that follows an alert: its two clocks, what was done about them, and why consent was overridden."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, null, or_, select, update

from bot.storage.alert_tables import alert_report as table
from bot.storage.database import Prepared, Row, Transaction, insert_unless_there
from bot.storage.secrets import Vault
from bot.storage.tables import alert


@dataclass(frozen=True, slots=True)
class Report:
    """Where the report of an alert stands. `next_due_at` is None when nothing is to be done any more."""

    alert_id: str
    started_at: datetime
    written_due_at: datetime
    written_at: datetime | None
    written_by: str | None
    authority_due_at: datetime
    authority_at: datetime | None
    authority_by: str | None
    not_needed_at: datetime | None
    not_needed_by: str | None
    not_needed_reason: str | None
    not_needed_note: str | None
    consent_reason: str | None
    consent_note: str | None
    consent_by: str | None
    consent_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A report that is late: of which alert, about which conversation."""

    alert_id: str
    reference: str
    conversation_id: str
    due_at: datetime


_its_id = table.c.alert_id == bindparam("its_id")
_START = insert_unless_there(table)
_LOAD = Prepared(select(table).where(_its_id))
_is_open = table.c.not_needed_at.is_(None)
_WRITTEN = Prepared(
    update(table)
    .where(_its_id, _is_open, table.c.written_at.is_(None))
    .values(
        written_at=bindparam("at"),
        written_by=bindparam("who"),
        next_due_at=case((table.c.authority_at.is_(None), table.c.authority_due_at), else_=null()),
    )
)
# What the authority has acknowledged was sent, whether or not somebody had said so here.
_AUTHORITY = Prepared(
    update(table)
    .where(_its_id, _is_open, table.c.authority_at.is_(None))
    .values(authority_at=bindparam("at"), authority_by=bindparam("who"), next_due_at=null())
)
_NOT_NEEDED = Prepared(
    update(table)
    .where(_its_id, _is_open, table.c.next_due_at.is_not(None))
    .values(
        not_needed_at=bindparam("at"),
        not_needed_by=bindparam("who"),
        not_needed_reason=bindparam("reason"),
        not_needed_note=bindparam("note"),
        next_due_at=null(),
    )
)
_CONSENT = Prepared(
    update(table)
    .where(_its_id)
    .values(
        consent_reason=bindparam("reason"),
        consent_note=bindparam("note"),
        consent_by=bindparam("who"),
        consent_at=bindparam("at"),
    )
)
_BEGIN_AGAIN = Prepared(
    update(table)
    .where(_its_id, table.c.not_needed_at < bindparam("since"))
    .values(
        started_at=bindparam("at"),
        written_due_at=bindparam("to_written_due"),
        authority_due_at=bindparam("to_authority_due"),
        next_due_at=bindparam("to_written_due"),
        not_needed_at=None,
        not_needed_by=None,
        not_needed_reason=None,
    )
)
_OVERDUE = Prepared(
    select(alert.c.id, alert.c.reference, alert.c.conversation_id, table.c.next_due_at)
    .select_from(table.join(alert, alert.c.id == table.c.alert_id))
    .where(and_(table.c.next_due_at.is_not(None), table.c.next_due_at <= bindparam("now")))
    .order_by(table.c.next_due_at, alert.c.id)
)
_PENDING = Prepared(
    select(table.c.alert_id)
    .select_from(table.join(alert, alert.c.id == table.c.alert_id))
    .where(table.c.next_due_at.is_not(None), alert.c.conversation_id == bindparam("conversation_id"))
    .limit(1)
)
_OPEN_REPORTS = Prepared(
    select(alert.c.id, alert.c.reference, alert.c.conversation_id, table.c.next_due_at)
    .select_from(table.join(alert, alert.c.id == table.c.alert_id))
    .where(table.c.next_due_at.is_not(None), or_(alert.c.state == "closed", table.c.next_due_at <= bindparam("now")))
    .order_by(table.c.next_due_at, alert.c.id)
)


def start(
    tx: Transaction, alert_id: str, now: datetime, *, written_due_at: datetime, authority_due_at: datetime
) -> bool:
    """Starts both clocks; they are started once, and a second acknowledgement does not turn them back: then False."""
    empty = {column.name: None for column in table.columns}
    started = tx.run(
        _START,
        **{
            **empty,
            "alert_id": alert_id,
            "started_at": now,
            "written_due_at": written_due_at,
            "authority_due_at": authority_due_at,
            "next_due_at": written_due_at,
        },
    )
    return started == 1


def begin_again(
    tx: Transaction,
    alert_id: str,
    now: datetime,
    *,
    since: datetime,
    written_due_at: datetime,
    authority_due_at: datetime,
) -> None:
    """Starts both clocks anew where it was said before `since` that no report is needed: that was said of less."""
    tx.run(
        _BEGIN_AGAIN,
        its_id=alert_id,
        at=now,
        since=since,
        to_written_due=written_due_at,
        to_authority_due=authority_due_at,
    )


def load(tx: Transaction, vault: Vault, alert_id: str) -> Report | None:
    """The report of an alert; None before anybody took the alert."""
    row = tx.row(_LOAD, its_id=alert_id)
    return None if row is None else _report(vault, row)


def note_written(tx: Transaction, alert_id: str, who: str, now: datetime) -> bool:
    """The written report has been sent; False where that was known, or no report is needed."""
    return tx.run(_WRITTEN, its_id=alert_id, who=who, at=now) == 1


def note_authority(tx: Transaction, alert_id: str, who: str, now: datetime) -> bool:
    """The authority has acknowledged it; False where that was known, or no report is needed."""
    return tx.run(_AUTHORITY, its_id=alert_id, who=who, at=now) == 1


def note_not_needed(
    tx: Transaction, vault: Vault, alert_id: str, who: str, now: datetime, *, reason: str, note: str
) -> bool:
    """No report is needed, for a reason of a closed list and, sealed, in somebody's own words."""
    sealed = _added(tx, vault, "not_needed_note", alert_id, note)
    return tx.run(_NOT_NEEDED, its_id=alert_id, who=who, at=now, reason=reason, note=sealed) == 1


def note_consent(
    tx: Transaction, vault: Vault, alert_id: str, who: str, now: datetime, *, reason: str, note: str
) -> bool:
    """Why it was shared without consent. Said again, the later reason stands, the history has both, and no words go."""
    sealed = _added(tx, vault, "consent_note", alert_id, note)
    return tx.run(_CONSENT, its_id=alert_id, who=who, at=now, reason=reason, note=sealed) == 1


def overdue(tx: Transaction, now: datetime) -> tuple[Overdue, ...]:
    """Reports that are late, the latest first."""
    return tuple(Overdue(*row) for row in tx.rows(_OVERDUE, now=now))


def to_be_shown(tx: Transaction, now: datetime) -> tuple[Overdue, ...]:
    """Reports still to do that no live alert reminds of, and those that are late."""
    return tuple(Overdue(*row) for row in tx.rows(_OPEN_REPORTS, now=now))


def is_pending(tx: Transaction, conversation_id: str) -> bool:
    """Whether a report about this parent is still to be made: until then nothing of them is erased."""
    return tx.row(_PENDING, conversation_id=conversation_id) is not None


def _added(tx: Transaction, vault: Vault, column: str, alert_id: str, words: str) -> bytes | None:
    """The note as it stands, and `words` after it."""
    report = load(tx, vault, alert_id)
    before = getattr(report, column) if report else None
    words = "\n\n".join(filter(None, (before, words)))
    return vault.seal(words, table="alert_report", column=column, row=alert_id) if words else None


def _report(vault: Vault, row: Row) -> Report:
    fields = row._asdict()
    for column in ("not_needed_note", "consent_note"):
        if fields[column] is not None:
            fields[column] = vault.open(fields[column], table="alert_report", column=column, row=row.alert_id)
    return Report(**fields)
