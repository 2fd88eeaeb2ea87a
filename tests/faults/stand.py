"""The whole house on a test stand: app, worker's steps and reconcile in this process, our own Twilio around them."""

import faulthandler
import itertools
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.test import Client

from bot.app import create_app
from bot.gateways.roads import Roads
from bot.gateways.twilio_sms import TwilioSms
from bot.services.desk import Desk
from bot.services.reconcile import reconcile
from bot.services.run_worker import LANES
from bot.services.send_due import send_due
from bot.storage.database import Database
from tests.desks import Clock, make_desk
from tests.factories import OUR_NUMBER
from tests.faults.checker import breaches
from tests.simulators.network import FAILS_LATER, REFUSED_AT_ONCE, Network
from tests.simulators.twilio import Phone, TwilioSimulator
from tests.simulators.webhook import NoAnswer, Webhook

# `make faults` sets it: how often a process is killed in the long form. Without it everything runs in its short form.
KILLS = int(os.environ.get("HELO_TEST_KILLS", "12"))
LONG = KILLS > 12
LEASE = 30
ON_CALL, LEAD = "+447700900456", "+447700900789"  # in flows/team.yaml
_LONGEST_CHILD = 120.0
# Ofcom's for drama, but for those that our Twilio makes fail.
PARENTS = [
    number
    for number in (f"+447700900{last}" for last in range(200, 900))
    if number not in {*REFUSED_AT_ONCE, *FAILS_LATER, ON_CALL, LEAD}
]
_new_parents = itertools.cycle(PARENTS)


@dataclass
class Stand:
    """One house. Time passes only when it is told to."""

    desk: Desk
    clock: Clock
    twilio: TwilioSimulator
    api: str
    app: Any
    roads: Roads
    spare_roads: list[TwilioSms] = field(default_factory=list)

    @property
    def network(self) -> Network:
        return self.twilio.network

    def new_phone(self) -> Phone:
        """A parent who never texted before."""
        return self.twilio.phone(next(_new_parents))

    def statuses(self) -> list[int]:
        """What the app answered so far, 0 for nothing."""
        return [posted.status for posted in self.twilio.webhook.posted]

    def open_road(self, *, seconds: float = 20.0) -> TwilioSms:
        """A road to our Twilio with connections of its own."""
        settings = self.desk.settings
        road = TwilioSms(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_tokens[0],
            number=OUR_NUMBER,
            status_callback=f"{settings.public_url}/sms/status",
            api_url=self.api,
            timeout=(20.0, seconds),
        )
        self.spare_roads.append(road)
        return road

    def send(self, *lanes: str) -> int:
        """One look of the worker at each lane; how many it handled."""
        return sum(send_due(self.desk, self.roads, lane, self.clock()) for lane in lanes or LANES)

    def reconcile(self) -> int:
        """Asks Twilio for what never came."""
        texts = self.roads.texts
        assert texts is not None
        return reconcile(self.desk, texts, self.clock())

    def settle(self, rounds: int = 3) -> None:
        """Lets the worker and the reconcile do all that is left to do."""
        for _ in range(rounds):
            self.clock.forward(seconds=LEASE + 61)
            self.reconcile()
            while self.send():
                continue

    def breaches(self, **allowed: int) -> list[str]:
        """Every broken promise, as things stand now."""
        good = (posted.fields["MessageSid"] for posted in self.twilio.webhook.posted if posted.good)
        acknowledged = frozenset(sid for sid in good if sid in self.network.messages)
        return breaches(self.desk.database, self.desk.vault, self.network, acknowledged=acknowledged, **allowed)

    def serve_by(self, application: Any) -> None:
        """Who answers Twilio's requests from now on."""
        self.twilio.webhook.target = application


@contextmanager
def open_stand(database: Database, folder: Path, **settings: str) -> Iterator[Stand]:
    """A house with its Twilio, on `database`; its reconcile has run before."""
    clock = Clock()
    desk = make_desk(database, folder, clock, lease_seconds=str(LEASE), **settings)
    chosen = desk.settings
    app = create_app(chosen, desk).wsgi_app
    webhook = Webhook(chosen.public_url, app, chosen.twilio_auth_tokens[0])
    twilio = TwilioSimulator(
        webhook,
        account_sid=chosen.twilio_account_sid,
        number=OUR_NUMBER,
        receipts=False,
        network=Network(OUR_NUMBER, now=clock),
    )
    with twilio.serving() as address:
        stand = Stand(desk, clock, twilio, address, app, Roads(None, None))
        stand.roads = Roads(stand.open_road(), None)
        stand.reconcile()
        yield stand
        for road in stand.spare_roads:
            road._client.http_client.session.close()


def in_a_child(work: Callable[[], bytes]) -> bytes | None:
    """What `work` gives in a forked process; None when the process died of it."""
    child = Child(work)
    return child.said()


class Child:
    """A forked process at its work."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        self.pid, self._read_end = _forked(work)

    def said(self, seconds: float = _LONGEST_CHILD) -> bytes | None:
        """Waits for its end, at most so long: what its work gave, or None when it died of it.

        Raises `TimeoutError` with where each of its threads stood, when it neither finished nor died.
        """
        ended = _ended(self.pid, seconds)
        if not ended:
            os.kill(self.pid, signal.SIGUSR1)  # it tells where it stands
            time.sleep(1)
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        with open(self._read_end, "rb") as opened:
            said = opened.read()
        if not ended:
            raise TimeoutError(f"a child neither finished nor died: {said.decode(errors='replace')}")
        return said.removeprefix(b"done ") if said.startswith(b"done ") else None

    def wait_until_stopped(self) -> None:
        """Until it has stopped itself."""
        os.waitpid(self.pid, os.WUNTRACED)

    def go_on(self) -> None:
        """Lets it continue."""
        os.kill(self.pid, signal.SIGCONT)


def _forked(work: Callable[[], bytes]) -> tuple[int, int]:
    read_end, write_end = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads here; the child needs none of them
        child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            faulthandler.register(signal.SIGUSR1, file=write_end)
            os.write(write_end, b"done " + work())
        finally:
            os._exit(0)
    os.close(write_end)
    return child, read_end


def _ended(child: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True


def dying(app: Any, prepare: Callable[[], object], *, answer_arrives: bool = True) -> Any:
    """`app`, answering each request in a forked process that first does `prepare`. Who dies gives no answer."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        def work() -> bytes:
            prepare()
            status: list[str] = []
            body = b"".join(app(environ, lambda line, headers, *_: status.append(line)))
            return status[0].encode() + b"\n" + body

        said = in_a_child(work)
        if said is None or not answer_arrives:
            raise NoAnswer
        line, _, body = said.partition(b"\n")
        start_response(line.decode(), [("Content-Type", "text/xml; charset=utf-8" if body else "text/plain")])
        return [body]

    return serve


def database_is_seen(stand: Stand) -> bool:
    """What `/readyz` says of the database. (Alerts that nobody takes keep the rest of it red here.)"""
    return bool((Client(stand.app).get("/readyz").json or {})["database"])


def one_after_the_other(*apps: Any) -> Any:
    """The first request goes to the first, the second to the second."""
    tries = iter(apps)
    return lambda environ, start_response: next(tries)(environ, start_response)


def nobody(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """An app that is not there."""
    raise NoAnswer
