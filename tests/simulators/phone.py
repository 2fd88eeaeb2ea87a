"""The pretend phone: a page that texts the bot through the real `/sms` webhook, signed, as Twilio would.

A developers' tool, so its words are English and plain. It works without script; the thread refreshes itself.
As a process, with the pretend Twilio behind it and the app's own HELO_ settings:
`python -m tests.simulators.phone --app http://127.0.0.1:8765 --port 8766`.
"""

import argparse
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from bot.domain.phone import read_uk_mobile
from bot.domain.segments import count_segments
from bot.settings import Settings, load_settings
from tests.simulators.network import Message
from tests.simulators.twilio import TwilioSimulator
from tests.simulators.twilio_api import TwilioApi
from tests.simulators.webhook import Webhook

FIRST_PHONES = ("+447700900001", "+447700900002", "+447700900003")
_TEMPLATES = Path(__file__).parent / "templates"
_ROUTES = Map(
    [
        Rule("/", methods=["GET"], endpoint="first"),
        Rule("/phone.css", methods=["GET"], endpoint="style"),
        Rule("/phones", methods=["POST"], endpoint="open"),
        Rule("/phones/<phone>", methods=["GET"], endpoint="page"),
        Rule("/phones/<phone>", methods=["POST"], endpoint="send"),
        Rule("/phones/<phone>/thread", methods=["GET"], endpoint="thread"),
    ]
)


class PretendPhones:
    """A WSGI app: the phones, and behind them the pretend Twilio's API. `kept` is the file that remembers threads."""

    def __init__(self, simulator: TwilioSimulator, kept: Path | None = None) -> None:
        self._simulator = simulator
        self._api = TwilioApi(simulator)
        self._kept = kept
        self._pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
        if kept:
            simulator.network.load(kept)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(("/2010-04-01/", "/control/")):
            answer = self._api(environ, start_response)
            self._save()
            return answer
        try:
            endpoint, values = _ROUTES.bind_to_environ(environ).match()
            response = getattr(self, f"_{endpoint}")(Request(environ), **values)
        except HTTPException as fault:
            response = fault.get_response(environ)
        shown: Iterable[bytes] = response(environ, start_response)
        return shown

    def _first(self, request: Request) -> Response:
        return redirect(f"/phones/{FIRST_PHONES[0]}", 303)

    def _style(self, request: Request) -> Response:
        return Response((_TEMPLATES / "phone.css").read_text(encoding="utf-8"), content_type="text/css; charset=utf-8")

    def _open(self, request: Request) -> Response:
        number = read_uk_mobile(request.form.get("number", ""))
        return redirect(f"/phones/{number or FIRST_PHONES[0]}", 303)

    def _page(self, request: Request, phone: str) -> Response:
        phones = dict.fromkeys((*FIRST_PHONES, phone, *self._simulator.network.phones()))
        return self._show(
            "phone.html",
            phone=phone,
            shown=_national(phone),
            phones=[(number, _national(number)) for number in phones],
            bot=_national(self._simulator.network.number),
            complaints=self._simulator.complaints[-5:],
        )

    def _send(self, request: Request, phone: str) -> Response:
        body = request.form.get("body", "").replace("\r\n", "\n").strip()
        media = int("picture" in request.form)
        if body or media:
            self._simulator.phone(phone).text(body, media=media)
            self._save()
        return redirect(f"/phones/{phone}", 303)

    def _thread(self, request: Request, phone: str) -> Response:
        newest_first = [_shown(message) for message in reversed(self._simulator.network.thread(phone))]
        return self._show("thread.html", messages=newest_first)

    def _show(self, template: str, **values: Any) -> Response:
        page = self._pages.get_template(template).render(**values)
        return Response(page, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})

    def _save(self) -> None:
        if self._kept:
            self._simulator.network.save(self._kept)


def make_phones(settings: Settings, app: str, kept: Path | None = None) -> PretendPhones:
    """Phones for the app that runs at `app` with `settings`."""
    webhook = Webhook(settings.public_url, app, settings.twilio_auth_tokens[0])
    simulator = TwilioSimulator(webhook, account_sid=settings.twilio_account_sid, number=settings.twilio_numbers[0])
    return PretendPhones(simulator, kept)


def _shown(message: Message) -> dict[str, Any]:
    counted = count_segments(message.body)
    sides = {"inbound": "mine", "network": "note"}
    return {
        "side": sides.get(message.direction, "theirs"),
        "body": message.body,
        "at": message.created_at.astimezone().strftime("%H:%M"),
        "cost": f"{counted.parts} part{'' if counted.parts == 1 else 's'}, {counted.units} {counted.encoding}",
        "costly": " ".join(counted.costly),
        "media": message.media_count,
        "status": "from the network" if message.direction == "network" else message.status,
    }


def _national(number: str) -> str:
    bare = number.removeprefix("+44")
    return f"0{bare[:4]} {bare[4:]}" if bare != number else number


def main() -> None:
    """Serves until stopped."""
    from tests.simulators.serving import start_server

    parser = argparse.ArgumentParser(description="A pretend Twilio, and pretend phones.")
    parser.add_argument("--app", required=True, help="where the app runs, such as http://127.0.0.1:8765")
    parser.add_argument("--port", type=int, default=8766)
    asked = parser.parse_args()
    server = start_server(make_phones(load_settings(), asked.app), asked.port)
    print(f"Pretend phone: http://127.0.0.1:{server.port}/")
    threading.Event().wait()


if __name__ == "__main__":
    main()
