"""A note at a task for colleagues: written over what one has seen, never over what one has not."""

from datetime import datetime

from bot.services.desk import Desk
from bot.storage import audit, tasks
from bot.storage.transaction import Transaction

LONGEST_NOTE = 500


class StaleNote(Exception):
    """Somebody wrote a note in the meantime, or the task is done: nothing was changed."""


def note_task(desk: Desk, task_id: str, words: str, revision: int, who: str, now: datetime) -> None:
    """Keeps the note, "" takes it away. Raises `StaleNote`; `ValueError` for a note that is too long."""
    said = words.strip()
    if len(said) > LONGEST_NOTE:
        raise ValueError("too long")

    def work(tx: Transaction) -> None:
        if not tasks.keep_note(tx, desk.vault, task_id, said, who, seen=revision):
            raise StaleNote(task_id)
        audit.record(tx, who, "note", "task", task_id, now)

    desk.database.write(work)
