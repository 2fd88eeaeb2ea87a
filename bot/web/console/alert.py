"""One alert: who to ring, the words that raised it, who was told; "I'm ringing now", "already safe", "pass on".

Opening a page acknowledges nothing: links are opened by scanners and previews too.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.domain.contact import SAFE_CONTACT
from bot.services import pass_on_alert, record_report
from bot.services.acknowledge_alert import NoSuchAlert, acknowledge_alert
from bot.services.close_alert import OUTCOMES, close_alert
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.reopen_alert import reopen_alert
from bot.services.share_referral import make_sheet
from bot.storage import calls, concerns, conversations, findings, messages, pages, reports
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction
from bot.web.console.alert_words import Said, what_was_said
from bot.web.console.alerts import mark_of
from bot.web.console.page import from_script, my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sheet import Sheet, read_sheet
from bot.web.console.sign_in import Page
from bot.web.pages import page_language

SAFE_ANSWERED = (*SAFE_CONTACT, "call_safety_word")


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that is kept about an alert."""

    alert: concerns.Alert
    stored: Stored | None
    said: tuple[Said, ...]
    call: calls.Call | None
    events: tuple[concerns.AlertEvent, ...]
    told: tuple[pages.PageRow, ...]
    report: reports.Report | None
    safe_to_text: bool


def add_routes(blueprint: Blueprint) -> None:
    """The page and its buttons."""
    blueprint.add_url_rule("/alerts/<id:alert_id>", "alert", one_alert)
    for name, act in (
        ("acknowledge", acknowledge),
        ("close", close),
        ("pass_on", pass_on),
        ("reopen", reopen),
        ("report", report),
    ):
        blueprint.add_url_rule(f"/alerts/<id:alert_id>/{name.replace('_', '-')}", name, act, methods=["POST"])


def one_alert(alert_id: str) -> str:
    """Who, what, which words, what the bot said, what is not known, who was told, and what is still to do."""
    from_script()
    found = the_desk().database.read(lambda tx: _look(tx, alert_id))
    if found is None:
        abort(404)
    note_view("alert", alert_id)
    sheet = read_sheet(found.call.sheet if found.call else None)
    line = sheet.line("call_name")
    answers = found.stored.conversation.answers if found.stored else {}
    told_safe = _told_safe(found.stored)
    name, number = (line.words if line else None) or answers.get("call_name") or "", _number(found.stored)
    return render_template(
        "console/alert.html",
        alert=found.alert,
        stored=found.stored,
        said=found.said,
        meanings={each.id: each.meaning[page_language()] for each in the_desk().lexicon.concerns if each.meaning},
        call=found.call,
        name=name,
        number=number,
        safe_to_text=found.safe_to_text,
        told_safe=told_safe,
        unknown=_unknown(found, name, number, safe=found.call is not None or told_safe is not None),
        events=found.events,
        told=found.told,
        people=the_desk().team.people,
        report=found.report,
        names=names_of_staff(),
        me=who(),
        outcomes=OUTCOMES,
        pass_on_reasons=pass_on_alert.REASONS,
        not_needed_reasons=record_report.NOT_NEEDED,
        consent_reasons=record_report.CONSENT,
        longest_note=record_report.LONGEST_NOTE,
        now=my_now(),
        mark=mark_of((), alert_id),
    )


def acknowledge(alert_id: str) -> Page | Response:
    """ "I'm ringing now", and "I'm still at it". The second of two people sees who was first."""
    desk = the_desk()
    try:
        alert = acknowledge_alert(desk, alert_id, who(), desk.now())
    except NoSuchAlert:
        abort(404)
    return _back(alert_id) if alert.owner == who() else _conflict(alert, "alerts.acknowledge")


