"""What a person has to do or decide."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.services.note_task import LONGEST_NOTE, StaleNote, note_task
from bot.storage import audit, outgoing, promises, tasks
from bot.storage.transaction import Transaction
from bot.web.console.change_call import asked_revision
from bot.web.console.page import my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sign_in import Page
from bot.web.console.today import missed_first

_TOO_LATE_SHOWN = timedelta(days=7)


def add_routes(blueprint: Blueprint) -> None:
    """The list, a note at a task, and "done"."""
    blueprint.add_url_rule("/tasks", "tasks", all_tasks)
    blueprint.add_url_rule("/tasks/<id:task_id>/note", "note_task", write_note, methods=["POST"])
    blueprint.add_url_rule("/tasks/<id:task_id>/close", "close_task", close_task, methods=["POST"])


def all_tasks() -> str:
    """Who waits for a person, every open task, oldest first, and what was too late to send in the last days."""
    return _page()


def write_note(task_id: str) -> Page | Response:
    """Keeps a note; where a colleague wrote one since, both are shown and theirs stands."""
    desk, words, revision = the_desk(), request.form.get("note", ""), asked_revision()
    if len(words) > LONGEST_NOTE:
        abort(400)
    try:
        note_task(desk, task_id, words, revision, who(), desk.now())
    except StaleNote:
        if all(task.id != task_id for task in desk.database.read(tasks.open_tasks)):
            abort(404)
        return _page(unkept={task_id: words}), 409
    return redirect(url_for(".tasks", _anchor=f"task-{task_id}"))


def close_task(task_id: str) -> Response:
    """Marks a task done. Done twice is done."""
    desk, person, now = the_desk(), who(), the_desk().now()

    def work(tx: Transaction) -> None:
        if tasks.close_task(tx, task_id, person, now):
            audit.record(tx, person, "close", "task", task_id, now)

    desk.database.write(work)
    return redirect(url_for(".tasks"))


def _page(unkept: dict[str, str] | None = None) -> str:
    note_view("page", "tasks")
    desk, now = the_desk(), my_now()
    to_do, waiting, notes, too_late = desk.database.read(
        lambda tx: (
            tasks.open_tasks(tx),
            promises.everyone(tx),
            tasks.notes(tx, desk.vault),
            outgoing.too_late(tx, now - _TOO_LATE_SHOWN),
        )
    )
    return render_template(
        "console/tasks.html",
        tasks=to_do,
        notes=notes,
        unkept=unkept or {},
        longest_note=LONGEST_NOTE,
        names=names_of_staff(),
        who_wait=missed_first(waiting, now),
        missed=any(each.is_missed(now) for each in waiting),
        too_late=too_late,
        now=now,
    )
