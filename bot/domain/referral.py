"""What the team will read: the lines of a call sheet, exactly as the parent saw them, some taken out by the parent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.domain.contact import SAFE_CONTACT

# The order in which staff read; each is an answer's name, and each has a label booking.summary.<name>.
LINES = (
    "call_name",
    "call_number",
    "call_language",
    "call_interpreter",
    "call_channel",
    "call_needs",
    "stage",
    "who",
    "feeling",
    "as_you_like",
    "own_words",
    "neonatal",
    "life",
    "call_sleep",
    *SAFE_CONTACT,
)
# Without these nobody can ring, or not safely: they go with wanting the call, not with sharing.
NEEDED_TO_RING = (
    "call_name",
    "call_number",
    "call_language",
    "call_interpreter",
    "call_channel",
    *SAFE_CONTACT,
)
STRUCK = "struck"
THIS_NUMBER = "this_number"
# The two check words: who chose one says the other when it is not safe.
OTHER_WORD: Mapping[str, str] = {"blue": "green", "green": "blue"}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line: the answer's name, what was answered, and whether the parent took it out."""

    name: str
    answer: str
    struck: bool = False


def with_what_follows(answers: Mapping[str, str], *, number_known: bool) -> dict[str, str]:
    """The answers with what follows from them: the number given last; no voicemail on a phone that is shared.

    `number_known`: the parent writes by text, and is rung on that number unless they gave another.
    """
    told = dict(answers)
    number = told.get("call_number_other") or told.get("call_number") or (THIS_NUMBER if number_known else "")
    if number:
        told["call_number"] = number
    if told.get("call_safety_phone") == "no":
        told["call_safety"] = "no"
    return told


def struck_names(answers: Mapping[str, str]) -> frozenset[str]:
    """The lines that the parent has taken out."""
    return frozenset(filter(None, answers.get(STRUCK, "").split(" ")))


def strike(answers: Mapping[str, str], name: str) -> dict[str, str]:
    """The answers with one line taken out."""
    return {**answers, STRUCK: " ".join(sorted(struck_names(answers) | {name}))}


def lines_for_parent(answers: Mapping[str, str]) -> tuple[SheetLine, ...]:
    """The lines that would be shared now, in order; what was taken out is not shown again."""
    struck = struck_names(answers)
    return tuple(SheetLine(name, answers[name]) for name in LINES if answers.get(name) and name not in struck)


def lines_for_staff(answers: Mapping[str, str], *, shared: bool) -> tuple[SheetLine, ...]:
    """The call sheet: taken-out lines say only that they were taken out. Not `shared`: only what ringing needs."""
    struck = struck_names(answers)
    kept: Collection[str] = LINES if shared else NEEDED_TO_RING
    return tuple(
        SheetLine(name, "" if name in struck else answers[name], name in struck)
        for name in LINES
        if answers.get(name) and name in kept
    )
