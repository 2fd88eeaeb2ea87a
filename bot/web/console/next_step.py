"""The one next step that was agreed in a call: chosen or written, counted in parts, kept with the call."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from bot.domain.conversation import LANGUAGES
from bot.domain.segments import count_segments, for_sms
from bot.services.record_next_step import CHOICES, AlreadyRecorded, NoWords, record_next_step
from bot.services.send_next_step import StepNotSent, cost_of_step, send_next_step
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
    if request.form.get("do") == "count":
        return show_sheet(call_id, draft=words, parts=count_segments(for_sms(words.strip())).parts)
    if not choice:
        return show_sheet(call_id, draft=words, fault="no_choice"), 422
    if choice != OWN and choice not in CHOICES:
        abort(400)
    desk = the_desk()
    if choice == OWN and words.strip() and not _fits(words):
        return show_sheet(call_id, draft=words, fault="not_a_text"), 422
    try:
        agreed = record_next_step(
            desk, call_id, revision, who(), desk.now(), choice=None if choice == OWN else choice, words=words
        )
    except NoSuchCall:
        abort(404)
    except NoWords:
        return show_sheet(call_id, draft=words, fault="no_words"), 422
    except StaleCall as stale:
        return stale_page(stale.call, "console.next_step.title"), 409
    except AlreadyRecorded:
        return show_sheet(call_id, draft=words, fault="already"), 409
    if agreed:
        try:
            send_next_step(desk, call_id, agreed, who(), desk.now())
        except StepNotSent:
            return show_sheet(call_id, fault="not_sent"), 409
    return redirect(url_for(".call_sheet", call_id=call_id, _anchor="next-step"))


def _fits(words: str) -> bool:
    """Whether the words may travel as a text in either language: short enough, and without a link. Asked before they
    are kept, for a step is kept once."""
    try:
        for language in LANGUAGES:
            cost_of_step(the_desk(), language, words)
    except StepNotSent:
        return False
    return True
