"""Erasing a person: the content goes, the fact that something was there stays.

What stays carries nothing of the person: ids, times, codes, counts, and the provider's message ids, so that a text
delivered twice stays dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import BindParameter, bindparam, case, delete, literal_column, null, or_, select, update

from bot.storage import ledger
from bot.storage.alert_tables import alert_report
from bot.storage.database import DatabaseAway, Prepared, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.staff_tables import erasure, staff_task
from bot.storage.tables import (
    alert,
    alert_event,
    call,
    call_cell,
    call_record,
    conversation,
    conversation_event,
    inbound_message,
    offer_event,
    outbound_message,
    promise,
    screening,
)


@dataclass(frozen=True, slots=True)
class Erased:
    """Done. `counts`: rows emptied, by table; `called_off`: a booked or held call was called off with it."""

    conversation_id: str
    counts: Mapping[str, int]
    called_off: bool


@dataclass(frozen=True, slots=True)
class NotErased:
    """Nothing was changed: an alert is open, there is no such conversation, or it was erased before."""

    reason: Literal["alert_open", "unknown", "already"]


_GONE = "erased"
_whose: BindParameter[str] = bindparam("whose")
_FIND = Prepared(select(conversation.c.contact_hash).where(conversation.c.id == _whose).with_for_update())
# A report that is still to be written needs what the parent told us, too.
_OPEN_ALERT = Prepared(
    select(alert.c.id)
    .select_from(alert.outerjoin(alert_report, alert_report.c.alert_id == alert.c.id))
    .where(
        alert.c.conversation_id == _whose,
        or_(one_of(alert.c.state, "open", "acknowledged"), alert_report.c.next_due_at.is_not(None)),
    )
)
_LIVE_CALL = Prepared(select(call.c.id).where(call.c.conversation_id == _whose, one_of(call.c.state, "held", "booked")))
_EMPTYINGS: Mapping[str, Prepared] = {
    "conversation": Prepared(
        update(conversation)
        .where(conversation.c.id == _whose)
        .values(
            contact_hash=null(),
            contact=null(),
            state=null(),
            status="closed",
            language=null(),
            step=_GONE,
            loss=False,
            updated_at=bindparam("at"),
        )
    ),
    "inbound_message": Prepared(
        update(inbound_message)
        .where(inbound_message.c.conversation_id == _whose)
        .values(body=null(), body_hash=null(), reply=null())
    ),
    "screening": Prepared(
        update(screening)
        .where(screening.c.conversation_id == _whose, screening.c.matches.is_not(None))
        .values(matches=null(), categories="")
    ),
    "conversation_event": Prepared(
        update(conversation_event)
        .where(conversation_event.c.conversation_id == _whose)
        .values(from_state=null(), to_state=null())
    ),
    "alert": Prepared(update(alert).where(alert.c.conversation_id == _whose).values(category=_GONE)),
    "alert_event": Prepared(
        update(alert_event)
        .where(alert_event.c.alert_id.in_(select(alert.c.id).where(alert.c.conversation_id == _whose)))
        .values(detail=null())
    ),
    "alert_report": Prepared(
        update(alert_report)
        .where(alert_report.c.alert_id.in_(select(alert.c.id).where(alert.c.conversation_id == _whose)))
        .values(not_needed_note=null(), consent_note=null())
    ),
    "outbound_message": Prepared(
        update(outbound_message)
        # What tells staff of an alert carries nothing of the parent, and must still arrive.
        .where(outbound_message.c.conversation_id == _whose, outbound_message.c.lane != "alert")
        .values(
            recipient=null(),
            body=null(),
            lease_until=null(),
            lease_token=null(),
            state=case(
                (one_of(outbound_message.c.state, "waiting", "sending"), "dropped"), else_=outbound_message.c.state
            ),
        )
    ),
    "call": Prepared(
        update(call)
        .where(call.c.conversation_id == _whose)
        .values(
            sheet=null(),
            hold_until=null(),
            changed_at=bindparam("at"),
            # A calendar believes that a call is off only where its number went up.
            revision=case(
                (one_of(call.c.state, "held", "booked"), call.c.revision + literal_column("1")), else_=call.c.revision
            ),
            state=case((one_of(call.c.state, "held", "booked"), "called_off"), else_=call.c.state),
        )
    ),
    # Whose it was goes; that somebody was shown an offer that day stays, and is only ever counted.
    "offer_event": Prepared(
        update(offer_event)
        .where(offer_event.c.conversation_id == _whose)
        .values(conversation_id=null(), ask_at=null(), asked_at=null())
    ),
    "call_cell": Prepared(
        delete(call_cell).where(
            call_cell.c.call_id.in_(select(call.c.id).where(call.c.conversation_id == _whose)),
        )
    ),
    "call_record": Prepared(
        update(call_record)
        .where(call_record.c.call_id.in_(select(call.c.id).where(call.c.conversation_id == _whose)))
        .values(words=null())
    ),
    "staff_task_note": Prepared(update(staff_task).where(staff_task.c.conversation_id == _whose).values(note=null())),
    "staff_task": Prepared(
        update(staff_task)
        .where(staff_task.c.conversation_id == _whose, staff_task.c.closed_at.is_(None))
        .values(closed_at=bindparam("at"), closed_by="erasure")
    ),
    "promise": Prepared(
        update(promise)
        .where(promise.c.conversation_id == _whose, promise.c.kept_at.is_(None))
        .values(kept_at=bindparam("at"), kept_by="erasure")
    ),
}
_TIMED = frozenset({"conversation", "call", "staff_task", "promise"})
_NOTE = insert_unless_there(erasure)
_NOTED = Prepared(select(erasure.c.mark, erasure.c.at))
_STILL_THERE = Prepared(
    select(conversation.c.id, conversation.c.contact_hash, conversation.c.created_at).where(
        conversation.c.contact_hash.is_not(None)
    )
)


def erase(
    tx: Transaction,
    vault: Vault,
    ledger_path: Path,
    conversation_id: str,
    now: datetime,
    *,
    even_with_open_alert: bool = False,
) -> Erased | NotErased:
    """Empties everything this parent gave us, and enters it in the ledger before the caller commits.

    Refuses while an alert is open, unless a member of staff has said so. After the commit call `database.checkpoint()`.
    """
    row = tx.row(_FIND, whose=conversation_id)
    if row is None:
        return NotErased("unknown")
    if row.contact_hash is None:
        return NotErased("already")
    if not even_with_open_alert and tx.row(_OPEN_ALERT, whose=conversation_id) is not None:
        return NotErased("alert_open")
    mark = _mark(vault, row.contact_hash)
    erased = _empty(tx, conversation_id, now)
    tx.run(_NOTE, id=new_id(now), mark=mark, at=now)
    try:
        ledger.append(ledger_path, ledger.Entry(now, mark))
    except OSError as fault:
        raise DatabaseAway(f"the ledger of erasures: {fault.strerror or fault}") from None
    return erased


def reapply(tx: Transaction, vault: Vault, ledger_path: Path, now: datetime) -> int:
    """Erases again whoever is in the ledger and here all the same: an older copy of the database was put back.

    Call it at start, before serving. How many were erased. Raises `LedgerDamaged`.
    """
    noted = {(row.mark, row.at) for row in tx.rows(_NOTED)}
    missing = [entry for entry in ledger.read(ledger_path) if (entry.mark, entry.at) not in noted]
    if not missing:
        return 0
    latest: dict[str, datetime] = {}
    for entry in missing:
        latest[entry.mark] = max(entry.at, latest.get(entry.mark, entry.at))
    back = [
        row.id
        for row in tx.rows(_STILL_THERE)
        if (erased_at := latest.get(_mark(vault, row.contact_hash))) is not None and row.created_at <= erased_at
    ]
    for conversation_id in back:
        _empty(tx, conversation_id, now)
    for entry in missing:
        tx.run(_NOTE, id=new_id(now), mark=entry.mark, at=entry.at)
    return len(back)


def _empty(tx: Transaction, conversation_id: str, now: datetime) -> Erased:
    called_off = tx.row(_LIVE_CALL, whose=conversation_id) is not None
    counts = {
        table: tx.run(statement, whose=conversation_id, **({"at": now} if table in _TIMED else {}))
        for table, statement in _EMPTYINGS.items()
    }
    return Erased(conversation_id, counts, called_off)


def _mark(vault: Vault, contact_hash: str) -> str:
    """Another keyed hash, so that the column by which the person was found holds nothing any more."""
    return vault.fingerprint(f"erased {contact_hash}")
