"""The call sheet: one page, on a screen or on paper, and the button that says how the call went."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.services.record_call_outcome import OUTCOMES, NoSuchCall, StaleCall, record_call_outcome
from bot.storage import calls, consents, conversations
from bot.storage.transaction import Transaction
from bot.web.console.page import note_view, the_desk, who
from bot.web.console.sheet import SECTIONS, read_sheet
from bot.web.console.sign_in import Page
from bot.web.console.today import caller_name

_SHARED_WITH = ("health_visitor", "midwife", "gp")


def add_routes(blueprint: Blueprint) -> None:
    """The sheet and its outcome."""
    blueprint.add_url_rule("/calls/<id:call_id>", "call_sheet", call_sheet)
    blueprint.add_url_rule("/calls/<id:call_id>/outcome", "record_outcome", record_outcome, methods=["POST"])


def call_sheet(call_id: str) -> str:
    """Everything the parent wanted known, and nothing more."""
    desk = the_desk()
    Found = tuple[calls.Call, conversations.Stored | None, dict[str, bool]]

    def look(tx: Transaction) -> Found | None:
        call = calls.load(tx, desk.vault, call_id)
        if call is None or call.state in {"held", "released"}:
            return None
        stored = conversations.load(tx, desk.vault, call.conversation_id)
        return call, stored, dict(consents.consents(tx, call.conversation_id))

    found = desk.database.read(look)
    if found is None:
        abort(404)
    note_view("call", call_id)
    call, stored, agreed = found
    sheet = read_sheet(call.sheet)
    return render_template(
        "console/call_sheet.html",
        call=call,
        caller=caller_name(desk, call.staff_key),
        sheet=sheet,
        sections=SECTIONS,
        agreed=agreed,
        shared_with=_SHARED_WITH,
        offers=[offer for key in sheet.offers if (offer := desk.directory.get(key))],
        texts_off=stored is not None and stored.conversation.status == "opted_out",
        outcomes=OUTCOMES,
    )


def record_outcome(call_id: str) -> Page | Response:
    """Notes how the call went, unless somebody else was first."""
    outcome, revision = request.form.get("outcome", ""), request.form.get("revision", "")
    if outcome not in OUTCOMES or not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        abort(400)
    desk = the_desk()
    try:
        record_call_outcome(desk, call_id, outcome, int(revision), who(), desk.now())
    except NoSuchCall:
        abort(404)
    except StaleCall as stale:
        return render_template(
            "console/conflict.html",
            now=f"console.call_state.{stale.call.state}",
            wanted=f"console.outcome.{outcome}",
            back=url_for(".call_sheet", call_id=call_id),
        ), 409
    return redirect(url_for(".call_sheet", call_id=call_id))
