"""A loss that staff hear of on the phone: one page that says what follows, and a box to tick before it does."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.domain.conversation import Channel
from bot.services.record_loss import record_loss
from bot.services.take_over import NoSuchConversation
from bot.storage import conversations, losses
from bot.storage.conversations import Stored
from bot.storage.losses import KnownLoss
from bot.storage.transaction import Transaction
from bot.web.console.page import names_of_staff, note_view, the_desk, who
from bot.web.console.sign_in import Page


def add_routes(blueprint: Blueprint) -> None:
    """The page, and its two buttons: only one of them is ever there."""
    at = "/conversations/<id:conversation_id>/loss"
    blueprint.add_url_rule(at, "loss", loss)
    blueprint.add_url_rule(f"{at}/record", "record_loss", record, methods=["POST"])
    blueprint.add_url_rule(f"{at}/take-back", "take_back_loss", take_back, methods=["POST"])


def loss(conversation_id: str) -> str:
    """What is known, and what would follow."""
    return _page(conversation_id)


def record(conversation_id: str) -> Page | Response:
    """Makes the loss known for good."""
    return _change(conversation_id, taken_back=False)


def take_back(conversation_id: str) -> Page | Response:
    """Corrects what was recorded, or read, by mistake."""
    return _change(conversation_id, taken_back=True)


def _change(conversation_id: str, *, taken_back: bool) -> Page | Response:
    desk = the_desk()
    if request.form.get("sure") != "yes":
        return _page(conversation_id, fault="not_sure"), 422
    try:
        record_loss(desk, conversation_id, who(), desk.now(), taken_back=taken_back)
    except NoSuchConversation:
        abort(404)
    return redirect(url_for(".loss", conversation_id=conversation_id))


def _page(conversation_id: str, *, fault: str | None = None) -> str:
    desk = the_desk()

    def look(tx: Transaction) -> tuple[Stored | None, KnownLoss | None]:
        return conversations.load(tx, desk.vault, conversation_id), losses.known(tx, conversation_id)

    stored, told = desk.database.read(look)
    if stored is None or not stored.contact:
        abort(404)
    note_view("conversation", conversation_id)
    return render_template(
        "console/loss.html",
        conversation=stored.conversation,
        contact=stored.contact if stored.conversation.channel is Channel.SMS else None,
        told=told,
        by_parent=told is not None and told.who == losses.PARENT,
        names=names_of_staff(),
        fault=fault,
    )
