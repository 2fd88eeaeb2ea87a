"""Twilio: sends texts, looks up what was sent and received, judges signatures. The one module that imports twilio."""

import itertools
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import requests
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from bot.domain.conversation import Channel, InboundMessage
from bot.domain.phone import is_uk_mobile
from bot.domain.segments import for_sms
from bot.gateways.ports import Accepted, AccountRefused, ProviderAway, Refused, SendResult, Unknown

# What lies under requests writes every address to the log, and a list's address holds a number.
logging.getLogger("urllib3").setLevel(logging.WARNING)

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 7.0  # ten with connecting

# What trying again cannot mend, because it lies with the number or the words: 21211 no such number, 21217 cannot be a
# number, 21408 country not allowed, 21602 no words, 21610 opted out, 21612 no road to it, 21614 not a mobile, 21617 too
# long, 30003 away, 30004 blocked, 30005 unknown, 30006 landline. All else is mended by waiting or by people.
PERMANENT = frozenset({21211, 21217, 21408, 21602, 21610, 21612, 21614, 21617, 30003, 30004, 30005, 30006})
# What lies with our account, whoever is texted: 10001, 20005 and 90010 not active (no credit, suspended, closed), 20003
# the token is wrong or revoked, 20006 no access, 21606, 21659 and 21660 our number is not ours any more.
_OUR_ACCOUNT = frozenset({10001, 20003, 20005, 20006, 21606, 21659, 21660, 90010})
_NEVER_SENT = frozenset({"failed", "undelivered", "canceled"})


class TwilioSms:
    """Texts by Twilio's REST API. Shared by threads. Tries once: repeating is the outbox's business."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        further_numbers: Sequence[str] = (),
        status_callback: str,
        api_url: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, ANSWER_SECONDS),
    ) -> None:
        self._client = Client(account_sid, auth_token, http_client=_Http(timeout))
        if api_url:
            self._client.api.base_url = api_url
        self._number = number
        self._numbers = (number, *further_numbers)
        self._status_callback = status_callback

    def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
        """See `SendsTexts.send`. Twilio knows no key against repeats, but its reports bring `dedupe` back."""
        callback = f"{self._status_callback}?message={dedupe}"
        try:
            message = self._client.messages.create(
                to=to, from_=self._number, body=for_sms(body), status_callback=callback
            )
        except _TooManyRequests as fault:
            return Refused("20429", permanent=False, retry_after=fault.seconds)
        except AccountRefused as refusal:
            return Refused(refusal.code, permanent=False, account=True)
        except (TwilioRestException, TwilioServiceException) as refusal:
            return _refusal(refusal)
        except requests.ConnectionError as fault:
            return Refused("no_connection", permanent=False) if _never_connected(fault) else Unknown("connection_broke")
        except Exception as fault:  # an answer that cannot be read may be the answer to a text that was sent
            return Unknown(type(fault).__name__)
        return Accepted(str(message.sid)) if message.sid else Unknown("no_id")

    def find_sent(self, to: str, body: str, *, since: datetime) -> str | None:
        """See `SendsTexts.find_sent`."""
        wanted = for_sms(body)
        for message in self._listed(since, to=to, from_=self._number):
            if message.body == wanted and message.status not in _NEVER_SENT:
                return str(message.sid)
        return None

    def received_since(self, since: datetime) -> Iterator[tuple[InboundMessage, datetime]]:
        """See `SendsTexts.received_since`."""
        listed = itertools.chain.from_iterable(self._listed(since, to=number) for number in self._numbers)
        for message in listed:
            if message.direction == "inbound":
                inbound = InboundMessage(
                    provider="twilio",
                    sid=str(message.sid),
                    channel=Channel.SMS,
                    contact=str(message.from_),
                    text=message.body or "",
                    media_count=int(message.num_media or 0),
                    can_reply=is_uk_mobile(str(message.from_)),
                    sent_to=str(message.to),
                )
                yield inbound, message.date_created or since

    def texted_since(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """See `SendsTexts.texted_since`."""
        listed = itertools.chain.from_iterable(self._listed(since, from_=number) for number in self._numbers)
        for message in listed:
            yield str(message.to), message.date_created or since

    def _listed(self, since: datetime, **filters: str) -> Iterator[Any]:
        try:
            # Twilio's filter knows days, and a message that waits to be sent has no date sent: so look from the day
            # before, and at the date of creation.
            day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            for message in self._client.messages.stream(date_sent_after=day, page_size=200, **filters):
                if message.date_created is None or message.date_created >= since.replace(microsecond=0):
                    yield message
        except (requests.RequestException, TwilioException, ValueError) as fault:
            raise ProviderAway(type(fault).__name__) from None


def library_agrees(
    token: str, address: str, pairs: Sequence[tuple[str, str]], signature: str, algorithm: str = "HMAC_SHA1"
) -> bool:
    """What Twilio's own library says of a signature: it knows addresses with a port, and fields that come twice."""
    fields = _Fields()
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return bool(RequestValidator(token).validate(address, fields, signature, algorithm))


class _Fields(dict[str, list[str]]):
    """Fields as the library likes to be given repeated ones."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


class _TooManyRequests(Exception):
    """Twilio asks us to wait; the library would lose how long."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__()
        self.seconds = seconds


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, with time-outs for connecting and answering (it has none), and silent: it logs numbers.

    The library loses how long we are to wait, and of a list that is refused also why: both are read here.
    """

    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__(max_retries=0)
        self.timeout = timeout  # requests takes the pair, and the library hands it on

    def request(self, *args: Any, **options: Any) -> Any:
        response = super().request(*args, **options)
        if response.status_code == 429:
            seconds = str(response.headers.get("Retry-After", ""))
            raise _TooManyRequests(min(float(seconds), 600.0) if seconds.isascii() and seconds.isdigit() else None)
        if code := _refuses_us(response):
            raise AccountRefused(code)
        return response

    def log_request(self, kwargs: Any) -> None:
        """Says nothing."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Says nothing."""


def _refusal(refusal: Any) -> SendResult:
    if refusal.status >= 500 or refusal.status == 408:
        # It may have taken the message before it stumbled.
        return Unknown(f"http_{refusal.status}")
    return Refused(str(refusal.code or refusal.status), permanent=refusal.code in PERMANENT)


def _refuses_us(response: Any) -> str | None:
    """The code with which an answer refuses our account; None where it does not."""
    try:
        code = json.loads(response.text).get("code") if 400 <= response.status_code < 500 else None
    except (AttributeError, ValueError):
        code = None
    return str(code or response.status_code) if code in _OUR_ACCOUNT or response.status_code == 401 else None


def _never_connected(fault: requests.ConnectionError) -> bool:
    """Whether not even a connection came about, so that nothing can have been sent."""
    if isinstance(fault, requests.ConnectTimeout):
        return True
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    return type(reason).__name__ in {"NewConnectionError", "ConnectTimeoutError", "NameResolutionError"}
