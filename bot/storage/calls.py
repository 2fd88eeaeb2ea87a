"""Booked calls. A slot is one member of staff at one time; the database itself refuses to sell it twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, select, update

from bot.storage import call_times
from bot.storage.call_times import SlotTaken
from bot.storage.database import Prepared, Row, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.tables import call as table

Sheet = Mapping[str, Any]
"""The call sheet: whatever JSON can hold."""


class AlreadyBooked(Exception):
    """The conversation has a booked call already: move it, or call it off."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `state`: held, booked, called_off, released (a hold that lapsed), done, no_answer, not_safe, passed_on.

    `revision` goes up with each change; `sheet` is None until booked, and after erasure. `beside_by` names who allowed
    the parent another call beside this one.
    """

    id: str
    conversation_id: str
    staff_key: str
    starts_at: datetime
    ends_at: datetime
    state: str
    hold_until: datetime | None
    sheet: Sheet | None
    created_at: datetime
    changed_at: datetime
    revision: int
    beside_by: str | None = None


_LIVE = ("held", "booked")
_its_id = table.c.id == bindparam("its_id")
_next_revision = table.c.revision + literal_column("1")
_INSERT = insert_unless_there(table)
_LIVE_OF = Prepared(
    select(table).where(
        table.c.conversation_id == bindparam("conversation_id"),
        one_of(table.c.state, *_LIVE),
        table.c.beside_by.is_(None),
    )
)
_ALL_OF = Prepared(
    select(table)
    .where(table.c.conversation_id == bindparam("conversation_id"))
    .order_by(table.c.created_at, table.c.id)
)
_BY_ID = Prepared(select(table).where(_its_id))
_COMING = Prepared(
    select(table)
    .where(
        one_of(table.c.state, "booked", "done", "no_answer", "not_safe", "passed_on"),
        table.c.starts_at >= bindparam("since"),
        table.c.starts_at < bindparam("until"),
    )
    .order_by(table.c.starts_at, table.c.staff_key)
)
_held = one_of(table.c.state, "held")
_release: dict[str, Any] = {"state": "released", "changed_at": bindparam("at"), "revision": _next_revision}
_LET_GO = Prepared(
    update(table).where(table.c.conversation_id == bindparam("whose"), _held).values(_release).returning(table.c.id)
)
# One that somebody else has in hand just now, to book it or to let go of it, is theirs: nobody waits for it.
_lapsed = select(table.c.id).where(_held, table.c.hold_until <= bindparam("at")).with_for_update(skip_locked=True)
_LAPSE = Prepared(
    update(table).where(table.c.id.in_(select(_lapsed.cte("lapsed").c.id))).values(_release).returning(table.c.id)
)
_CONFIRM = Prepared(
    update(table)
    .where(_its_id, _held)
    .values(
        state="booked",
        hold_until=None,
        sheet=bindparam("to_sheet"),
        changed_at=bindparam("at"),
        revision=_next_revision,
    )
)
_MOVE = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, "booked"))
    .values(
        staff_key=bindparam("to_staff"),
        starts_at=bindparam("to_start"),
        ends_at=bindparam("to_end"),
        changed_at=bindparam("at"),
        revision=_next_revision,
    )
)
_END = Prepared(
    update(table)
    .where(_its_id, one_of(table.c.state, *_LIVE))
    .values(state=bindparam("to_state"), hold_until=None, changed_at=bindparam("at"), revision=_next_revision)
)
_SHEET = Prepared(
    update(table)
    .where(_its_id)
    .values(sheet=bindparam("to_sheet"), changed_at=bindparam("at"), revision=_next_revision)
)


def hold(
    tx: Transaction,
    *,
    conversation_id: str,
    staff_key: str,
    starts_at: datetime,
    ends_at: datetime,
    busy_until: datetime,
    hold_until: datetime,
    now: datetime,
) -> Call:
    """Holds the slot for this parent until `hold_until`; a hold they had elsewhere is let go.

    `busy_until` is `ends_at` and the pause after it, in which the same person is not booked either. Raises `SlotTaken`;
    `AlreadyBooked` where this conversation has a booked call (use `move`).
    """
    release_expired(tx, now)
    _leave(tx, tx.rows(_LET_GO, whose=conversation_id, at=now))
    id_ = new_id(now)
    with tx.savepoint():
        held = tx.run(
            _INSERT,
            id=id_,
            conversation_id=conversation_id,
            staff_key=staff_key,
            starts_at=starts_at,
            ends_at=ends_at,
            state="held",
            hold_until=hold_until,
            sheet=None,
            created_at=now,
            changed_at=now,
            revision=0,
            beside_by=None,
        )
        if not held:
            raise AlreadyBooked(conversation_id)
        call_times.take(tx, id_, staff_key, starts_at, busy_until)
    return Call(id_, conversation_id, staff_key, starts_at, ends_at, "held", hold_until, None, now, now, 0)


def confirm(tx: Transaction, vault: Vault, call_id: str, *, sheet: Sheet, now: datetime) -> Call:
    """Books the slot that was held, with its call sheet. Raises `SlotTaken` where the hold has gone."""
    if not tx.run(_CONFIRM, its_id=call_id, to_sheet=_sealed(vault, call_id, sheet), at=now):
        raise SlotTaken(call_id)
    return read_call(vault, tx.row(_BY_ID, its_id=call_id))


def move(
    tx: Transaction,
    vault: Vault,
    call_id: str,
    *,
    staff_key: str,
    starts_at: datetime,
    ends_at: datetime,
    busy_until: datetime,
    now: datetime,
) -> Call:
    """Moves a booked call to another slot in one step, keeping the old until it has the new. Raises `SlotTaken`."""
    release_expired(tx, now)
    with tx.savepoint():
        if not tx.run(_MOVE, its_id=call_id, to_staff=staff_key, to_start=starts_at, to_end=ends_at, at=now):
            raise SlotTaken(call_id)
        call_times.take(tx, call_id, staff_key, starts_at, busy_until)
    return read_call(vault, tx.row(_BY_ID, its_id=call_id))


def call_off(tx: Transaction, call_id: str, now: datetime) -> bool:
    """Frees the slot of a held or booked call; False where there was none."""
    return end(tx, call_id, "called_off", now)


def finish(tx: Transaction, call_id: str, now: datetime, *, answered: bool) -> bool:
    """Notes that the call was made, or that nobody answered; False where it was not live."""
    return end(tx, call_id, "done" if answered else "no_answer", now)


def keep_sheet(tx: Transaction, vault: Vault, call_id: str, sheet: Sheet, now: datetime) -> None:
    """Replaces the call sheet."""
    tx.run(_SHEET, its_id=call_id, to_sheet=_sealed(vault, call_id, sheet), at=now)


def release_expired(tx: Transaction, now: datetime) -> int:
    """Lets go of holds that have run out. How many."""
    return _leave(tx, tx.rows(_LAPSE, at=now))


def load(tx: Transaction, vault: Vault, call_id: str) -> Call | None:
    """The call by its id."""
    row = tx.row(_BY_ID, its_id=call_id)
    return None if row is None else read_call(vault, row)


def of_conversation(tx: Transaction, vault: Vault, conversation_id: str) -> Call | None:
    """The conversation's held or booked call; there is at most one beside those that staff allowed another to."""
    row = tx.row(_LIVE_OF, conversation_id=conversation_id)
    return None if row is None else read_call(vault, row)


