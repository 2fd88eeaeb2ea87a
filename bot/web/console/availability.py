"""When each of us takes calls: weekly hours, leave, languages, calendars. Everybody looks after their own."""

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bot.content.bank_holidays import closed_days, is_bank_holiday
from bot.domain.slots import CHANNELS, WEEKDAYS, Caller
from bot.services.keep_availability import StaleAvailability, calls_outside, keep_availability
from bot.services.know_callers import know_callers
from bot.services.publish_calls import new_feed_address
from bot.storage import caller_feeds, callers
from bot.storage.calls import Call
from bot.storage.transaction import Transaction
from bot.web.console.access import Role, my_roles
from bot.web.console.availability_form import Draft, NotOurForm, Span, draft_of, read_form
from bot.web.console.change_call import asked_revision
from bot.web.console.page import in_wales, my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sessions import my_session
from bot.web.console.sign_in import Page

_DAYS_AHEAD = 120
_FEED = "new_feed"


def add_routes(blueprint: Blueprint) -> None:
    """Everybody, one person's page, and its two forms."""
    at = "/callers/<key:staff_key>"
    blueprint.add_url_rule("/callers", "callers", all_callers)
    blueprint.add_url_rule(at, "availability", availability)
    blueprint.add_url_rule(f"{at}/keep", "keep_availability", keep, methods=["POST"])
    blueprint.add_url_rule(f"{at}/feed", "new_feed", new_feed, methods=["POST"])


def may_change(staff_key: str) -> bool:
    """A lead changes everybody's, a practitioner their own: their key, or the e-mail that flows/team.yaml has."""
    if Role.LEAD in my_roles():
        return True
    caller = the_desk().team.callers.get(staff_key)
    mail = (caller.email or "").lower() if caller else ""
    mine = str(current_user.email).lower()
    return staff_key == current_user.staff_key if current_user.staff_key else bool(mail) and mail == mine


def all_callers() -> str:
    """Who takes calls, and who is away soon."""
    note_view("page", "callers")
    desk, now = the_desk(), my_now()

    def look(tx: Transaction) -> tuple[list[Caller], dict[str, tuple[Call, ...]]]:
        found = list(know_callers(desk, tx).values())
        return found, {caller.key: calls_outside(desk, tx, caller, now) for caller in found}

    found, outside = desk.database.read(look)
    today = in_wales(now).date()
    return render_template(
        "console/callers.html",
        people=[(caller, draft_of(caller, today)) for caller in found],
        outside=outside,
        weekdays=WEEKDAYS,
        may_change=may_change,
        closed=_closed(today),
        is_bank_holiday=is_bank_holiday,
    )


def availability(staff_key: str) -> Page:
    """One person's page."""
    caller, revision = _kept(staff_key)
    return _page(caller, draft_of(caller, _today()), revision)


def keep(staff_key: str) -> Page | Response:
    """Keeps what the form says, unless somebody kept something else since: then both are shown and nothing changes."""
    caller, _ = _kept(staff_key)
    if not may_change(staff_key):
        abort(403)
    desk, revision = the_desk(), asked_revision()
    try:
        wanted, draft = read_form(caller, request.form, frozenset(desk.atlas.areas))
    except NotOurForm:
        abort(400)
    if draft.faults:
        return _page(caller, draft, revision), 422
    # Calendar programs write webcal for https.
    address = draft.calendar.replace("webcal://", "https://", 1)
    calendar = "" if draft.forget_calendar else address or None
    try:
        keep_availability(desk, wanted, who(), desk.now(), seen=revision, calendar=calendar)
    except StaleAvailability as stale:
        theirs, mine = draft_of(stale.kept.caller, _today()), draft_of(wanted, _today())
        shown = replace(mine, calendar=draft.calendar, forget_calendar=draft.forget_calendar)
        return _page(stale.kept.caller, shown, stale.kept.revision, theirs=theirs, by=stale.kept), 409
    return redirect(url_for(".availability", staff_key=staff_key, kept="yes"))


def new_feed(staff_key: str) -> Page | Response:
    """A new secret address; the one before it opens nothing any more."""
    _kept(staff_key)
    if not may_change(staff_key):
        abort(403)
    desk = the_desk()
    my_session()[_FEED] = [staff_key, new_feed_address(desk, staff_key, who(), desk.now())]
    return redirect(url_for(".availability", staff_key=staff_key, _anchor="feed"))


def _kept(staff_key: str) -> tuple[Caller, int]:
    """The person as they take calls now, and at which revision; no page where nobody has this key."""
    desk = the_desk()
    if staff_key not in desk.team.callers:
        abort(404)

    def look(tx: Transaction) -> tuple[Caller, int]:
        kept = callers.kept(tx, {staff_key: desk.team.callers[staff_key].name}).get(staff_key)
        return know_callers(desk, tx)[staff_key], kept.revision if kept else 0

    return desk.database.read(look)


def _page(
    caller: Caller, draft: Draft, revision: int, *, theirs: Draft | None = None, by: callers.Kept | None = None
) -> str:
    desk, now = the_desk(), my_now()
    note_view("caller", caller.key)

    def look(tx: Transaction) -> tuple[callers.OwnCalendar | None, object, tuple[Call, ...]]:
        mine = [each for each in callers.own_calendars(tx, desk.vault) if each.staff_key == caller.key]
        return mine[0] if mine else None, caller_feeds.made_at(tx, caller.key), calls_outside(desk, tx, caller, now)

    calendar, feed_at, outside = desk.database.read(look)
    shown = my_session().pop(_FEED, None) if _FEED in my_session() else None
    return render_template(
        "console/availability.html",
        caller=caller,
        draft=draft,
        revision=revision,
        weekdays=WEEKDAYS,
        channels=CHANNELS,
        areas=[desk.atlas.areas[key] for key in desk.atlas.served],
        # Its address is a secret: whether there is one, and whether it can be read, is all that is shown.
        calendar_read_at=calendar.read_at if calendar else None,
        calendar_fault=calendar.fault if calendar else None,
        calendar_set=calendar is not None,
        feed_at=feed_at,
        feed=shown[1] if shown and shown[0] == caller.key else None,
        outside=outside,
        closed=_closed(_today()),
        is_bank_holiday=is_bank_holiday,
        mine=may_change(caller.key),
        kept=request.args.get("kept") == "yes",
        both=_side_by_side(theirs, draft) if theirs else None,
        changed_by=names_of_staff().get(by.changed_by, "") if by else "",
        changed_at=by.changed_at if by else None,
    )


def _side_by_side(theirs: Draft, mine: Draft) -> list[tuple[str, object, object]]:
    """Every field in both versions: its name, what stands now, what was wanted."""
    rows: list[tuple[str, object, object]] = [(day, theirs.hours[day], mine.hours[day]) for day in WEEKDAYS]
    return [
        *rows,
        ("language", _languages(theirs), _languages(mine)),
        ("channel", sorted(theirs.channels), sorted(mine.channels)),
        ("area", sorted(theirs.areas), sorted(mine.areas)),
        ("span", list[Span](theirs.spans), list[Span](mine.spans)),
    ]


def _languages(draft: Draft) -> list[str]:
    return [*sorted(draft.languages), *filter(None, draft.other_languages.split(", "))]


def _today() -> date:
    return in_wales(my_now()).date()


def _closed(today: date) -> list[date]:
    """Closed days and bank holidays of the months to come."""
    every = closed_days(the_desk().team.closed, my_now())
    return sorted(day for day in every if today <= day <= today + timedelta(days=_DAYS_AHEAD))
