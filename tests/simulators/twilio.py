"""Our own Twilio: stateful, signed both ways, and able to misbehave on command.

In a test: `TwilioSimulator(webhook, ...)`, then `simulator.phone("+447700900001").text("helo")`; `simulator.serving()`
serves the messages API on a free port. As a process: `python -m tests.simulators.phone`.
"""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal
from xml.etree import ElementTree

from bot.domain.segments import count_segments
from tests.simulators.network import FAILS_LATER, Message, Network
from tests.simulators.serving import serving
from tests.simulators.webhook import Posted, Webhook

Kind = Literal["hang", "slow", "too_many", "server_error", "drop", "drop_after_accept"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the API misbehaves: `seconds` to hang, be slow, or ask for in Retry-After; `status` of a server error."""

    kind: Kind
    seconds: float = 30.0
    status: int = 503


@dataclass(frozen=True, slots=True)
class Phone:
    """A pretend phone."""

    simulator: "TwilioSimulator"
    number: str

    def text(self, body: str, *, media: int = 0, lost: bool = False) -> tuple[str, ...]:
        """Texts the bot and gives the bodies of what came back at once. `lost`: Twilio has it, the app has not."""
        return self.simulator.text(self.number, body, media=media, lost=lost)

    @property
    def thread(self) -> tuple[Message, ...]:
        """What the phone shows, oldest first."""
        return self.simulator.network.thread(self.number)

    @property
    def received(self) -> tuple[str, ...]:
        """The bodies of what the bot sent, oldest first."""
        return tuple(message.body for message in self.thread if message.direction.startswith("outbound"))


class TwilioSimulator:
    """One account with one number. `receipts` False holds delivery reports until `report` is called."""

    def __init__(
        self, webhook: Webhook, *, account_sid: str, number: str, receipts: bool = True, network: Network | None = None
    ) -> None:
        self.webhook = webhook
        self.account_sid = account_sid
        self.network = network or Network(number)
        self.receipts = receipts
        self.complaints: list[str] = []  # what Twilio's debugger would show
        self.requests: list[str] = []  # "POST Messages" and so on, what the app asked of the API
        self.released = threading.Event()  # set it to let go of who hangs
        self._behaviours: deque[Behaviour] = deque()
        self._work = ThreadPoolExecutor(4, thread_name_prefix="receipts")
        self._receipts: set[Future[None]] = set()

    # --- for tests

    def phone(self, number: str) -> Phone:
        """The phone of that number; it exists by being asked for."""
        return Phone(self, number)

    def behave(self, kind: Kind, *, times: int = 1, seconds: float = 30.0, status: int = 503) -> None:
        """The next `times` messages that the app wants to send meet this."""
        self._behaviours.extend([Behaviour(kind, seconds, status)] * times)

    def next_behaviour(self) -> Behaviour | None:
        """What the next request meets, taken off the list."""
        try:
            return self._behaviours.popleft()
        except IndexError:
            return None

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """The API's address while the block runs; lets go of who hangs at its end."""
        from tests.simulators.twilio_api import TwilioApi

        with serving(TwilioApi(self), port) as address:
            try:
                yield address
            finally:
                self.close()

    def close(self) -> None:
        """Ends all waiting."""
        self.released.set()
        self._work.shutdown(wait=True)

    def settle(self, seconds: float = 10.0) -> None:
        """Waits until every delivery report is posted."""
        while pending := {future for future in self._receipts if not future.done()}:
            if wait(pending, seconds).not_done:
                raise TimeoutError("delivery reports are still on their way")
        for future in self._receipts:
            future.result()

    # --- from a phone to the app

    def text(self, phone: str, body: str, *, media: int = 0, lost: bool = False) -> tuple[str, ...]:
        """See `Phone.text`."""
        message = self.network.keep("inbound", phone, self.network.number, body, "received", media_count=media)
        opt_out = self.network.obey(phone, body)
        if lost:
            return ()
        return self.deliver(message, opt_out)

    def deliver(self, message: Message, opt_out: str | None = None) -> tuple[str, ...]:
        """Calls the app for an inbound message, then once its fallback, as Twilio does. Twice is a repeat."""
        fields = self._inbound_fields(message)
        if opt_out:
            fields["OptOutType"] = opt_out
        posted = self.webhook.post("/sms", fields)
        if not posted.good:
            self.complaints.append(f"11200 /sms {posted.status}")
            failed = {"ErrorCode": "11200", "ErrorUrl": self.webhook.public_url + "/sms"}
            posted = self.webhook.post("/sms/fallback", fields | failed)
        if not posted.good:
            self.complaints.append(f"11200 /sms/fallback {posted.status}")
            return ()
        sent = [self.network.reply(message.from_, body) for body in self._read_twiml(posted)]
        return tuple(each.body for each in sent if each.status != "failed")

    def _inbound_fields(self, message: Message) -> dict[str, str]:
        places = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}
        pictures = {f"MediaUrl{n}": f"https://api.example/Media/ME{n:032x}" for n in range(message.media_count)}
        kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(message.media_count)}
        ids = dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message.sid)
        return {
            **places,
            **pictures,
            **kinds,
            **ids,
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": message.from_,
            "FromCountry": "GB",
            "To": message.to,
            "ToCountry": "GB",
            "Body": message.body,
            "NumMedia": str(message.media_count),
            "NumSegments": str(max(1, count_segments(message.body).parts)),
            "SmsStatus": "received",
        }

    def _read_twiml(self, posted: Posted) -> list[str]:
        if not posted.body:
            return []
        if posted.content_type.partition(";")[0] not in {"text/xml", "application/xml"}:
            self.complaints.append(f"12300 {posted.path}")
            return []
        try:
            root = ElementTree.fromstring(posted.body)
        except ElementTree.ParseError:
            self.complaints.append(f"12100 {posted.path}")
            return []
        bodies = ["".join(message.itertext()).strip() for message in root.iter("Message")]
        too_long = [body for body in bodies if len(body) > 1600]
        self.complaints.extend(f"14103 {posted.path}" for _ in too_long)
        return [body for body in bodies if body and body not in too_long]

    # --- from the app to a phone

    def sent(self, message: Message) -> None:
        """Sets a message that the API accepted on its way."""
        if self.receipts:
            self._receipts.add(self._work.submit(self._travel, message.sid))

    def report(self, sid: str, status: str, error_code: int | None = None) -> Posted | None:
        """Moves a message and posts the delivery report; None where nobody asked for reports."""
        with self.network.lock:
            message = replace(self.network.messages[sid], status=status, error_code=error_code)
            self.network.messages[sid] = message
        return self.post_report(message) if message.status_callback else None

    def post_report(self, message: Message) -> Posted:
        """Posts the delivery report of a message, known to us or not."""
        fields = {
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "MessageStatus": message.status,
            "MessageSid": message.sid,
            "To": message.to,
            "From": message.from_,
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
        }
        if message.error_code:
            fields["ErrorCode"] = str(message.error_code)
        return self.webhook.post_to(message.status_callback or self.webhook.public_url + "/sms/status", fields)

    def _travel(self, sid: str) -> None:
        to = self.network.messages[sid].to
        self.report(sid, "sent")
        if to in FAILS_LATER:
            self.report(sid, "undelivered", FAILS_LATER[to])
        else:
            self.report(sid, "delivered")
