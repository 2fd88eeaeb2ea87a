"""Safeguarding alerts: the list, and what the page asks every few seconds while it is open."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from bot.content.rota_file import OnCall
from bot.services.match_accounts import match_accounts
from bot.services.report_readiness import rota_gaps
from bot.services.try_phones import silent_phones
from bot.storage import concerns, pages, reports
from bot.storage.transaction import Transaction
from bot.web.console.page import (
    from_script,
    live_now,
    my_now,
    names_of_staff,
    note_view,
    the_desk,
    trouble,
    waiting,
)
from bot.web.console.sessions import my_session

_GRAVEST_FIRST = {"immediate": 0, "urgent": 1, "watch": 2}
_DAYS_AHEAD = 7


def add_routes(blueprint: Blueprint) -> None:
    """The list, and what is live."""
    blueprint.add_url_rule("/alerts", "alerts", all_alerts)
    blueprint.add_url_rule("/alerts/live", "live_alerts", live_alerts)


def all_alerts() -> str:
    """Every live alert: nobody's first, then the gravest; reports still to make; phones and levels that are silent."""
    from_script()
    note_view("page", "alerts")
    desk, now = the_desk(), my_now()

    def look(
        tx: Transaction,
    ) -> tuple[tuple[concerns.Alert, ...], tuple[reports.Overdue, ...], tuple[OnCall, ...], Collection[str]]:
        disabled = match_accounts(desk.team, tx).disabled
        return concerns.live(tx), reports.to_be_shown(tx, now), silent_phones(desk, tx, now), disabled

    live, to_report, silent, disabled = desk.database.read(look)
    return render_template(
        "console/alerts.html",
        alerts=sorted(live, key=lambda one: (one.state != "open", _GRAVEST_FIRST[one.severity], one.opened_at)),
        names=names_of_staff(),
        now=now,
        to_report=to_report,
        silent=silent,
        gaps=rota_gaps(desk.team, now, days=_DAYS_AHEAD, disabled=disabled),
        mark=mark_of(live),
    )


def live_alerts() -> Response:
    """How many are live, which nobody has taken, what is wrong in the house, and a mark that changes with the page.

    No words. Asking does not keep a session alive.
    """
    my_session().quiet = True
    live = live_now()
    return jsonify(
        live=len(live), waiting=waiting(live), trouble=trouble(), mark=mark_of(live, request.args.get("of", ""))
    )


def mark_of(live: Sequence[concerns.Alert], alert_id: str = "") -> str:
    """Another word whenever what a page shows of its alerts, or of the one alert, has changed."""
    seen: list[object] = [
        (one.id, one.state, one.severity, one.count, one.stage, one.owner, one.unreached_at) for one in live
    ]
    if len(alert_id) == 32:

        def look(tx: Transaction) -> list[object]:
            told = [(page.id, page.state) for page in pages.of_alert(tx, alert_id)]
            return [concerns.load(tx, alert_id), told, len(concerns.events(tx, alert_id))]

        seen = the_desk().database.read(look)
    return sha256(repr(seen).encode()).hexdigest()[:16]
