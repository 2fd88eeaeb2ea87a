"""The form of one offer: its fields filled from an offer, and what somebody wrote in them by the names of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.content.offer_plain import plain_offer
from bot.content.reading import Node
from bot.domain.conversation import LANGUAGES
from bot.domain.offers import Offer

BOTH = ("name", "what", "where", "directions", "when", "cost", "contact.way")
SINGLE = ("contact.phone", "contact.text", "contact.email", "contact.web", "owner", "owner_email")
WEEKLY = ("day", "from", "until")
DAYS = {"MO": "monday", "TU": "tuesday", "WE": "wednesday", "TH": "thursday", "FR": "friday", "SA": "saturday",
        "SU": "sunday"}  # fmt: skip
LONGEST = 300


class NotOurForm(ValueError):
    """A field is missing or far too long: no browser sends such a form."""


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What stands in the form, by field. `other_times`: a timetable that is more than "every week", kept as it is."""

    fields: Mapping[str, str]
    other_times: bool


def draft_of(offer: Offer) -> OfferDraft:
    """The form as it is opened."""
    plain = plain_offer(offer)
    fields = {name: _text(plain, name) for name in SINGLE}
    fields |= {f"{name}.{language}": _text(plain, f"{name}.{language}") for name in BOTH for language in LANGUAGES}
    weekly = _weekly(plain)
    return OfferDraft(fields | dict(zip(WEEKLY, weekly, strict=True)), bool(plain.get("times")) and not any(weekly))


def read_draft(offer: Offer, form: Mapping[str, str]) -> OfferDraft:
    """What somebody wrote, spaces tidied. Raises `NotOurForm`."""
    before = draft_of(offer)
    fields = {}
    for name in before.fields:
        if name not in form or len(form[name]) > LONGEST:
            raise NotOurForm(name)
        fields[name] = " ".join(form[name].split())
    return OfferDraft(fields, before.other_times)


def said_in(offer: Offer, draft: OfferDraft, today: date) -> dict[str, Node | None]:
    """The draft by the names of a file. What was left empty is None; `offer` has what the form does not ask for."""
    fields, plain = draft.fields, plain_offer(offer)
    said: dict[str, Node | None] = {name: fields[name] or None for name in ("owner", "owner_email")}
    contact: dict[str, Node] = {}
    for name in (*BOTH, *SINGLE):
        group, _, inner = name.rpartition(".")
        value: Node = fields.get(name, "")
        if name in BOTH:
            words = {language: fields[f"{name}.{language}"] for language in LANGUAGES}
            value = {**words} if any(words.values()) else ""
        if group == "contact":
            contact |= {inner: value} if value else {}
        elif name in BOTH:
            said[name] = value or None
    return {**said, "contact": contact or None, "times": _times(plain, draft, today), "welsh": None}


def _times(plain: Mapping[str, Node], draft: OfferDraft, today: date) -> Node | None:
    """The file's own timetable where the form says the same; else every week from now on, or none."""
    day, begins, ends = (draft.fields[name] for name in WEEKLY)
    if (day, begins, ends) == _weekly(plain):
        return plain.get("times")
    if not (day or begins or ends):
        return None
    first = next((at for at in _coming(today) if list(DAYS)[at.weekday()] == day), today)
    found: dict[str, Node] = {
        "starts": f"{first.isoformat()} {begins}",
        "ends": ends,
        "rule": f"FREQ=WEEKLY;BYDAY={day}",
    }
    before = plain.get("times")
    if isinstance(before, dict) and "bank_holidays" in before:
        found["bank_holidays"] = before["bank_holidays"]
    return found


def _weekly(plain: Mapping[str, Node]) -> tuple[str, str, str]:
    """The day, beginning and end of a plain weekly timetable; nothing of any other."""
    times = plain.get("times")
    if not isinstance(times, dict):
        return "", "", ""
    day = str(times.get("rule", "")).removeprefix("FREQ=WEEKLY;BYDAY=")
    if day not in DAYS:
        return "", "", ""
    return day, str(times["starts"])[-5:], str(times["ends"])


def _coming(today: date) -> list[date]:
    return [today + timedelta(days=number) for number in range(7)]


def _text(plain: Mapping[str, Any], name: str) -> str:
    node: Any = plain
    for part in name.split("."):
        node = node.get(part, "") if isinstance(node, dict) else ""
    return node if isinstance(node, str) else ""
