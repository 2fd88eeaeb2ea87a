"""An offer as plain data, the way its file holds it: what is written so is read the same."""

from collections.abc import Iterable, Mapping

from bot.content.offer_file import NOT_YET
from bot.content.reading import Node
from bot.content.timetable import Timetable
from bot.domain.conversation import Bilingual
from bot.domain.offers import Offer


def plain_offer(offer: Offer) -> dict[str, Node]:
    """Everything an offer's file may hold of it; what it has not is left out."""
    times = offer.times if isinstance(offer.times, Timetable) else None
    contact = offer.contact
    found: dict[str, Node | None] = {
        "id": offer.id,
        "areas": list(offer.areas),
        "demo": _yes(offer.demo),
        "audience": offer.audience,
        "tier": offer.tier,
        "thrive": offer.thrive,
        "kind": offer.kind,
        "name": _both(offer.name),
        "also_called": list(offer.also_called),
        "what": _both(offer.what),
        "where": _both(offer.where),
        "directions": _both(offer.directions),
        "times": _times(times) if times else None,
        "when": _both(offer.when),
        "term_time": _yes(offer.term_time),
        "cost": _both(offer.cost),
        "ages": _kept(
            {
                "pregnancy": _yes(offer.ages.pregnancy),
                "from_months": str(offer.ages.from_months),
                "to_months": str(offer.ages.to_months),
            }
        ),
        "for": _sorted(offer.people),
        "helps_with": _sorted(offer.helps_with),
        "notes": _kept({name: _both(note) for name, note in sorted(offer.notes.items())}),
        "join": list(offer.join),
        "contact": _kept(
            {
                "phone": contact.phone,
                "text": contact.text,
                "email": contact.email,
                "web": contact.web,
                "way": _both(contact.way),
            }
        ),
        "owner": offer.owner,
        "owner_email": offer.owner_email,
        "checked": offer.checked.isoformat() if offer.checked else NOT_YET,
        "source": offer.source,
        "welsh": NOT_YET if offer.welsh_missing else None,
    }
    return _kept(found)


def _times(times: Timetable) -> dict[str, Node]:
    return _kept(
        {
            "starts": times.starts.strftime("%Y-%m-%d %H:%M"),
            "ends": times.ends.strftime("%H:%M"),
            "rule": times.rule,
            "not_on": [day.isoformat() for day in sorted(times.not_on)],
            "bank_holidays": _yes(times.bank_holidays),
        }
    )


def _kept(found: Mapping[str, Node | None]) -> dict[str, Node]:
    return {name: value for name, value in found.items() if value}


def _sorted(words: Iterable[str]) -> list[Node]:
    return [*sorted(words)]


def _both(value: Bilingual | None) -> dict[str, Node] | None:
    return {"cy": value.cy, "en": value.en} if value else None


def _yes(value: bool) -> str | None:
    return "yes" if value else None
