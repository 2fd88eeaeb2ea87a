"""Twilio's messages API over the pretend network, and a `/control/` door for tests in other processes."""

import hmac
import json
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from bot.domain.segments import count_segments
from tests.simulators.network import Message, NotSent
from tests.simulators.twilio import Behaviour, TwilioSimulator

_ROUTES = Map(
    [
        Rule("/2010-04-01/Accounts/<account>/Messages.json", methods=["POST"], endpoint="create"),
        Rule("/2010-04-01/Accounts/<account>/Messages.json", methods=["GET"], endpoint="listing"),
        Rule("/2010-04-01/Accounts/<account>/Messages/<sid>.json", methods=["GET"], endpoint="fetch"),
        Rule("/2010-04-01/Accounts/<account>/Messages/<sid>.json", methods=["POST"], endpoint="update"),
        Rule("/2010-04-01/Accounts/<account>/Messages/<sid>.json", methods=["DELETE"], endpoint="delete"),
        Rule("/control/text", methods=["POST"], endpoint="control_text"),
        Rule("/control/behave", methods=["POST"], endpoint="control_behave"),
        Rule("/control/messages", methods=["GET"], endpoint="control_messages"),
    ]
)


class TwilioApi:
    """A WSGI app over a simulator."""

    def __init__(self, simulator: TwilioSimulator) -> None:
        self._simulator = simulator
        self._network = simulator.network

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            endpoint, found = _ROUTES.bind_to_environ(environ).match()
            values = dict(found)
            account = values.pop("account", None)
            response = self._refuse(request, account) if account else None
            if response is None:
                self._simulator.requests.append(f"{request.method} {endpoint}")
                response = getattr(self, f"_{endpoint}")(request, **values)
        except NotSent as refusal:
            response = _error(400, refusal.code, str(refusal))
        except NotFound:
            response = _error(404, 20404, "The requested resource was not found")
        except HTTPException as fault:
            response = fault.get_response(environ)
        return response(environ, start_response)

    def _refuse(self, request: Request, account: str) -> Response | None:
        given = request.authorization
        good = (
            given is not None
            and given.username == self._simulator.account_sid == account
            and hmac.compare_digest(str(given.password), self._simulator.webhook.auth_token)
        )
        return None if good else _error(401, 20003, "Authenticate")

    def _create(self, request: Request) -> Response:
        behaviour = self._simulator.next_behaviour()
        if behaviour and behaviour.kind != "drop_after_accept":
            trouble = self._trouble(request, behaviour)
            if trouble:
                return trouble
        form = request.form
        message = self._network.accept(
            from_=form.get("From", ""),
            to=form.get("To", ""),
            body=form.get("Body", ""),
            status_callback=form.get("StatusCallback"),
        )
        answer = _json(self._shown(message), 201)  # before it travels: it is queued, whatever comes after
        self._simulator.sent(message)
        if behaviour and behaviour.kind == "drop_after_accept":
            _cut(request)
        return answer

    def _trouble(self, request: Request, behaviour: Behaviour) -> Response | None:
        match behaviour.kind:
            case "slow":
                self._simulator.released.wait(behaviour.seconds)
                return None
            case "hang":
                self._simulator.released.wait(behaviour.seconds)
            case "too_many":
                response = _error(429, 20429, "Too Many Requests")
                response.headers["Retry-After"] = str(int(behaviour.seconds))
                return response
            case "server_error":
                return Response("<html>sorry</html>", status=behaviour.status, content_type="text/html")
        _cut(request)
        return Response()

    def _listing(self, request: Request) -> Response:
        asked = request.args
        found = [message for message in self._known() if _matches(message, asked)]
        found.reverse()  # the newest first
        size = min(int(asked.get("PageSize", "50")), 1000)
        page = int(asked.get("Page", "0"))
        start = page * size
        rows = found[start : start + size]
        base = f"/2010-04-01/Accounts/{self._simulator.account_sid}/Messages.json?"
        filters = {name: value for name, value in asked.items() if name not in {"Page", "PageToken"}}
        further = base + urlencode(filters | {"Page": page + 1, "PageToken": f"PA{rows[-1].sid}"}) if rows else None
        return _json(
            {
                "messages": [self._shown(message) for message in rows],
                "page": page,
                "page_size": size,
                "start": start,
                "end": max(start, start + len(rows) - 1),
                "uri": base + urlencode(asked.to_dict()),
                "first_page_uri": base + urlencode(filters | {"Page": 0}),
                "previous_page_uri": None,
                "next_page_uri": further if start + size < len(found) else None,
            }
        )

    def _fetch(self, request: Request, sid: str) -> Response:
        return _json(self._shown(self._one(sid)))

    def _update(self, request: Request, sid: str) -> Response:
        message = self._one(sid)
        if request.form.get("Body") == "":
            message.body = ""
        if request.form.get("Status") == "canceled" and message.status in {"queued", "scheduled", "accepted"}:
            message.status = "canceled"
        return _json(self._shown(message))

    def _delete(self, request: Request, sid: str) -> Response:
        del self._network.messages[self._one(sid).sid]
        return Response(status=204)

    def _control_text(self, request: Request) -> Response:
        asked = request.get_json()
        media, lost = int(asked.get("media", 0)), bool(asked.get("lost"))
        replies = self._simulator.phone(asked["phone"]).text(asked["body"], media=media, lost=lost)
        return _json({"replies": replies, "complaints": self._simulator.complaints})

    def _control_behave(self, request: Request) -> Response:
        self._simulator.behave(**request.get_json())
        return Response(status=204)

    def _control_messages(self, request: Request) -> Response:
        return _json({"messages": [self._shown(message) for message in self._known()]})

    def _known(self) -> list[Message]:
        with self._network.lock:
            return [message for message in self._network.messages.values() if message.direction != "network"]

    def _one(self, sid: str) -> Message:
        for message in self._known():
            if message.sid == sid:
                return message
        raise NotFound

    def _shown(self, message: Message) -> dict[str, Any]:
        at = format_datetime(message.created_at.astimezone(UTC))
        return {
            "sid": message.sid,
            "account_sid": self._simulator.account_sid,
            "api_version": "2010-04-01",
            "from": message.from_,
            "to": message.to,
            "body": message.body,
            "direction": message.direction,
            "status": message.status,
            "error_code": message.error_code,
            "error_message": None,
            "num_media": str(message.media_count),
            "num_segments": str(count_segments(message.body).parts),
            "date_created": at,
            "date_updated": at,
            "date_sent": None if message.status in {"queued", "accepted"} else at,
            "messaging_service_sid": None,
            "price": None,
            "price_unit": "GBP",
            "uri": f"/2010-04-01/Accounts/{self._simulator.account_sid}/Messages/{message.sid}.json",
            "subresource_uris": {},
        }


def _matches(message: Message, asked: Any) -> bool:
    if asked.get("To", message.to) != message.to or asked.get("From", message.from_) != message.from_:
        return False
    day = message.created_at.astimezone(UTC).date()
    for name, value in asked.items():
        if name.startswith("DateSent"):
            wanted = datetime.fromisoformat(value).date()
            fits = day >= wanted if name == "DateSent>" else day <= wanted if name == "DateSent<" else day == wanted
            if not fits:
                return False
    return True


def _cut(request: Request) -> None:
    """Breaks the connection, so that the caller gets no answer at all."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status=status, content_type="application/json")


def _error(status: int, code: int, words: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return _json({"code": code, "message": words, "more_info": more, "status": status}, status)
