"""The one next step that was agreed in a call: chosen or written, counted in parts, kept with the call and texted."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from bot.domain.conversation import LANGUAGES
from bot.services.record_next_step import CHOICES, AlreadyRecorded, NotAStep, cost_of_step, record_next_step
from bot.services.take_call_in_hand import NoSuchCall, StaleCall
from bot.web.console.call_sheet import show_sheet
from bot.web.console.change_call import asked_revision, stale_page
from bot.web.console.page import the_desk, who
from bot.web.console.sign_in import Page

OWN = "own"


def add_routes(blueprint: Blueprint) -> None:
    """One form."""
    blueprint.add_url_rule("/calls/<id:call_id>/next-step", "next_step", next_step, methods=["POST"])


def next_step(call_id: str) -> Page | Response:
    """Keeps the step and texts it to the parent, or first shows in how many parts the written words would travel."""
    choice, words, revision = request.form.get("choice", ""), request.form.get("words", ""), asked_revision()
    desk = the_desk()
    count = request.form.get("do") == "count"
    if not count and not choice:
        return show_sheet(call_id, draft=words, fault="no_choice"), 422
    if not count and choice != OWN and choice not in CHOICES:
        abort(400)
    try:
        if count:
            parts = max(cost_of_step(desk, language, words).parts for language in LANGUAGES)
            return show_sheet(call_id, draft=words, parts=parts)
        named = None if choice == OWN else choice
        texted = record_next_step(desk, call_id, revision, who(), desk.now(), choice=named, words=words)
    except NoSuchCall:
        abort(404)
    except NotAStep:
        return show_sheet(call_id, draft=words, fault="no_words"), 422
    except StaleCall as stale:
        return stale_page(stale.call, "console.next_step.title", draft=words), 409
    except AlreadyRecorded:
        return show_sheet(call_id, draft=words, fault="already"), 409
    if not texted:
        return show_sheet(call_id, fault="not_sent"), 409
    return redirect(url_for(".call_sheet", call_id=call_id, _anchor="next-step"))
