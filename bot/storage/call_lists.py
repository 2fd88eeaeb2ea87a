"""Lists of calls, and what staff wrote down after one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select

from bot.storage.calls import Call, read_call
from bot.storage.database import Prepared, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.tables import call as table
from bot.storage.tables import call_record

# What a list may be narrowed to. A hold is no call yet.
STATES = ("booked", "done", "no_answer", "not_safe", "passed_on", "called_off")
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What was agreed, or to whom the call was passed on. `words` are None after erasure."""

    id: str
    kind: str
    choice: str | None
    words: str | None
    who: str
    at: datetime


def _one_or_all(column: str) -> object:
    given = bindparam(f"of_{column}", type_=table.c[column].type)
    return (table.c[column] == given) | (given == "")


_wanted = (
    one_of(table.c.state, *STATES),
    _one_or_all("state"),
    _one_or_all("staff_key"),
    table.c.starts_at < bindparam("before"),
)
_PAGE = Prepared(
    select(table)
    .where(*_wanted)  # type: ignore[arg-type]
    .order_by(table.c.starts_at.desc(), table.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("beyond"))
)
_COUNT = Prepared(select(func.count().label("number")).select_from(table).where(*_wanted))  # type: ignore[arg-type]
_RECORD = insert_unless_there(call_record)
_RECORDS = Prepared(
    select(call_record).where(call_record.c.call_id == bindparam("whose")).order_by(call_record.c.at, call_record.c.id)
)


def page_of_calls(
    tx: Transaction,
    vault: Vault,
    *,
    state: str = "",
    staff_key: str = "",
    before: datetime = _NEVER,
    beyond: int = 0,
    limit: int,
) -> tuple[tuple[Call, ...], int]:
    """Some of the calls that begin before `before`, the latest first, and how many there are in all.

    `state` and `staff_key` narrow them; empty is all.
    """
    wanted = {"of_state": state, "of_staff_key": staff_key, "before": before}
    counted = tx.row(_COUNT, **wanted)
    rows = tx.rows(_PAGE, **wanted, limit=limit, beyond=beyond)
    return tuple(read_call(vault, row) for row in rows), int(counted.number) if counted else 0


def keep_record(
    tx: Transaction, vault: Vault, call_id: str, kind: str, words: str, who: str, now: datetime, *, choice: str | None
) -> bool:
    """Keeps `words` with the call, once of each kind; False where there are some already."""
    id_ = new_id(now)
    sealed = vault.seal(words, table="call_record", column="words", row=id_)
    return bool(tx.run(_RECORD, id=id_, call_id=call_id, kind=kind, choice=choice, words=sealed, who=who, at=now))


def records(tx: Transaction, vault: Vault, call_id: str) -> tuple[CallRecord, ...]:
    """What was written down after the call, in order."""
    return tuple(
        CallRecord(
            row.id,
            row.kind,
            row.choice,
            None if row.words is None else vault.open(row.words, table="call_record", column="words", row=row.id),
            row.who,
            row.at,
        )
        for row in tx.rows(_RECORDS, whose=call_id)
    )
