"""What a person has to do or decide."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot.storage import audit, outgoing, tasks
from bot.storage.transaction import Transaction
from bot.web.console.page import note_view, the_desk, who

_TOO_LATE_SHOWN = timedelta(days=7)


def add_routes(blueprint: Blueprint) -> None:
    """The list, and "done"."""
    blueprint.add_url_rule("/tasks", "tasks", all_tasks)
    blueprint.add_url_rule("/tasks/<id:task_id>/close", "close_task", close_task, methods=["POST"])


def all_tasks() -> str:
    """Every open task, oldest first, and what was too late to send in the last days."""
    note_view("page", "tasks")
    desk = the_desk()
    to_do, too_late = desk.database.read(
        lambda tx: (tasks.open_tasks(tx), outgoing.too_late(tx, desk.now() - _TOO_LATE_SHOWN))
    )
    return render_template("console/tasks.html", tasks=to_do, too_late=too_late)


def close_task(task_id: str) -> Response:
    """Marks a task done. Done twice is done."""
    desk, person, now = the_desk(), who(), the_desk().now()

    def work(tx: Transaction) -> None:
        if tasks.close_task(tx, task_id, person, now):
            audit.record(tx, person, "close", "task", task_id, now)

    desk.database.write(work)
    return redirect(url_for(".tasks"))
