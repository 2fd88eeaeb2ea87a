"""The call sheet: one page, on a screen or on paper, and the buttons that say how the call went."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.services.know_offers import know_offers
from bot.services.record_call_outcome import LONGEST_WORDS, OUTCOMES, NoWords, record_call_outcome
from bot.services.record_next_step import CHOICES, cost_of_step, step_of
from bot.services.take_call_in_hand import NoSuchCall, StaleCall
from bot.storage import call_lists, calls, consents, conversations
from bot.storage.transaction import Transaction
from bot.web.console.call_lines import caller_name
from bot.web.console.change_call import asked_revision, stale_page
from bot.web.console.page import my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sheet import SECTIONS, read_sheet
from bot.web.console.sign_in import Page

_SHARED_WITH = ("health_visitor", "midwife", "gp")
MOVED = "moved"


def add_routes(blueprint: Blueprint) -> None:
    """The sheet and its outcome."""
    blueprint.add_url_rule("/calls/<id:call_id>", "call_sheet", call_sheet)
    blueprint.add_url_rule("/calls/<id:call_id>/outcome", "record_outcome", record_outcome, methods=["POST"])


def call_sheet(call_id: str) -> str:
    """Everything the parent wanted known, and nothing more."""
    return show_sheet(call_id)


def show_sheet(call_id: str, *, draft: str = "", parts: int | None = None, fault: str | None = None) -> str:
    """The sheet, with what somebody is writing of the next step; `fault` is why it was not kept."""
    desk = the_desk()

    def look(tx: Transaction) -> dict[str, Any] | None:
        call = calls.load(tx, desk.vault, call_id)
        if call is None or call.state in {"held", "released"}:
            return None
        stored = conversations.load(tx, desk.vault, call.conversation_id)
        return {
            "call": call,
            "agreed": {said.what: said for said in consents.history(tx, call.conversation_id)},
            "records": {record.kind: record for record in call_lists.records(tx, desk.vault, call_id)},
            "texts_off": stored is not None and stored.conversation.status == "opted_out",
            "directory": know_offers(desk, tx),
            "their_language": stored.conversation.language if stored else None,
        }

    found = desk.database.read(look)
    if found is None:
        abort(404)
    note_view("call", call_id)
    call = found["call"]
    sheet = read_sheet(call.sheet)
    language = found["their_language"] or "en"
    ready = {choice: step_of(desk, choice, language) for choice in CHOICES if choice != "none"}
    return render_template(
        "console/call_sheet.html",
        **found,
        now=my_now(),
        caller=caller_name(desk, call.staff_key),
        sheet=sheet,
        seen_by=_seen_by(call.sheet),
        sections=SECTIONS,
        shared_with=_SHARED_WITH,
        offers=[offer for key in sheet.offers if (offer := found["directory"].get(key))],
        names=names_of_staff(),
        ready=[(choice, words, cost_of_step(desk, language, words).parts) for choice, words in ready.items()],
        longest_words=LONGEST_WORDS,
        draft=draft,
        parts=parts,
        fault=fault,
    )


def _seen_by(sheet: calls.Sheet | None) -> str | None:
    """How they see each other, where the call is not by phone."""
    channel = (sheet or {}).get("kept_answers", {}).get("call_channel")
    return channel if channel in ("video", "in_person") else None


def record_outcome(call_id: str) -> Page | Response:
    """Notes how the call went, unless somebody else was first. "Moved" leads to the times it may move to."""
    outcome, revision = request.form.get("outcome", ""), asked_revision()
    if outcome == MOVED:
        return redirect(url_for(".change_call", call_id=call_id))
    if outcome not in OUTCOMES:
        abort(400)
    desk = the_desk()
    words = request.form.get("passed_to", "")
    try:
        record_call_outcome(desk, call_id, outcome, revision, who(), desk.now(), words=words)
    except NoSuchCall:
        abort(404)
    except NoWords:
        return show_sheet(call_id, fault="to_whom"), 422
    except StaleCall as stale:
        return stale_page(stale.call, f"console.outcome.{outcome}", draft=words), 409
    return redirect(url_for(".call_sheet", call_id=call_id, _anchor="outcome"))
