"""The parents' page: one neutral address, the whole journey by plain forms, and a way out on every page.

`GET /` shows the chat; `POST /chat` takes every act and leads back to `/`, so that a reload never sends anything again.
Script on the page only adds: a faster way out, and looking for answers while a person is there.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog
from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Answered

from bot.domain.conversation import LANGUAGES, Channel, InboundMessage
from bot.logs import where
from bot.services.begin_chat import answers_welcome, begin_chat
from bot.services.desk import Desk
from bot.services.leave_chat import leave_chat
from bot.services.receive_message import Answer, receive_message
from bot.services.show_chat import Chat, show_chat
from bot.storage.database import DatabaseAway
from bot.web.chat_form import read_form, read_message
from bot.web.chat_session import ChatSession, is_key, new_key, new_session
from bot.web.number_links import NumberLinks
from bot.web.pages import speak

log = structlog.get_logger(__name__)

# The newest message, so that a page without script opens where the parent was.
NEWEST = "/#now"
ERASED = "side_doors.erased.say"
_LANGUAGE_WORDS = {"welsh": "cy", "english": "en"}
# Pictures beside choices that are a feeling: flows name them by the choice, pages draw them.
FACES = {"happy": "happy", "mixed": "mixed", "hard": "sad", "good": "happy", "okay": "mixed", "poor": "sad"}


def chat_blueprint(desk: Desk) -> Blueprint:
    """The two routes. Neither needs a sign-in: the session's id stands for the parent."""
    blueprint = Blueprint("chat", __name__)
    pages = ChatPages(desk)
    blueprint.add_url_rule("/", "show", pages.show, methods=["GET"])
    blueprint.add_url_rule("/chat", "take", pages.take, methods=["POST"])
    return blueprint


