"""A call as lists show it: when, who, in which language, and whether somebody still has to say how it went."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.turn import NAMED
from bot.services.desk import Desk
from bot.storage import calls
from bot.web.console.sheet import read_sheet


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call in a list: `name` is what to call the parent, `caller` who rings, `language` an address of words.

    `open_end`: it is over, and nobody has said how it went.
    """

    call: calls.Call
    name: str
    caller: str
    language: str | None
    open_end: bool


def caller_name(desk: Desk, staff_key: str) -> str:
    """Who rings, by the name in flows/team.yaml; their key when they have left it."""
    caller = desk.team.callers.get(staff_key)
    return caller.name if caller else staff_key


def call_line(desk: Desk, call: calls.Call, now: datetime) -> CallLine:
    """The call for a list."""
    sheet = read_sheet(call.sheet)
    name, language = sheet.line("call_name"), sheet.line("call_language")
    spoken = language.label if language else None
    over = call.state == "booked" and call.ends_at <= now
    return CallLine(call, (name.words if name else None) or "", caller_name(desk, call.staff_key), spoken, over)


def language_of(call: calls.Call) -> str | None:
    """The language in which the parent wants to be rung, "cy" or "en"; None where it is another, or unknown."""
    sheet = read_sheet(call.sheet)
    line = sheet.line("call_language")
    if line is None or not line.label:
        return sheet.language
    return NAMED.get(line.label.rpartition(".")[2])
