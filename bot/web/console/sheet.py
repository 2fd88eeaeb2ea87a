"""The call sheet as a page reads it: lines under the headings a practitioner looks for, in the order of a call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.contact import SAFE_CONTACT

# How to reach them, what is safe, what they told us: the THRIVE idea, from the parent's side. No score anywhere.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "reach": (
        "call_name",
        "call_number",
        "call_language",
        "call_interpreter",
        "call_needs",
        "call_channel",
        "call_sleep",
    ),
    "safe": SAFE_CONTACT,
    "now": ("stage", "who", "feeling", "as_you_like"),
    "own_words": ("own_words", "neonatal", "life"),
}
# Shown even where there is no line: that the parent was not asked, or passed it by, matters to whoever rings.
ALWAYS = frozenset({"call_name", "call_number", "call_language", "call_needs", *SECTIONS["safe"]})
_KNOWN = frozenset(name for names in SECTIONS.values() for name in names)
# Where a line stands that this page has not met yet: beside what its name begins like.
_BEGINNINGS = {"call_safety": "safe", "texts_": "safe", "safe_": "safe", "call_": "reach", "sleep": "reach"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `words` are the parent's own, `label` is the address of what they chose; struck lines have neither.

    `labels`: where they chose several.
    """

    name: str
    words: str | None
    label: str | None
    struck: bool
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known before a call. `check_word` is the address of the word the caller says first.

    `not_safe_word`: that of the word with which the parent says, pretend that it is a wrong number.
    """

    lines: Mapping[str, Line]
    shared: bool
    loss: bool
    language: str | None
    check_word: str | None
    not_safe_word: str | None
    offers: tuple[str, ...]

    def line(self, name: str) -> Line | None:
        """The line of that name."""
        return self.lines.get(name)

    def section(self, name: str) -> list[tuple[str, Line | None]]:
        """The lines of a section, in order; those that must be seen to be empty too; then those new to this page."""
        known = [(each, self.lines.get(each)) for each in SECTIONS[name] if each in self.lines or each in ALWAYS]
        new = [(each, line) for each, line in self.lines.items() if each not in _KNOWN and _place(each) == name]
        return [*known, *new]


def read_sheet(kept: Mapping[str, Any] | None) -> Sheet:
    """The sheet as kept with a call; an empty one after erasure."""
    kept = kept or {}
    lines = [
        Line(
            each["name"],
            each.get("words"),
            each.get("label"),
            bool(each.get("struck")),
            tuple(_texts(each.get("labels"))),
        )
        for each in kept.get("lines", ())
    ]
    return Sheet(
        {line.name: line for line in lines},
        bool(kept.get("shared", False)),
        bool(kept.get("loss", False)),
        kept.get("language"),
        kept.get("check_word"),
        kept.get("not_safe_word"),
        tuple(kept.get("offers", ())),
    )


def _place(name: str) -> str:
    return next((section for beginning, section in _BEGINNINGS.items() if name.startswith(beginning)), "now")


def _texts(given: Any) -> Iterable[str]:
    return (each for each in given or () if isinstance(each, str))
