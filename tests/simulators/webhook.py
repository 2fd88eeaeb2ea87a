"""Posts to our own doors as Twilio does: signed over the public address, to wherever the app really is."""

from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlencode, urlsplit
from wsgiref.types import WSGIApplication

import requests
from twilio.request_validator import RequestValidator
from werkzeug.test import Client

TWILIO_WAITS_SECONDS = 15.0

Target: TypeAlias = str | WSGIApplication


class NoAnswer(Exception):
    """The app could not be reached, or took too long."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One try: where to, with what, and what came back (`status` 0 where nothing did)."""

    path: str
    fields: dict[str, str]
    status: int
    body: bytes = b""
    content_type: str = ""

    @property
    def good(self) -> bool:
        """Whether Twilio would be content."""
        return 200 <= self.status < 300


@dataclass
class Webhook:
    """`target` is a WSGI app (in this process) or the address of a running server; `public_url` is what is signed."""

    public_url: str
    target: Target
    auth_token: str
    seconds: float = TWILIO_WAITS_SECONDS
    algorithm: str = "HMAC_SHA1"
    posted: list[Posted] = field(default_factory=list)

    def post(self, path: str, fields: dict[str, str]) -> Posted:
        """Posts `fields` to `path` (which may carry a query), once."""
        signature = RequestValidator(self.auth_token).compute_signature(self.public_url + path, fields, self.algorithm)
        headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
        if self.algorithm != "HMAC_SHA1":
            headers["X-Twilio-Webhooks-Signature-Settings"] = f"key=simulated,algorithm={self.algorithm}"
        try:
            posted = self._deliver(path, fields, headers)
        except NoAnswer:
            posted = Posted(path, fields, 0)
        self.posted.append(posted)
        return posted

    def post_to(self, address: str, fields: dict[str, str]) -> Posted:
        """As `post`, for a whole address under the public one, as a status callback is given."""
        parts = urlsplit(address)
        return self.post(parts.path + (f"?{parts.query}" if parts.query else ""), fields)

    def _deliver(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> Posted:
        body = urlencode(fields)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if isinstance(self.target, str):
            # A session that ignores the machine's proxies: the app is next door.
            with requests.Session() as session:
                session.trust_env = False
                try:
                    reached = session.post(
                        self.target + path, data=body, headers=headers, timeout=self.seconds, allow_redirects=False
                    )
                except requests.RequestException as fault:
                    raise NoAnswer from fault
            return Posted(path, fields, reached.status_code, reached.content, reached.headers.get("Content-Type", ""))
        answer = Client(self.target).post(path, data=body, headers=headers)
        return Posted(path, fields, answer.status_code, answer.data, answer.headers.get("Content-Type", ""))
