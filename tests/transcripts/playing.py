"""Reads a transcript, plays it through the use case, and writes what was really said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.conversation import Channel
from bot.services.apologise_for_waiting import apologise_for_waiting
from bot.services.ask_after_call import ask_after_call
from bot.services.ask_after_offers import ask_after_offers
from bot.services.desk import Desk
from bot.services.hand_back import hand_back
from bot.services.offer_again import offer_again
from bot.services.record_call_outcome import record_call_outcome
from bot.services.remind_of_calls import remind_of_calls
from bot.services.reply_as_person import reply_as_person
from bot.services.take_over import take_over
from bot.storage import calls, concerns, tasks
from tests.desks import Clock, Phone

WALES = ZoneInfo("Europe/London")
DEFAULT_AT = "2026-11-23 12:00"
_LATER = re.compile(r"(\d+) (minutes|hours|days) later")
_WRITES = "the person writes: "
PERSON = "demo-sian"
_KINDS = ("parent", "helo", "then", "expect")


@dataclass(frozen=True)
class Entry:
    """One thing in a transcript: what the parent wrote, what helo said, what happened then, what to expect."""

    kind: str
    text: str


@dataclass(frozen=True)
class Transcript:
    """A header of `name: value` lines, then entries."""

    path: Path
    header: dict[str, str]
    entries: tuple[Entry, ...] = field(default=())

    @property
    def at(self) -> datetime:
        """When it begins, by the clock of Wales."""
        return datetime.strptime(self.header.get("at", DEFAULT_AT), "%Y-%m-%d %H:%M").replace(tzinfo=WALES)

    @property
    def channel(self) -> Channel:
        """By text unless the header says otherwise."""
        return Channel(self.header.get("channel", "sms"))


def read_transcript(path: Path) -> Transcript:
    """The transcript at `path`; raises `ValueError` with the line that cannot be read."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    entries: list[Entry] = []
    for number, line in enumerate(body.splitlines(), len(head.splitlines()) + 2):
        kind, colon, text = line.partition(":")
        if line.startswith("    ") and entries:
            entries[-1] = Entry(entries[-1].kind, f"{entries[-1].text}\n{line[4:]}")
        elif colon and kind in _KINDS:
            entries.append(Entry(kind, text.removeprefix(" ")))
        elif line:
            raise ValueError(f"{path}:{number}: neither parent, helo, then nor expect")
    return Transcript(path, header, tuple(entries))


def write_transcript(transcript: Transcript) -> str:
    """The transcript as text, the way `read_transcript` reads it."""
    lines = [f"{name}: {value}" for name, value in transcript.header.items()]
    lines.append("")
    for entry in transcript.entries:
        first, *more = entry.text.split("\n")
        lines += [f"{entry.kind}: {first}".rstrip(), *(f"    {line}".rstrip() for line in more)]
    return "\n".join(lines) + "\n"


def play(transcript: Transcript, desk: Desk, clock: Clock) -> Transcript:
    """The same conversation as it really goes today, expectations as they really are."""
    clock.now = transcript.at
    if ways := transcript.header.get("by"):
        offered = frozenset(ways.split(", "))
        callers = {key: replace(one, channels=offered) for key, one in desk.team.callers.items()}
        desk = replace(desk, team=replace(desk.team, callers=callers))
    contact = "+447700900321" if transcript.channel is Channel.SMS else "a-chat-nobody-can-guess"
    phone = Phone(desk, contact, transcript.channel)
    return replace(transcript, entries=tuple(_played(transcript, phone, clock)))


def _played(transcript: Transcript, phone: Phone, clock: Clock) -> Iterator[Entry]:
    sent = 0
    for entry in transcript.entries:
        if entry.kind == "parent":
            yield entry
            sent += 1
            for text in phone.text(entry.text):
                yield Entry("helo", text)
            clock.forward(minutes=1)
        elif entry.kind == "then":
            before = set(phone.sent())
            _happen(entry.text, phone, clock)
            yield entry
            yield from (Entry("helo", text) for text in phone.sent() if text not in before)
        elif entry.kind == "expect" and entry.text.startswith("texts "):
            yield Entry("expect", f"texts {sent}")
        elif entry.kind == "expect":
            sent = 0
            yield Entry("expect", _real(entry.text, phone))


def _happen(what: str, phone: Phone, clock: Clock) -> None:
    later = _LATER.fullmatch(what)
    if later:
        clock.forward(**{later[2]: int(later[1])})
    elif what == "the call took place":
        _note_call(phone, "talked")
    elif what == "nobody answered the call":
        _note_call(phone, "no_answer")
    elif what == "a person takes over":
        take_over(phone.desk, phone.conversation.id, PERSON, phone.desk.now())
    elif what == "the person hands back":
        hand_back(phone.desk, phone.conversation.id, PERSON, phone.desk.now())
    elif what.startswith(_WRITES):
        words, form = what.removeprefix(_WRITES), sha256(what.encode()).hexdigest()[:32]
        reply_as_person(phone.desk, phone.conversation.id, words, PERSON, phone.desk.now(), once=form)
    elif what == "the worker looks":
        apologise_for_waiting(phone.desk, phone.desk.now())
        ask_after_offers(phone.desk, phone.desk.now())
        remind_of_calls(phone.desk, phone.desk.now())
        offer_again(phone.desk, phone.desk.now())
        ask_after_call(phone.desk, phone.desk.now())
    else:
        raise ValueError(f"nobody knows how this happens: {what}")


def _note_call(phone: Phone, outcome: str) -> None:
    call = phone.read(calls.of_conversation)
    assert call is not None, "no call is booked"
    record_call_outcome(phone.desk, call.id, outcome, call.revision, "demo-lead", phone.desk.now())


def _real(expected: str, phone: Phone) -> str:
    """What is really so, in the form of what was expected."""
    about = expected.split(" ")[0]
    conversation = phone.conversation
    if about == "at":
        return f"at {conversation.step}"
    if about == "status":
        return f"status {conversation.status}"
    if about == "language":
        return f"language {conversation.language}"
    if about == "silence":
        return "silence" if not phone.answer.texts else "words"
    if about == "alert":
        found = phone.desk.database.read(concerns.live)
        return " ".join(["alert", *(f"{alert.severity} {alert.category}" for alert in found)]) if found else "no alert"
    if about == "no":
        return "alert" if phone.desk.database.read(concerns.live) else "no alert"
    if about == "task":
        return " ".join(["task", *(task.kind for task in phone.desk.database.read(tasks.open_tasks))])
    raise ValueError(f"nobody knows how to look at this: {expected}")
