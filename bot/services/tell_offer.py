"""Tells of an offer: the values of the first line and of the details, in both languages."""

from bot.domain.choosing import Chosen
from bot.domain.conversation import LANGUAGES, Bilingual, Line, Value
from bot.domain.offers import Contact, Offer
from bot.services.desk import Desk


def tell_offer(desk: Desk, chosen: Chosen) -> dict[str, Value]:
    """What offers.one and offers.details quote. Everything it says of the parent is what the parent chose."""
    offer = chosen.offer
    return {
        "name": offer.name,
        "when": chosen.starts_at or offer.when or "",
        "place": offer.where or _way(offer.contact),
        "cost": offer.cost,
        "because": Line(f"offers.because.{chosen.reason}"),
        "what": offer.what,
        "join": Line(f"offers.join.{offer.join[0]}"),
        "place_lines": _lines(desk, offer.where, offer.directions, *_ways(offer.contact)),
        "note_lines": _lines(desk, *_for_whom(offer), *offer.notes.values()),
    }


def _ways(contact: Contact) -> tuple[Value, ...]:
    """Every way to reach them, in the order in which people try."""
    ways: tuple[tuple[str, str], ...] = (
        ("phone", contact.phone), ("text", contact.text), ("email", contact.email), ("web", contact.web),
    )  # fmt: skip
    found: list[Value] = [contact.way] if contact.way else []
    return (*found, *(Line(f"offers.contact.{name}", {"value": value}) for name, value in ways if value))


def _way(contact: Contact) -> Value:
    return next(iter(_ways(contact)), "")


def _for_whom(offer: Offer) -> tuple[Value, ...]:
    term = (Line("offers.term_time"),) if offer.term_time else ()
    return (*(Line(f"offers.for.{people}") for people in sorted(offer.people)), *term)


def _lines(desk: Desk, *values: Value | None) -> Bilingual:
    """Each value on a line of its own; what is not there leaves no gap."""

    def words(language: str, value: Value) -> str:
        if isinstance(value, Bilingual):
            return value.cy if language == "cy" else value.en
        return desk.catalogue.text(language, value.address, value.values) if isinstance(value, Line) else str(value)

    by_language = {
        language: "\n".join(words(language, value) for value in values if value is not None) for language in LANGUAGES
    }
    return Bilingual(**by_language)