class ChatPages:
    """The pages of one deployment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sessions = ChatSession(desk.settings)
        self._numbers = NumberLinks(desk.helplines)

    def show(self) -> Answered:
        """The chat as it stands; for the script of a page that waits for a person, its bubbles as JSON, and whether
        nobody can be reached: that page then fetches this one for the words that say whom to ring."""
        session = self._sessions.read(request)
        chat = show_chat(self._desk, session, self._desk.now())
        if request.accept_mimetypes.best == "application/json":
            bubbles = [{"who": bubble.who, "lines": bubble.lines} for bubble in chat.bubbles]
            over = chat.ended or not chat.begun
            return jsonify(ended=over, person=chat.person, unreached=chat.unreached, bubbles=bubbles)
        response = self._page(chat, session or new_session())
        response.headers["Vary"] = "Accept, Cookie"
        return response

    def take(self) -> Answered:
        """One act of the parent. Stored once, however often the same form arrives."""
        fields = read_form(request)
        if self._sessions.is_from_elsewhere(request):
            return self._notice("stale", 403)
        session = self._sessions.read(request)
        if fields["act"] == "exit":
            return self._leave(session)
        if session is None or not self._sessions.holds(session, fields.get("token", "")):
            return self._give_back(session, fields, 403)
        if fields["act"] == "new":
            return self._start_afresh(session)
        kind, words = read_message(fields)
        key = fields.get("key", "")
        if not is_key(key):
            return self._give_back(session, fields, 400)
        return self._hear(session, key, kind, words, question=fields.get("question"))

    def _hear(self, session: str, key: str, kind: str, words: str, *, question: str | None) -> Answered:
        if not words.strip():
            return redirect(NEWEST, 303)
        now = self._desk.now()
        try:
            chat = show_chat(self._desk, session, now)
            if chat.ended and kind != "text":
                return redirect(NEWEST, 303)
            if kind == "choice" and chat.begun and question not in (None, chat.question):
                # A mark pressed in a page left open: the question has moved on, and "2" would answer another one.
                return redirect(NEWEST, 303)
            # What is said too late is heard all the same, in a chat of its own: nobody's words are dropped.
            here = self._sessions.following(session, key) if chat.ended else session
            text = self._spoken(words, chat.language) if kind == "word" else words
            if not chat.begun and (kind != "text" or answers_welcome(self._desk, words)):
                begin_chat(self._desk, here, now)
            answer = self._receive(here, self._sessions.message_id(session, key), text, now)
            if answer.conflicting and kind == "text":
                # Back in the browser, and other words from the same page: nobody's words are dropped.
                answer = self._receive(here, self._sessions.message_id(session, key, text), text, now)
            if answer.conflicting:
                return self._notice("conflict", 409, chat.language)
            erased = answer.erased or not show_chat(self._desk, here, now).begun
        except Exception as fault:
            return self._not_sent(session, key, words if kind == "text" else "", fault)
        if erased:
            return self._erased(answer.texts or self._gone(), chat.language)
        response = redirect(NEWEST, 303)
        if here != session:
            self._sessions.write(response, here)
        return response

    def _receive(self, session: str, sid: str, text: str, now: datetime) -> Answer:
        message = InboundMessage(provider="web", sid=sid, channel=Channel.WEB, contact=session, text=text)
        return receive_message(self._desk, message, now)

    def _spoken(self, word: str, language: str | None) -> str:
        """What a parent would have typed."""
        spoken_in = _LANGUAGE_WORDS.get(word) or language or LANGUAGES[0]
        return self._desk.catalogue.words(spoken_in, f"commands.{word}.words")[0].upper()

    def _leave(self, session: str | None) -> Answered:
        """Out, whatever else fails: a parent who must go is never kept by a database that is away."""
        response = redirect(self._desk.settings.exit_url, 303)
        self._sessions.clear(response)
        if session is not None:
            try:
                leave_chat(self._desk, session, self._desk.now())
            except DatabaseAway:
                return response
        return response

    def _start_afresh(self, session: str) -> Answered:
        leave_chat(self._desk, session, self._desk.now())
        response = redirect("/", 303)
        self._sessions.write(response, new_session())
        return response

    def _page(self, chat: Chat, session: str) -> Response:
        speak(chat.language or LANGUAGES[0])
        name = "chat/ended.html" if chat.ended else "chat/chat.html"
        response = Response(render_template(name, chat=chat, faces=FACES, **self._form(session, chat.language)))
        if self._sessions.read(request) != session:
            self._sessions.write(response, session)
        return response

    def _erased(self, texts: tuple[str, ...], language: str | None) -> Response:
        """The last words of a conversation that is no more: nothing is left to show them from later."""
        speak(language or LANGUAGES[0])
        session = new_session()
        response = Response(render_template("chat/erased.html", texts=texts, **self._form(session, language)))
        self._sessions.write(response, session)
        return response

    def _gone(self) -> tuple[str, ...]:
        """That all was erased, once more: the same form sent twice must not look as if nothing had happened."""
        return tuple(self._desk.catalogue.text(language, ERASED) for language in LANGUAGES)

    def _notice(self, what: str, status: int, language: str | None = None) -> Response:
        speak(language or LANGUAGES[0])
        session = self._sessions.read(request) or ""
        return Response(render_template("chat/notice.html", what=what, **self._form(session, language)), status)

    def _give_back(self, session: str | None, fields: Mapping[str, str], status: int) -> Response:
        """That the form was not taken, with the parent's own words in the box again, to be sent in the session of now.

        Only where the browser vouches for our own page: no other site may put words into a parent's box.
        """
        words = fields.get("text", "") if fields["act"] == "say" else ""
        if not words.strip() or not self._sessions.is_surely_ours(request):
            return self._notice("stale", status)
        speak(LANGUAGES[0])
        here = session or new_session()
        form = self._form(here, None)
        if is_key(fields.get("key", "")):
            form["key"] = fields["key"]  # the same, so that the first page sent once more makes no second message
        response = Response(render_template("chat/notice.html", what="stale", text=words, **form), status)
        if here != session:
            self._sessions.write(response, here)
        return response

    def _not_sent(self, session: str, key: str, text: str, fault: Exception) -> Response:
        """The truth, and the same form again. Its key is the same: what was kept after all is not kept twice."""
        log.error("chat_failed", **where(fault))
        speak(LANGUAGES[0])
        form = self._form(session, None) | {"key": key}
        status = 503 if isinstance(fault, DatabaseAway) else 500
        return Response(render_template("chat/not_sent.html", text=text, **form), status, {"Retry-After": "30"})

    def _form(self, session: str, language: str | None) -> dict[str, object]:
        return {
            "token": self._sessions.form_token(session) if session else "",
            "key": new_key(),
            "exit_url": self._desk.settings.exit_url,
            "with_links": self._numbers.link,
            "tongues": (language,) if language else LANGUAGES,
        }
