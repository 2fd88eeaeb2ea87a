"""Twilio's three doors: a parent's text (`/sms`), the same when the first try failed (`/sms/fallback`), and what became
of our own texts (`/sms/status`).

Bounded, signed, strict: then one call of a service, and its texts go back as TwiML. Nothing refused is kept.
Every answer that is not 200 makes Twilio try the fallback, and what is lost after that is fetched from its list.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Blueprint, Response, request

from bot.domain.conversation import InboundMessage
from bot.gateways.twilio_sms import library_agrees
from bot.settings import Settings
from bot.storage.database import DatabaseAway
from bot.web.signature import SIGNATURE, SIGNATURE_SETTINGS, SignatureCheck, algorithm_of
from bot.web.twilio_fields import (
    MOST_BYTES,
    DeliveryReport,
    Malformed,
    NotOurAccount,
    TooManyFields,
    read_fields,
    read_message,
    read_pairs,
    read_report,
)
from bot.web.twiml import twiml

log = structlog.get_logger(__name__)

_FORM = "application/x-www-form-urlencoded"
_XML = ("Content-Type", "text/xml; charset=utf-8")
_PLAIN = ("Content-Type", "text/plain; charset=utf-8")
_LINES = {
    200: "200 OK",
    400: "400 BAD REQUEST",
    403: "403 FORBIDDEN",
    405: "405 METHOD NOT ALLOWED",
    413: "413 CONTENT TOO LARGE",
    415: "415 UNSUPPORTED MEDIA TYPE",
    500: "500 INTERNAL SERVER ERROR",
    503: "503 SERVICE UNAVAILABLE",
}


class Answer(Protocol):
    """What the service says: the texts to send back, none for silence."""

    @property
    def texts(self) -> Sequence[str]: ...


Receive = Callable[[InboundMessage, datetime], Answer]
NoteDelivery = Callable[[DeliveryReport, datetime], None]


class Reply(NamedTuple):
    """An HTTP answer, before Flask or anything else has dressed it."""

    status: int
    body: bytes = b""


class Refused(Exception):
    """The request is answered with `status` and nothing of it is kept."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class SmsDoor:
    """Reads what Twilio posts, straight from the WSGI environment, and calls the services."""

    def __init__(
        self,
        settings: Settings,
        receive: Receive,
        note_delivery: NoteDelivery,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._check = SignatureCheck(settings.public_url, settings.twilio_auth_tokens, library_agrees)
        self._account_sid = settings.twilio_account_sid
        self._numbers = frozenset(settings.twilio_numbers)
        self._receive = receive
        self._note_delivery = note_delivery
        self._now = now
        self.paths = {"/sms": self._message, "/sms/fallback": self._message, "/sms/status": self._report}

    def answer(self, environ: WSGIEnvironment) -> Reply:
        """The answer to a POST on one of `paths`. Never raises."""
        path = environ["PATH_INFO"]
        try:
            return self.paths[path](self._read(environ, path), environ.get("QUERY_STRING", ""))
        except Refused as refusal:
            log.warning("sms_refused", path=path, status=refusal.status, reason=str(refusal))
            return Reply(refusal.status)

    def before(self, application: WSGIApplication) -> WSGIApplication:
        """`application` with our paths answered in front of it: the same answers, without a Flask request's cost."""

        def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] not in self.paths:
                return application(environ, start_response)
            reply = self.answer(environ)
            length = ("Content-Length", str(len(reply.body)))
            start_response(_LINES[reply.status], [_XML if reply.body else _PLAIN, length])
            return [reply.body]

        return serve

    def _read(self, environ: WSGIEnvironment, path: str) -> dict[str, str]:
        """The signed fields of the request; raises `Refused`."""
        body = _read_body(environ)
        kind = environ.get("CONTENT_TYPE", "")
        if kind != _FORM and (kind or body) and not _is_form(kind):
            raise Refused(415, "content type")
        signature = environ.get(SIGNATURE, "")
        try:
            pairs = read_pairs(body)
            algorithm = algorithm_of(signature, environ.get(SIGNATURE_SETTINGS, ""))
            query = environ.get("QUERY_STRING", "")
            if not self._check.holds(path, query, pairs, signature=signature, algorithm=algorithm):
                raise Refused(403, "signature")
            return read_fields(pairs)
        except TooManyFields as fault:
            raise Refused(413, str(fault)) from None
        except Malformed as fault:
            raise Refused(400, str(fault)) from None

    def _message(self, fields: dict[str, str], query: str) -> Reply:
        try:
            message = read_message(fields, account_sid=self._account_sid, numbers=self._numbers)
        except (Malformed, NotOurAccount) as fault:
            raise _refusal(fault) from None
        reply = self._guarded(message.sid, lambda: twiml(self._receive(message, self._now()).texts))
        if reply.status == 200 and not message.can_reply:
            return Reply(200, twiml(()))
        return reply

    def _report(self, fields: dict[str, str], query: str) -> Reply:
        try:
            report = read_report(fields, query, account_sid=self._account_sid)
        except (Malformed, NotOurAccount) as fault:
            raise _refusal(fault) from None

        def note() -> bytes:
            self._note_delivery(report, self._now())
            return b""

        return self._guarded(report.sid, note)

    def _guarded(self, sid: str, work: Callable[[], bytes]) -> Reply:
        """The last resort: whatever goes wrong inside, Twilio hears 5xx, and the log holds ids and no words."""
        try:
            return Reply(200, work())
        except DatabaseAway:
            log.error("sms_database_away", sid=sid)
            return Reply(503)
        except Exception as fault:
            # Not log.exception: a traceback's last line may quote what a parent wrote.
            log.error("sms_failed", sid=sid, fault=type(fault).__name__, at=_where(fault))
            return Reply(500)


def sms_blueprint(door: SmsDoor) -> Blueprint:
    """The three routes. They carry no cookie and need no CSRF token and no rate limit: the signature stands for all."""
    blueprint = Blueprint("sms", __name__)

    def view() -> Response:
        reply = door.answer(request.environ)
        response = Response(reply.body, status=reply.status)
        response.headers["Content-Type"] = (_XML if reply.body else _PLAIN)[1]
        return response

    for path in door.paths:
        blueprint.add_url_rule(
            path, path.strip("/").replace("/", "_"), view, methods=["POST"], provide_automatic_options=False
        )
    return blueprint


def _read_body(environ: WSGIEnvironment) -> bytes:
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise Refused(413, "no length")
    length = environ.get("CONTENT_LENGTH") or ""
    if not length:
        return b""
    if not (length.isascii() and length.isdigit()):
        raise Refused(400, "length")
    if len(length) > 9 or int(length) > MOST_BYTES:
        raise Refused(413, "too long")
    body: bytes = environ["wsgi.input"].read(int(length))
    if len(body) != int(length):
        raise Refused(400, "cut short")
    return body


def _is_form(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "')
    return kind.strip() == _FORM and charset in {"", "utf-8", "utf8"}


def _refusal(fault: Exception) -> Refused:
    return Refused(403, "account") if isinstance(fault, NotOurAccount) else Refused(400, str(fault))


def _where(fault: BaseException) -> str:
    """The deepest place of our own code that failed, as module:line."""
    place, trace = "", fault.__traceback__
    while trace is not None:
        name: Any = trace.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("bot."):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
