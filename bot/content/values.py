"""What a text may quote, and how long it gets: every placeholder's longest realistic value.

A number, a name or an hour stands in one file only; wording quotes it. The names below are what the services give.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.content.card_file import load_cards
from bot.content.catalogue import PLACEHOLDER, Catalogue
from bot.content.directory import load_atlas, load_directory
from bot.content.faults import ContentRefused, Fault
from bot.content.helpline_file import load_helplines
from bot.content.moments import moment_in_words
from bot.content.team_file import load_team
from bot.domain.conversation import Bilingual, Value
from bot.domain.offers import PARENTS, Offer
from bot.domain.segments import count_segments, for_sms

Found = TypeVar("Found")
_MOMENTS = frozenset({"back_at", "seen_by"})
# What stands in their place where it is not a plain moment.
_LOOKS = ("common.today_before", "common.not_until", "common.nobody_knows_when")
# What each wording is given beside what every text may quote: the address, and the names.
GIVEN: Mapping[str, frozenset[str]] = {
    "offers.one": frozenset({"name", "when", "place", "cost", "because"}),
    "offers.on_page": frozenset({"name", "because"}),
    "offers.details": frozenset({"what", "join"}),
    "offers.details_place": frozenset({"place_lines"}),
    "offers.details_notes": frozenset({"note_lines"}),
    "offers.contact.phone": frozenset({"value"}),
    "offers.contact.text": frozenset({"value"}),
    "offers.contact.email": frozenset({"value"}),
    "offers.contact.web": frozenset({"value"}),
    "self_referral.area.item": frozenset({"area"}),
    "self_referral.keep_going.tip": frozenset({"tip"}),
    "self_referral.area_which.item": frozenset({"area"}),
    "booking.slot.item": frozenset({"time"}),
    "booking.call_channel.item": frozenset({"how"}),
    "booking.share_summary.item": frozenset({"label", "answer"}),
    "booking.share_summary.say": frozenset({"call_name", "call_number"}),
    "booking.share_summary.ask": frozenset({"call_name", "call_number"}),
    "booking.share_summary.ask_seen": frozenset({"call_name", "call_number"}),
    **{f"booking.booked.say{how}": frozenset({"time", "who"}) for how in ("", "_video", "_in_person")},
    **{f"booking.moved.say{how}": frozenset({"time", "who"}) for how in ("", "_video", "_in_person")},
    **{f"booking.change_call.say{how}": frozenset({"time", "who"}) for how in ("", "_video", "_in_person")},
    **{f"side_doors.unshare_{who}.say": frozenset({"time"}) for who in ("team", "health_visitor", "midwife", "gp")},
    "booking.signed.baby_group": frozenset({"text"}),
    "reminders.call_day": frozenset({"time"}),
    "reminders.call_hour": frozenset({"time"}),
    "unasked.moved": frozenset({"time", "who"}),
    "unasked.next_step": frozenset({"step"}),
    "common.today_before": frozenset({"time"}),
    "common.not_until": frozenset({"time"}),
}
# Values that hold sentences of their own, so that the sentence around them says nothing about length.
SENTENCES = frozenset(
    {"what", "tip", "answer", "because", "join", "place", "place_lines", "note_lines", "text", "step"}
)
_OFFER = frozenset({"name", "what", "place_lines", "note_lines"})
_LONG_NAME, _LONG_NUMBER = "Alexandra", "07700 900123"


@dataclass(frozen=True, slots=True)
class Values:
    """The longest value of each placeholder by language; `everywhere` may stand in any text.

    `offers` are the values of each real offer, because the longest name seldom comes with the longest place.
    """

    everywhere: frozenset[str] = frozenset()
    longest: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    offers: Mapping[str, tuple[tuple[Offer, Mapping[str, str]], ...]] = field(default_factory=dict)

    def allowed(self, address: str) -> frozenset[str]:
        """The placeholders that a wording is given a value for."""
        return self.everywhere | GIVEN.get(address, frozenset())

    def fill(self, language: str, text: str, *, sentences: bool = True) -> str:
        """`text` as it is sent at its longest; without `sentences`, values that are sentences become one word."""
        longest = self.longest.get(language, {})
        if not sentences:
            return _put(text, {**longest, **dict.fromkeys(SENTENCES, "…")})
        asked = frozenset(PLACEHOLDER.findall(text))
        offers = self.offers.get(language, ()) if asked & _OFFER else ()
        return _longest(_put(text, {**longest, **values}) for values in [of for _, of in offers] or [{}])

    def of_each_offer(self, language: str, text: str) -> Iterator[tuple[Offer, str]]:
        """Each offer for parents, and `text` as it is sent about that offer at its longest."""
        for offer, values in self.offers.get(language, ()):
            yield offer, _put(text, {**self.longest.get(language, {}), **values})


def load_values(flows: Path, catalogue: Catalogue) -> tuple[Values, list[Fault]]:
    """The values, and what is wrong with the files they come from."""
    faults: list[Fault] = []
    helplines = _read(load_helplines, flows, faults)
    team = _read(load_team, flows, faults)
    atlas = _read(load_atlas, flows, faults)
    directory = _read(load_directory, flows, faults)
    cards = _read(load_cards, flows, faults) or ()
    facts: dict[str, Value] = {**(helplines or {}), **(team.facts if team else {})}
    longest, real = {}, {}
    for language in ("en", "cy"):
        moment = _longest(moment_in_words(language, day) for day in _year())
        spoken = {name: _spoken(language, value) for name, value in facts.items()}
        spoken |= dict.fromkeys(("time", "when"), moment)
        looks = (_put(catalogue.text(language, each), spoken) for each in _LOOKS if catalogue.has(language, each))
        spoken |= dict.fromkeys(("back_at", "seen_by"), _longest((moment, *looks)))
        spoken |= {"call_name": _LONG_NAME, "call_number": _LONG_NUMBER}
        spoken["area"] = _longest(_spoken(language, area.name) for area in atlas.areas.values()) if atlas else ""
        spoken["who"] = _longest(caller.name for caller in team.callers.values()) if team else ""
        spoken["tip"] = _longest(_text(language, catalogue, card.words) for card in cards)
        spoken["because"] = _longest(_all(language, catalogue, "offers.because."))
        spoken["how"] = _longest(_all(language, catalogue, "booking.call_channel_how."))
        spoken["label"] = _longest(_all(language, catalogue, "booking.summary."))
        longest[language] = spoken
        real[language] = tuple(
            (offer, _of_offer(language, catalogue, offer))
            for offer in (directory.offers if directory else ())
            if offer.audience == PARENTS
        )
    return Values(frozenset(facts) | _MOMENTS, longest, real), faults


def _put(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)


def _read(load: Callable[[Path], Found], flows: Path, faults: list[Fault]) -> Found | None:
    try:
        return load(flows)
    except ContentRefused as refused:
        faults.extend(refused.faults)
        return None


def _year() -> Iterable[datetime]:
    first = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return (first + timedelta(days=day) for day in range(365))


def _spoken(language: str, value: Value) -> str:
    if isinstance(value, Bilingual):
        return value.cy if language == "cy" else value.en
    return moment_in_words(language, value) if isinstance(value, datetime) else str(value)


def _of_offer(language: str, catalogue: Catalogue, offer: Offer) -> Mapping[str, str]:
    """What a text quotes of one offer, as `tell_offer` gives it; its time is as long as any."""

    def line(address: str, **values: str) -> str:
        return _put(_text(language, catalogue, address), values)

    contact = offer.contact
    ways = [_spoken(language, contact.way)] if contact.way else []
    for name in ("phone", "text", "email", "web"):
        if value := getattr(contact, name):
            ways.append(line(f"offers.contact.{name}", value=value))
    where = [_spoken(language, each) for each in (offer.where, offer.directions) if each]
    notes = [line(f"offers.for.{people}") for people in sorted(offer.people)]
    notes += [line("offers.term_time")] if offer.term_time else []
    notes += [_spoken(language, note) for note in offer.notes.values()]
    found = {
        "name": _spoken(language, offer.name),
        "what": _spoken(language, offer.what),
        "cost": _spoken(language, offer.cost),
        "place": (where[:1] or ways[:1] or [""])[0],
        "join": line(f"offers.join.{offer.join[0]}"),
        "place_lines": "\n".join([*where, *ways]),
        "note_lines": "\n".join(notes),
    }
    return found if offer.times else {**found, "when": _spoken(language, offer.when or "")}


def _text(language: str, catalogue: Catalogue, address: str) -> str:
    entry = catalogue.entries(language).get(address)
    return entry.strings[0] if entry and entry.strings else ""


def _all(language: str, catalogue: Catalogue, beginning: str) -> Iterable[str]:
    return (catalogue.text(language, address) for address in catalogue.addresses() if address.startswith(beginning))


def _longest(texts: Iterable[str]) -> str:
    """The text that is longest on the network: one dear letter more than doubles it."""
    return max(texts, key=_length, default="")


def _length(text: str) -> tuple[int, int]:
    segments = count_segments(for_sms(text))
    return segments.units * (2 if segments.costly else 1), segments.units
