"""The pretend network behind the pretend Twilio: messages, who has opted out, which numbers fail and how."""

import json
import os
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

# What Twilio itself obeys. INFO is among its help words by default; a service that uses INFO takes it off the list.
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP"})
HELP_WORDS = frozenset({"HELP"})

# Drama numbers that always fail in one way: at once, or later by a delivery report.
REFUSED_AT_ONCE = {"+447700900211": 21211, "+447700900610": 21610, "+447700900614": 21614}
FAILS_LATER = {"+447700900903": 30003, "+447700900905": 30005, "+447700900906": 30006}

_MOBILE = re.compile(r"\+447(?:[1-57-9][0-9]{8}|624[0-9]{6})")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass
class Message:
    """One message as Twilio keeps it. `direction` may be "network": Twilio's own words, which no API shows."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    status: str
    created_at: datetime
    media_count: int = 0
    error_code: int | None = None
    status_callback: str | None = None


class NotSent(Exception):
    """Twilio refuses a message, with its own code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass
class Network:
    """All that is remembered. Safe for threads."""

    number: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    messages: dict[str, Message] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def keep(self, direction: str, from_: str, to: str, body: str, status: str, **more: object) -> Message:
        """A new message, kept."""
        media = more.get("media_count")
        sid = ("MM" if media else "SM") + secrets.token_hex(16)
        message = Message(sid, direction, from_, to, body, status, self.now(), **more)  # type: ignore[arg-type]
        with self.lock:
            self.messages[sid] = message
        return message

    def accept(self, *, from_: str, to: str, body: str, status_callback: str | None) -> Message:
        """A message that the app asks to be sent; raises `NotSent` as Twilio would."""
        if not to:
            raise NotSent(21604, "A 'To' phone number is required")
        if not body:
            raise NotSent(21602, "Message body is required")
        if len(body) > 1600:
            raise NotSent(21617, "The concatenated message body exceeds the 1600 character limit")
        if from_ != self.number:
            raise NotSent(21606, "The 'From' phone number is not a valid, SMS-capable number of this account")
        if not _E164.fullmatch(to):
            raise NotSent(21211, "Invalid 'To' Phone Number")
        if to in REFUSED_AT_ONCE:
            raise NotSent(REFUSED_AT_ONCE[to], "This number always fails")
        if not _MOBILE.fullmatch(to):
            raise NotSent(21614, "'To' number is not a valid mobile number")
        if to in self.opted_out:
            raise NotSent(21610, "Attempt to send to unsubscribed recipient")
        return self.keep("outbound-api", from_, to, body, "queued", status_callback=status_callback)

    def reply(self, to: str, body: str) -> Message:
        """A message that came as TwiML: blocked silently for who has opted out."""
        blocked = to in self.opted_out
        return self.keep(
            "outbound-reply",
            self.number,
            to,
            body,
            "failed" if blocked else "delivered",
            error_code=21610 if blocked else None,
        )

    def obey(self, phone: str, body: str) -> str | None:
        """Does what Twilio does with its own words; gives OptOutType, if any."""
        word = body.strip().upper()
        if word in STOP_WORDS:
            self.opted_out.add(phone)
            self._say(phone, "You have successfully been unsubscribed. Reply START to resubscribe.")
            return "STOP"
        if word in START_WORDS or (word == "YES" and phone in self.opted_out):
            self.opted_out.discard(phone)
            self._say(phone, "You have successfully been re-subscribed to messages from this number.")
            return "START"
        if word in HELP_WORDS:
            self._say(phone, "Reply STOP to unsubscribe. Msg&Data Rates May Apply.")
            return "HELP"
        return None

    def thread(self, phone: str) -> tuple[Message, ...]:
        """What one phone shows, oldest first: what was blocked or lost on the way is not there."""
        with self.lock:
            return tuple(
                message
                for message in self.messages.values()
                if message.from_ == phone
                or (message.to == phone and message.status not in {"failed", "undelivered", "canceled"})
            )

    def phones(self) -> tuple[str, ...]:
        """Every phone that texted or was texted, latest first."""
        with self.lock:
            latest = reversed(self.messages.values())
            return tuple(dict.fromkeys(m.from_ if m.direction == "inbound" else m.to for m in latest))

    def save(self, path: Path) -> None:
        """Writes all to a file, so that a second demo shows the first one's threads."""
        fresh = path.with_suffix(".new")
        with self.lock:
            rows = [asdict(each) | {"created_at": each.created_at.isoformat()} for each in self.messages.values()]
            # Whole or not at all, and for its owner's eyes: a developer may text real words.
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
                json.dump({"messages": rows, "opted_out": sorted(self.opted_out)}, opened, ensure_ascii=False)
            fresh.replace(path)

    def load(self, path: Path) -> None:
        """Reads what `save` wrote; a file that is missing or broken is an empty network."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            rows = [
                Message(**(row | {"created_at": datetime.fromisoformat(row["created_at"])})) for row in kept["messages"]
            ]
        except (OSError, ValueError, TypeError, KeyError):
            return
        with self.lock:
            self.messages = {row.sid: row for row in rows}
            self.opted_out = set(kept["opted_out"])

    def _say(self, phone: str, words: str) -> None:
        self.keep("network", self.number, phone, words, "delivered")