def close(alert_id: str) -> Page | Response:
    """How it ended."""
    desk, outcome = the_desk(), request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        abort(400)
    try:
        closed = close_alert(desk, alert_id, outcome, who(), desk.now())
    except NoSuchAlert:
        abort(404)
    return _back(alert_id) if closed else _conflict(_again(alert_id), f"alerts.outcome.{outcome}")


def pass_on(alert_id: str) -> Page | Response:
    """The next level, at once."""
    desk = the_desk()
    try:
        done = pass_on_alert.pass_on_alert(desk, alert_id, request.form.get("reason", ""), who(), desk.now())
    except pass_on_alert.NoReason:
        abort(400)
    except NoSuchAlert:
        abort(404)
    return _back(alert_id) if done else _conflict(_again(alert_id), "alerts.pass_on")


def reopen(alert_id: str) -> Page | Response:
    """A closed alert is open again."""
    desk = the_desk()
    try:
        done = reopen_alert(desk, alert_id, who(), desk.now())
    except NoSuchAlert:
        abort(404)
    return _back(alert_id) if done else _conflict(_again(alert_id), "alerts.reopen")


def report(alert_id: str) -> Page | Response:
    """What became of the report. Recorded twice is recorded."""
    desk, form = the_desk(), request.form
    try:
        record_report.record_report(
            desk, alert_id, form.get("act", ""), who(), desk.now(), reason=form.get("reason", ""),
            note=form.get("note", ""),
        )  # fmt: skip
    except record_report.NoReason:
        abort(400)
    except NoSuchAlert:
        abort(404)
    return _back(alert_id)


def _look(tx: Transaction, alert_id: str) -> Found | None:
    vault = the_desk().vault
    alert = concerns.load(tx, alert_id)
    if alert is None:
        return None
    whose = alert.conversation_id
    stored = conversations.load(tx, vault, whose)
    return Found(
        alert=alert,
        stored=stored,
        said=what_was_said(messages.thread(tx, vault, whose), findings.findings(tx, vault, whose)),
        call=calls.of_conversation(tx, vault, whose),
        events=concerns.events(tx, alert_id),
        told=pages.of_alert(tx, alert_id),
        report=reports.load(tx, vault, alert_id),
        safe_to_text=stored is None or look_up_safe_contact(the_desk(), tx, stored),
    )


def _told_safe(stored: Stored | None) -> Sheet | None:
    """What the parent has said of being reached safely, before any call is booked; None where they said nothing."""
    if stored is None or not any(stored.conversation.answers.get(name) for name in SAFE_ANSWERED):
        return None
    return read_sheet(make_sheet(the_desk(), stored.conversation, stored.contact))


def _unknown(found: Found, name: str, number: str, *, safe: bool) -> tuple[str, ...]:
    """What nobody has told us; each has its words under alerts.unknown.<name>."""
    conversation = found.stored.conversation if found.stored else None
    known = {
        "name": bool(name),
        "number": bool(number),
        "language": bool(conversation and conversation.language),
        "safe": safe,
        "area": bool(conversation and conversation.answers.get("area")),
        "alone": False,
    }
    return tuple(what for what, is_known in known.items() if not is_known)


def _number(stored: Stored | None) -> str:
    if stored is not None and stored.conversation.channel == "sms":
        return stored.contact
    answers = stored.conversation.answers if stored else {}
    number = answers.get("call_number", "")
    return number if number != "this_number" else ""


def _back(alert_id: str) -> Response:
    return redirect(url_for(".alert", alert_id=alert_id))


def _again(alert_id: str) -> concerns.Alert:
    alert = the_desk().database.read(lambda tx: concerns.load(tx, alert_id))
    if alert is None:
        abort(404)
    return alert


def _conflict(alert: concerns.Alert, wanted: str) -> Page:
    page = render_template(
        "console/conflict.html",
        now=f"alerts.state.{alert.state}",
        by=names_of_staff().get(alert.owner or "", ""),
        wanted=wanted,
        back=url_for(".alert", alert_id=alert.id),
    )
    return page, 409
