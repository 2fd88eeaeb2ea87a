"""What Helo is measured against: the smallest thing in Python that could be called a durable SMS webhook.

Flask, Twilio's own validator, `request.form`, one row in one SQLite transaction that is on the disk before the answer,
Twilio's own `MessagingResponse`. It understands nothing, screens nothing and encrypts nothing. It is served by
`bot/serving.py` with the same settings as Helo. Writers queue at one lock, as ours do: without it, it is slower.

    python -m tests.benchmarks.reference reference|peers-reference|nothing PORT DATABASE
"""

import sqlite3
import sys
import threading
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, request
from gunicorn.app.base import BaseApplication
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.serving import serve_application
from bot.settings import Settings, load_settings

_TABLE = "CREATE TABLE IF NOT EXISTS inbound (sid TEXT PRIMARY KEY, sender TEXT NOT NULL, body TEXT NOT NULL)"


def reference(settings: Settings, database: Path) -> Flask:
    """The reference, with its one table."""
    app = Flask(__name__)
    validator = RequestValidator(settings.twilio_auth_tokens[0])
    address = f"{settings.public_url}/sms"
    here, writing = threading.local(), threading.Lock()
    with sqlite3.connect(database) as first:
        first.execute("PRAGMA journal_mode = WAL")
        first.execute(_TABLE)

    def cursor() -> sqlite3.Cursor:
        if not hasattr(here, "cursor"):
            connection = sqlite3.connect(database, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            here.cursor = connection.cursor()
        return here.cursor

    @app.post("/sms")
    def sms() -> Response:
        form = request.form
        if not validator.validate(address, form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        with writing:
            run = cursor().execute
            run("BEGIN IMMEDIATE")
            run("INSERT OR IGNORE INTO inbound VALUES (?, ?, ?)", (form["MessageSid"], form["From"], form["Body"]))
            run("COMMIT")
        answer = MessagingResponse()
        answer.message("Thank you. What would you like to do?\n1 Go on\n2 Stop here")
        return Response(str(answer), mimetype="text/xml")

    return app


def nothing(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answers without doing anything: what is left is the server and the load themselves."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    body = b"<Response/>"
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


class UnderGunicorn(BaseApplication):
    """The reference under the server of the day on which the peers were measured, with as many threads as ours."""

    def __init__(self, application: WSGIApplication, port: int, threads: int) -> None:
        self._application = application
        self._chosen = {"bind": f"127.0.0.1:{port}", "workers": 1, "worker_class": "gthread", "threads": threads}
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            **self._chosen,
            "keepalive": 75,
            "control_socket_disable": True,
            "loglevel": "error",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        return self._application


def main(which: str, port: int, database: Path) -> None:
    """Serves one of them until told to stop; the settings come from the environment, as Helo's do."""
    settings = load_settings()
    if which == "peers-reference":
        UnderGunicorn(reference(settings, database), port, settings.server_threads).run()
        return
    application = nothing if which == "nothing" else reference(settings, database)
    serve_application(application, settings, "127.0.0.1", port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
