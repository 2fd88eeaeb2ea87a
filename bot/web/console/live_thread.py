"""What keeps a conversation's page live: new messages within seconds, and the length of a reply while it is typed.

The page is whole without either: it can be loaded again, and "Check the length" asks the same of the server.
"""

from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, abort, jsonify, render_template, request
from werkzeug.wrappers import Response

from bot.services.dress_texts import dressed, skin_on
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.reply_as_person import CannotBeSent, Ready, ready_to_send
from bot.storage import concerns, conversations, messages, promises
from bot.storage.conversations import Stored
from bot.storage.messages import ThreadEntry
from bot.storage.promises import Waiting
from bot.storage.transaction import Transaction
from bot.web.console.page import my_now, names_of_staff, note_view, the_desk
from bot.web.console.sessions import my_session
from bot.web.pages import page_language


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation as staff see it. `safe_to_text` False: a text may be seen by somebody else, they told us.

    `signature` is what a text to them ends with, "" where they chose none; `silenced`: a call was not safe.
    """

    stored: Stored
    thread: tuple[ThreadEntry, ...]
    alerts: tuple[concerns.Alert, ...]
    waiting: Waiting | None
    safe_to_text: bool
    signature: str
    silenced: bool


def add_routes(blueprint: Blueprint) -> None:
    """What the page's script asks for."""
    at = "/conversations/<id:conversation_id>"
    blueprint.add_url_rule(f"{at}/live", "live_conversation", live_conversation)
    blueprint.add_url_rule(f"{at}/count", "count_parts", count_parts, methods=["POST"])


def live_conversation(conversation_id: str) -> Response:
    """What changed since the page saw `seen`. Words come only with a change, and are written down as a look at them.

    Asking does not keep a session alive.
    """
    my_session().quiet = True
    found = look_at(conversation_id)
    mark, told = mark_of(found), {"names": names_of_staff(), "found": found, "now": my_now()}
    answer = {"mark": mark, "state": state_of(found), "head": render_template("console/_who_has_it.html", **told)}
    if request.args.get("seen") != mark:
        note_view("conversation", conversation_id)
        answer["thread"] = render_template("console/_thread.html", **told)
    return jsonify(answer)


def count_parts(conversation_id: str) -> Response:
    """In how many parts a reply would travel and how it begins, in words. What is typed is kept nowhere."""
    try:
        ready = ready_words(conversation_id, request.form.get("text", ""))
    except CannotBeSent as fault:
        words = the_desk().catalogue.text(page_language(), f"console.conversation.fault.{fault.reason}")
        return jsonify(words=words, parts=None, careful=True)
    return jsonify(words=told_of(ready), parts=ready.parts, careful=bool(ready.telling))


def ready_words(conversation_id: str, text: str) -> Ready:
    """The words as they would arrive. Raises `CannotBeSent`; no page where there is no such conversation."""
    desk = the_desk()

    def look(tx: Transaction) -> Ready | None:
        stored = conversations.load(tx, desk.vault, conversation_id)
        return None if stored is None else ready_to_send(desk, tx, stored.conversation, text)

    ready = desk.database.read(look)
    if ready is None:
        abort(404)
    return ready


def told_of(ready: Ready) -> str:
    """What the writer should know of the words before they leave."""
    say, language = the_desk().catalogue.text, page_language()
    if not ready.parts:
        return say(language, "console.conversation.no_parts")
    lines = [
        say(language, "console.conversation.parts", count=ready.parts),
        say(language, "console.conversation.shows", {"words": ready.shows}),
    ]
    if ready.telling:
        lines.append(say(language, "console.conversation.telling", {"words": ", ".join(ready.telling)}))
    return " ".join(lines)


def look_at(conversation_id: str) -> Found:
    """The conversation; no page where there is none."""
    desk = the_desk()

    def look(tx: Transaction) -> Found | None:
        stored = conversations.load(tx, desk.vault, conversation_id)
        if stored is None:
            return None
        return Found(
            stored,
            messages.thread(tx, desk.vault, conversation_id),
            concerns.of_conversation(tx, conversation_id),
            promises.of_conversation(tx, conversation_id),
            look_up_safe_contact(desk, tx, stored),
            dressed(desk, skin_on(desk, tx, stored.conversation), stored.conversation.language, "").strip(),
            conversations.is_silenced(tx, conversation_id),
        )

    found = desk.database.read(look)
    if found is None:
        abort(404)
    return found


def mark_of(found: Found) -> str:
    """A sign of what the thread shows: another sign, other words or another state of them."""
    shown = [(entry.at.isoformat(), entry.who, entry.state, entry.level, entry.text) for entry in found.thread]
    return sha256(repr((page_language(), shown)).encode()).hexdigest()[:16]


def state_of(found: Found) -> str:
    """Who has it: where this differs from the page's own, its buttons are old."""
    return f"{found.stored.conversation.status.value} {found.stored.person or ''}".strip()
