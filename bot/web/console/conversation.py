"""One conversation: who said what, take it over, reply, hand it back. `live_thread.py` keeps the page live."""

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.domain.status import MoveNotAllowed
from bot.services.hand_back import hand_back
from bot.services.note_safe_again import note_safe_again
from bot.services.reply_as_person import CannotBeSent, reply_as_person
from bot.services.take_over import NoSuchConversation, take_over
from bot.storage import conversations
from bot.web.console.live_thread import look_at, mark_of, ready_words, told_of
from bot.web.console.page import my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sign_in import Page

# What the writer may say to a warning: all the same.
MEANT = ("though_not_safe", "though_shown")


def add_routes(blueprint: Blueprint) -> None:
    """The thread and its three buttons."""
    at = "/conversations/<id:conversation_id>"
    blueprint.add_url_rule(at, "conversation", conversation)
    blueprint.add_url_rule(f"{at}/take-over", "take_over", take, methods=["POST"])
    blueprint.add_url_rule(f"{at}/reply", "reply", reply, methods=["POST"])
    blueprint.add_url_rule(f"{at}/safe-again", "safe_again", safe_again, methods=["POST"])
    blueprint.add_url_rule(f"{at}/hand-back", "hand_back", give_back, methods=["POST"])


def conversation(conversation_id: str) -> str:
    """The thread as it stands."""
    return _page(conversation_id)


def take(conversation_id: str) -> Page | Response:
    """The bot is silent from now on. `from` names the colleague it is taken from, as the page said."""
    desk = the_desk()
    try:
        take_over(desk, conversation_id, who(), desk.now(), taking_from=request.form.get("from"))
    except NoSuchConversation:
        abort(404)
    except MoveNotAllowed:
        return _conflict(conversation_id, "console.conversation.take_over"), 409
    return redirect(url_for(".conversation", conversation_id=conversation_id, _anchor="reply"))


def reply(conversation_id: str) -> Page | Response:
    """Sends the person's words, or first shows in how many parts they would travel."""
    desk, text, once = the_desk(), request.form.get("text", ""), request.form.get("once", "")
    if not (once.isascii() and once.isalnum() and len(once) == 32):
        abort(400)
    if request.form.get("do") == "count":
        return _page(conversation_id, draft=text, once=once, counted=True)
    meant = {name: request.form.get(name) == "yes" for name in MEANT}
    try:
        reply_as_person(desk, conversation_id, text, who(), desk.now(), once=once, **meant)
    except NoSuchConversation:
        abort(404)
    except CannotBeSent as fault:
        return _page(conversation_id, draft=text, once=once, fault=fault.reason), 422
    except MoveNotAllowed:
        return _conflict(conversation_id, "console.conversation.send", draft=text), 409
    return redirect(url_for(".conversation", conversation_id=conversation_id, _anchor="reply"))


def safe_again(conversation_id: str) -> Response:
    """The parent told somebody here that texting is safe again."""
    try:
        note_safe_again(the_desk(), conversation_id, who(), my_now())
    except NoSuchConversation:
        abort(404)
    return redirect(url_for(".conversation", conversation_id=conversation_id))


def give_back(conversation_id: str) -> Page | Response:
    """The bot may speak again."""
    desk = the_desk()
    try:
        hand_back(desk, conversation_id, who(), desk.now())
    except NoSuchConversation:
        abort(404)
    except MoveNotAllowed:
        return _conflict(conversation_id, "console.conversation.hand_back"), 409
    return redirect(url_for(".conversation", conversation_id=conversation_id))


def _page(
    conversation_id: str, *, draft: str = "", once: str | None = None, counted: bool = False, fault: str | None = None
) -> str:
    found = look_at(conversation_id)
    note_view("conversation", conversation_id)
    told = ""
    if counted or fault == "shows":
        try:
            told = told_of(ready_words(conversation_id, draft))
        except CannotBeSent as refused:
            fault = refused.reason
    return render_template(
        "console/conversation.html",
        found=found,
        stored=found.stored,
        mark=mark_of(found),
        me=who(),
        alerts=[alert for alert in found.alerts if alert.state != "closed"],
        names=names_of_staff(),
        now=my_now(),
        draft=draft,
        once=once or secrets.token_hex(16),
        told=told,
        ticked={name for name in MEANT if request.form.get(name) == "yes"},
        fault=fault,
    )


def _conflict(conversation_id: str, wanted: str, *, draft: str = "") -> str:
    desk = the_desk()
    stored = desk.database.read(lambda tx: conversations.load(tx, desk.vault, conversation_id))
    if stored is None:
        abort(404)
    return render_template(
        "console/conflict.html",
        now=f"console.status.{stored.conversation.status.value}",
        by=names_of_staff().get(stored.person or "", ""),
        wanted=wanted,
        draft=draft,
        back=url_for(".conversation", conversation_id=conversation_id),
    )
