"""Safeguarding alerts: the list, one alert with the words that raised it, "I'm ringing now", and how it ended.

Opening a page acknowledges nothing: links are opened by scanners and previews too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.services.acknowledge_alert import NoSuchAlert, acknowledge_alert
from bot.services.close_alert import OUTCOMES, close_alert
from bot.storage import calls, concerns, conversations, findings, messages
from bot.storage.conversations import Stored
from bot.storage.messages import ThreadEntry
from bot.storage.transaction import Transaction
from bot.web.console.page import live_now, my_now, names_of_staff, note_view, the_desk, waiting, who
from bot.web.console.sessions import my_session
from bot.web.console.sheet import read_sheet
from bot.web.console.sign_in import Page

_GRAVEST_FIRST = {"immediate": 0, "urgent": 1, "watch": 2}


@dataclass(frozen=True, slots=True)
class Said:
    """A parent's message that raised or fed the alert: its words in pieces, `True` where a piece matched; then ours."""

    entry: ThreadEntry
    pieces: tuple[tuple[str, bool], ...]
    categories: tuple[str, ...]
    answers: tuple[str, ...]


def add_routes(blueprint: Blueprint) -> None:
    """The list, what is live (for the page to ask), one alert and its two buttons."""
    blueprint.add_url_rule("/alerts", "alerts", all_alerts)
    blueprint.add_url_rule("/alerts/live", "live_alerts", live_alerts)
    blueprint.add_url_rule("/alerts/<id:alert_id>", "alert", one_alert)
    blueprint.add_url_rule("/alerts/<id:alert_id>/acknowledge", "acknowledge", acknowledge, methods=["POST"])
    blueprint.add_url_rule("/alerts/<id:alert_id>/close", "close", close, methods=["POST"])


def all_alerts() -> str:
    """Every live alert: nobody's first, then the gravest."""
    note_view("page", "alerts")
    live = the_desk().database.read(concerns.live)
    live = tuple(sorted(live, key=lambda each: (each.state != "open", _GRAVEST_FIRST[each.severity], each.opened_at)))
    return render_template("console/alerts.html", alerts=live, names=names_of_staff(), now=my_now())


def live_alerts() -> Response:
    """How many are live, and which nobody has taken. No words. Asking does not keep a session alive."""
    my_session().quiet = True
    live = live_now()
    return jsonify(live=len(live), waiting=waiting(live))


def one_alert(alert_id: str) -> str:
    """Who, what, which words, what the bot said, what is not known."""
    desk = the_desk()
    Found = tuple[concerns.Alert, Stored | None, tuple[ThreadEntry, ...], Mapping[str, tuple[findings.Finding, ...]]]

    def look(tx: Transaction) -> tuple[Found, calls.Call | None, tuple[concerns.AlertEvent, ...]] | None:
        alert = concerns.load(tx, alert_id)
        if alert is None:
            return None
        whose = alert.conversation_id
        found = (
            alert,
            conversations.load(tx, desk.vault, whose),
            messages.thread(tx, desk.vault, whose),
            findings.findings(tx, desk.vault, whose),
        )
        return found, calls.of_conversation(tx, desk.vault, whose), concerns.events(tx, alert_id)

    seen = desk.database.read(look)
    if seen is None:
        abort(404)
    note_view("alert", alert_id)
    (alert, stored, thread, matched), call, events = seen
    sheet = read_sheet(call.sheet if call else None)
    name = sheet.line("call_name")
    answers = stored.conversation.answers if stored else {}
    return render_template(
        "console/alert.html",
        alert=alert,
        stored=stored,
        said=_said(thread, matched),
        call=call,
        name=(name.words if name else None) or answers.get("call_name") or "",
        number=_number(stored),
        events=events,
        names=names_of_staff(),
        outcomes=OUTCOMES,
        now=my_now(),
    )


def acknowledge(alert_id: str) -> Page | Response:
    """ "I'm ringing now". The second of two people sees who was first."""
    desk = the_desk()
    try:
        alert = acknowledge_alert(desk, alert_id, who(), desk.now())
    except NoSuchAlert:
        abort(404)
    if alert.owner != who():
        return _conflict(alert, "alerts.acknowledge"), 409
    return redirect(url_for(".alert", alert_id=alert_id))


def close(alert_id: str) -> Page | Response:
    """How it ended."""
    desk, outcome = the_desk(), request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        abort(400)
    try:
        closed = close_alert(desk, alert_id, outcome, who(), desk.now())
    except NoSuchAlert:
        abort(404)
    if not closed:
        alert = desk.database.read(lambda tx: concerns.load(tx, alert_id))
        if alert is None:
            abort(404)
        return _conflict(alert, f"alerts.outcome.{outcome}"), 409
    return redirect(url_for(".alert", alert_id=alert_id))


def cut(text: str, matches: Sequence[findings.Finding]) -> tuple[tuple[str, bool], ...]:
    """`text` in pieces, `True` for those a match covers; places outside the text are left out."""
    covered = [False] * len(text)
    for match in matches:
        start, end = max(0, match.start), min(len(text), match.end)
        covered[start:end] = [True] * max(0, end - start)
    pieces: list[tuple[str, bool]] = []
    for letter, inside in zip(text, covered, strict=True):
        if pieces and pieces[-1][1] == inside:
            pieces[-1] = (pieces[-1][0] + letter, inside)
        else:
            pieces.append((letter, inside))
    return tuple(pieces)


# A reply to a late text may wait, or never leave: then the bot has said nothing, and staff must not rely on it.
_HAS_LEFT = ("answered", "sent")


def _said(thread: tuple[ThreadEntry, ...], matched: Mapping[str, tuple[findings.Finding, ...]]) -> tuple[Said, ...]:
    """The messages in which something was found, newest first, each with what we answered."""
    found = []
    for entry in thread:
        if entry.who == "parent" and entry.text is not None and entry.inbound_id in matched:
            matches = matched[entry.inbound_id or ""]
            ours = tuple(
                each.text or ""
                for each in thread
                if each.inbound_id == entry.inbound_id and each is not entry and each.state in _HAS_LEFT
            )
            categories = tuple(dict.fromkeys(match.category for match in matches))
            found.append(Said(entry, cut(entry.text, matches), categories, ours))
    return tuple(reversed(found))


def _number(stored: Stored | None) -> str:
    if stored is not None and stored.conversation.channel == "sms":
        return stored.contact
    answers = stored.conversation.answers if stored else {}
    number = answers.get("call_number", "")
    return number if number != "this_number" else ""


def _conflict(alert: concerns.Alert, wanted: str) -> str:
    return render_template(
        "console/conflict.html",
        now=f"alerts.state.{alert.state}",
        by=names_of_staff().get(alert.owner or "", ""),
        wanted=wanted,
        back=url_for(".alert", alert_id=alert.id),
    )
