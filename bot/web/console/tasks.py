"""What a person has to do or decide."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot.storage import audit, outgoing, promises, tasks
from bot.storage.transaction import Transaction
from bot.web.console.page import my_now, note_view, the_desk, who
from bot.web.console.today import missed_first

_TOO_LATE_SHOWN = timedelta(days=7)


def add_routes(blueprint: Blueprint) -> None:
    """The list, and "done"."""
    blueprint.add_url_rule("/tasks", "tasks", all_tasks)
    blueprint.add_url_rule("/tasks/<id:task_id>/close", "close_task", close_task, methods=["POST"])


def all_tasks() -> str:
    """Who waits for a person, every open task, oldest first, and what was too late to send in the last days."""
    note_view("page", "tasks")
    now = my_now()
    to_do, waiting, too_late = the_desk().database.read(
        lambda tx: (tasks.open_tasks(tx), promises.everyone(tx), outgoing.too_late(tx, now - _TOO_LATE_SHOWN))
    )
    return render_template(
        "console/tasks.html",
        tasks=to_do,
        who_wait=missed_first(waiting, now),
        missed=any(each.is_missed(now) for each in waiting),
        too_late=too_late,
        now=now,
    )


def close_task(task_id: str) -> Response:
    """Marks a task done. Done twice is done."""
    desk, person, now = the_desk(), who(), the_desk().now()

    def work(tx: Transaction) -> None:
        if tasks.close_task(tx, task_id, person, now):
            audit.record(tx, person, "close", "task", task_id, now)

    desk.database.write(work)
    return redirect(url_for(".tasks"))
