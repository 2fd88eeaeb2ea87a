"""The first page of the day: alerts before all, then calls of today and the days to come, and what is to be done."""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template

from bot.storage import calls, concerns, missed, promises, tasks
from bot.storage.promises import Waiting
from bot.storage.transaction import Transaction
from bot.web.console.access import may, my_roles
from bot.web.console.alerts import mark_of
from bot.web.console.call_lines import call_line
from bot.web.console.directory import count_due
from bot.web.console.page import from_script, in_wales, names_of_staff, note_view, the_desk

_BACK = timedelta(days=14)
# A Monday morning looks back over a weekend and a bank holiday.
_SINCE = timedelta(days=4)


def add_routes(blueprint: Blueprint) -> None:
    """One page."""
    blueprint.add_url_rule("/", "today", today)


def today() -> str:
    """Today. Who may ring sees calls and tasks; who may not sees alerts."""
    from_script()
    note_view("page", "today")
    desk = the_desk()
    now = desk.now()
    sees_calls = may(my_roles(), "call_sheet")

    Seen = tuple[
        tuple[concerns.Alert, ...],
        tuple[Waiting, ...],
        tuple[calls.Call, ...],
        tuple[tasks.StaffTask, ...],
        tuple[missed.NotSent, ...],
        int,
    ]

    def look(tx: Transaction) -> Seen:
        live, waiting, due = concerns.live(tx), promises.everyone(tx), count_due(desk, tx)
        if not sees_calls:
            return live, waiting, (), (), (), due
        until = now + desk.team.rules.horizon + timedelta(days=2)
        found = calls.coming(tx, desk.vault, now - _BACK, until)
        return live, waiting, found, tasks.open_tasks(tx), missed.not_sent(tx, now - _SINCE), due

    live, waiting, found, to_do, not_sent, entries_due = desk.database.read(look)
    day = in_wales(now).date()
    lines = [call_line(desk, call, now) for call in found]
    return render_template(
        "console/today.html",
        now=now,
        alerts=live,
        mark=mark_of(live),
        who_wait=missed_first(waiting, now),
        missed=any(each.is_missed(now) for each in waiting),
        names=names_of_staff(),
        sees_calls=sees_calls,
        overdue=[line for line in lines if line.open_end and _day(line.call.starts_at) < day],
        not_sent=not_sent,
        today=[line for line in lines if _day(line.call.starts_at) == day],
        coming=[line for line in lines if line.call.state == "booked" and _day(line.call.starts_at) > day],
        tasks=to_do,
        entries_due=entries_due,
    )


def missed_first(waiting: tuple[Waiting, ...], now: datetime) -> list[Waiting]:
    """Who was let down before who waits, then the longest first."""
    return sorted(waiting, key=lambda each: (not each.is_missed(now), each.since))


def _day(moment: datetime) -> date:
    return in_wales(moment).date()
