"""The texts that benchmarks send: parents walking the journey, as the posts Twilio would make of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bot.settings import Settings
from tests.factories import OUR_NUMBER

# Everyday walks and where each ends; nothing in them raises an alert. The test beside this plays them.
WALKS: Mapping[str, tuple[str, ...]] = {
    "offers": ("helo", "1", "iawn", "2", "heibio", "heibio", "Merthyr"),
    "life": (
        *("helo", "english", "yes", "pregnant", "1", "mostly", "someone to talk to in the evenings"),
        *("partner", "aberdare", "4", "1"),
    ),
    "area": (
        *("Hi, my health visitor said to text", "1", "yes", "a baby under 1", "it feels hard", "not really"),
        *("I would like to feel less worried when she cries and to enjoy the time we have", "mum"),
    ),
}
MOST_PARENTS = 1000  # Ofcom's numbers for drama, 07700 900000 to 900999: never given to anybody


@dataclass(frozen=True, slots=True)
class Post:
    """One signed post to `/sms`: its fields as a form, and the signature over them."""

    body: bytes
    signature: str

    def over_http(self) -> bytes:
        """The request as it travels; the connection stays open."""
        head = (
            "POST /sms HTTP/1.1\r\nHost: helo.example\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nI-Twilio-Idempotency-Token: 5f2b0c1e\r\n"
            f"X-Twilio-Signature: {self.signature}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def posts(settings: Settings, first: int, count: int) -> Iterator[Sequence[Post]]:
    """The walks of `count` parents from number `first` on, each a row of posts to be sent in order."""
    if first + count > MOST_PARENTS:
        raise ValueError("there are not so many numbers for drama")
    validator = RequestValidator(settings.twilio_auth_tokens[0])
    address = f"{settings.public_url}/sms"
    walks = tuple(WALKS.values())
    for parent in range(first, first + count):
        walk = []
        for place, text in enumerate(walks[parent % len(walks)]):
            fields = _fields(settings, parent, place, text)
            walk.append(Post(urlencode(fields).encode(), validator.compute_signature(address, fields)))
        yield walk


def _fields(settings: Settings, parent: int, place: int, text: str) -> dict[str, str]:
    """The nineteen fields of a real post."""
    sid = f"SM{parent:016x}{place:016x}"
    return {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "GB",
        "To": OUR_NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": settings.twilio_account_sid,
        "From": f"+447700900{parent:03d}",
        "ApiVersion": "2010-04-01",
    }
