"""Things a person has to do or decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.staff_tables import staff_task as table


@dataclass(frozen=True, slots=True)
class StaffTask:
    """One thing to do. `kind` is a code; its words are in the catalogue. `revision` goes up with each note."""

    id: str
    conversation_id: str | None
    kind: str
    opened_at: datetime
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote at a task for their colleagues."""

    words: str
    by: str


_OPEN = insert_unless_there(table)
_ALL = Prepared(
    select(table.c.id, table.c.conversation_id, table.c.kind, table.c.opened_at, table.c.revision)
    .where(table.c.closed_at.is_(None))
    .order_by(table.c.opened_at, table.c.id)
)
_CLOSE = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), closed_by=bindparam("who"))
)

_CLOSE_KIND = Prepared(
    update(table)
    .where(
        table.c.conversation_id == bindparam("conversation_id"),
        table.c.kind == bindparam("kind"),
        table.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("at"), closed_by=bindparam("who"))
)

_NOTES = Prepared(
    select(table.c.id, table.c.note, table.c.note_by).where(table.c.closed_at.is_(None), table.c.note.is_not(None))
)
_KEEP_NOTE = Prepared(
    update(table)
    .where(table.c.id == bindparam("its_id"), table.c.revision == bindparam("seen"), table.c.closed_at.is_(None))
    .values(note=bindparam("to_note"), note_by=bindparam("who"), revision=bindparam("to_revision"))
)


def open_task(tx: Transaction, conversation_id: str | None, kind: str, now: datetime) -> str | None:
    """The new task's id, or None where one of this kind is open for the conversation."""
    id_ = new_id(now)
    kept = tx.run(
        _OPEN,
        id=id_,
        conversation_id=conversation_id,
        kind=kind,
        opened_at=now,
        closed_at=None,
        closed_by=None,
        note=None,
        note_by=None,
        revision=0,
    )
    return id_ if kept else None


def open_tasks(tx: Transaction) -> tuple[StaffTask, ...]:
    """What is still to do, oldest first."""
    return tuple(StaffTask(*row) for row in tx.rows(_ALL))


def notes(tx: Transaction, vault: Vault) -> dict[str, Note]:
    """The notes at open tasks, by task."""
    return {
        row.id: Note(vault.open(row.note, table="staff_task", column="note", row=row.id), row.note_by)
        for row in tx.rows(_NOTES)
    }


def keep_note(tx: Transaction, vault: Vault, task_id: str, words: str, who: str, *, seen: int) -> bool:
    """Writes the note of an open task if it is still revision `seen`; False where it is not."""
    sealed = vault.seal(words, table="staff_task", column="note", row=task_id) if words else None
    return tx.run(_KEEP_NOTE, its_id=task_id, seen=seen, to_note=sealed, who=who, to_revision=seen + 1) == 1


def close_task(tx: Transaction, task_id: str, who: str, now: datetime) -> bool:
    """Marks the task done; False where it was."""
    return tx.run(_CLOSE, its_id=task_id, who=who, at=now) == 1


def close_kind(tx: Transaction, conversation_id: str, kind: str, who: str, now: datetime) -> bool:
    """Marks the conversation's open task of this kind done; False where there is none."""
    return tx.run(_CLOSE_KIND, conversation_id=conversation_id, kind=kind, who=who, at=now) == 1
