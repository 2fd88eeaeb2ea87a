"""Calls: a list to look through, and a week at a glance. The day's own calls are on today's page."""

import re
from datetime import date, datetime, time, timedelta

from flask import Blueprint, abort, render_template, request

from bot.content.bank_holidays import is_bank_holiday
from bot.domain.slots import WALES, moment_of
from bot.storage import call_lists, calls
from bot.web.console.call_lines import CallLine, call_line
from bot.web.console.page import in_wales, my_now, note_view, the_desk

PER_PAGE = 25
# Not a state of the database: over, and nobody has said how it went.
NO_OUTCOME = "no_outcome"
STATES = (NO_OUTCOME, *call_lists.STATES)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = range(2020, 2100)


def add_routes(blueprint: Blueprint) -> None:
    """The list and the week."""
    blueprint.add_url_rule("/calls", "calls", all_calls)
    blueprint.add_url_rule("/calls/week", "week", week)


def all_calls() -> str:
    """Calls, the latest first, a page at a time; of one state or one person where that is asked."""
    desk, now = the_desk(), my_now()
    state, person, number = request.args.get("state", ""), request.args.get("person", ""), _page_number()
    if (state and state not in STATES) or (person and person not in desk.team.callers):
        abort(400)
    note_view("page", "calls")
    narrowed = {"before": now - desk.team.rules.length} if state == NO_OUTCOME else {}
    found, count = desk.database.read(
        lambda tx: call_lists.page_of_calls(
            tx,
            desk.vault,
            state="booked" if state == NO_OUTCOME else state,
            staff_key=person,
            beyond=(number - 1) * PER_PAGE,
            limit=PER_PAGE,
            **narrowed,
        )
    )
    return render_template(
        "console/calls.html",
        lines=[call_line(desk, call, now) for call in found],
        count=count,
        number=number,
        pages=max(1, -(-count // PER_PAGE)),
        state=state,
        person=person,
        states=STATES,
        people=list(desk.team.callers.values()),
    )


def week() -> str:
    """Seven days from a Monday, this week's unless `of` names a day of another."""
    desk, now = the_desk(), my_now()
    day = read_day(request.args["of"]) if request.args.get("of") else in_wales(now).date()
    if day is None:
        abort(400)
    note_view("page", "week")
    monday = day - timedelta(days=day.weekday())
    begins, ends = (moment_of(each, time(0)) for each in (monday, monday + timedelta(days=7)))
    found = desk.database.read(lambda tx: calls.coming(tx, desk.vault, begins, ends))
    days = [monday + timedelta(days=number) for number in range(7)]
    return render_template(
        "console/week.html",
        days=[(each, _of_day(each, [call_line(desk, call, now) for call in found])) for each in days],
        closed={each for each in days if each in desk.team.closed or is_bank_holiday(each)},
        today=in_wales(now).date(),
        before=(monday - timedelta(days=7)).isoformat(),
        after=(monday + timedelta(days=7)).isoformat(),
    )


def read_day(text: str) -> date | None:
    """The day of an ISO date that can be meant; None for anything else."""
    if not _DAY.fullmatch(text) or not text.isascii():
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def read_clock(text: str) -> time | None:
    """The time of day of "9:30" or "09:30"; None for anything else."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    return time(int(found[1]), int(found[2])) if found else None


def _of_day(day: date, lines: list[CallLine]) -> list[CallLine]:
    return [line for line in lines if _starts(line.call.starts_at) == day]


def _starts(moment: datetime) -> date:
    return moment.astimezone(WALES).date()


def _page_number() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 0 < len(given) < 6 and int(given)):
        abort(400)
    return int(given)