def every_of_conversation(tx: Transaction, vault: Vault, conversation_id: str) -> tuple[Call, ...]:
    """All calls of the conversation, oldest first."""
    return tuple(read_call(vault, row) for row in tx.rows(_ALL_OF, conversation_id=conversation_id))


def coming(tx: Transaction, vault: Vault, since: datetime, until: datetime) -> tuple[Call, ...]:
    """Calls booked (or already made) with `since` <= start < `until`, by time."""
    return tuple(read_call(vault, row) for row in tx.rows(_COMING, since=since, until=until))


def end(tx: Transaction, call_id: str, state: str, now: datetime) -> bool:
    """Ends a held or booked call in `state` and gives back its time; False where it was not live."""
    if not tx.run(_END, its_id=call_id, to_state=state, at=now):
        return False
    call_times.leave(tx, call_id)
    return True


def _leave(tx: Transaction, let_go: list[Row]) -> int:
    """Gives back the times of calls that are let go already. Before, a booked one might lose its time on PostgreSQL."""
    for row in let_go:
        call_times.leave(tx, row.id)
    return len(let_go)


def _sealed(vault: Vault, call_id: str, sheet: Sheet) -> bytes:
    return vault.seal(json.dumps(dict(sheet)), table="call", column="sheet", row=call_id)


def read_call(vault: Vault, row: Row) -> Call:
    """A row of the table as a call."""
    sheet = None if row.sheet is None else json.loads(vault.open(row.sheet, table="call", column="sheet", row=row.id))
    return Call(**{**row._asdict(), "sheet": sheet})
