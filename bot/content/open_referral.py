"""The directory as Open Referral UK (the UK profile of HSDS 3): services as plain JSON data.

What the profile has a field for stands in that field, in English, so that any reader of the standard can use it. What
it has none for (the Welsh, for whom, months, pram and bus, the rule itself) stands in `attributes` of our own taxonomy,
so that nothing is lost when we read it back.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.content.offer_plain import plain_offer
from bot.content.reading import Node
from bot.content.timetable import Timetable
from bot.domain.freshness import SHOWN, standing
from bot.domain.offers import PARENTS, Offer

TAXONOMY = "helo"
_OURS = uuid5(NAMESPACE_URL, "https://helo.example/offers")
_PROFILE = "https://openreferraluk.org/"
Service = dict[str, Any]


def service_id(offer: Offer) -> UUID:
    """The id by which others know the offer: always the same for the same offer."""
    return uuid5(_OURS, offer.id)


def is_public(offer: Offer, *, today: date, keeps: timedelta, production: bool) -> bool:
    """Whether anybody may read of it: for parents, fit to be shown today, and confirmed by its owner."""
    at = standing(offer, today=today, keeps=keeps, production=production)
    return at in SHOWN and offer.audience == PARENTS and offer.checked is not None


def to_service(offer: Offer, *, active: bool = True) -> Service:
    """One offer as a service of the UK profile."""
    contact = offer.contact
    service: Service = {
        "id": str(service_id(offer)),
        "name": offer.name.en,
        "description": offer.what.en,
        "url": contact.web,
        "email": contact.email,
        "status": "active" if active else "inactive",
        "fees": offer.cost.en,
        "minimum_age": round(offer.ages.from_months / 12, 2),
        "maximum_age": round(offer.ages.to_months / 12, 2),
        "assured_date": offer.checked.isoformat() if offer.checked else "",
        "assurer_email": offer.owner_email,
        "schedules": [_schedule(offer, offer.times)] if isinstance(offer.times, Timetable) else [],
        "service_areas": [{"id": _id(offer, "area", area), "name": area} for area in offer.areas],
        "service_at_locations": [_place(offer)] if offer.where else [],
        "organization": {
            "id": str(uuid5(_OURS, f"owner {offer.owner}")),
            "name": offer.owner,
            "description": offer.owner,
        },
        "contacts": [_contact(offer)] if contact.phone or contact.text else [],
        "attributes": list(_attributes(offer)),
    }
    return {name: value for name, value in service.items() if value not in ("", [])}


def to_page(services: Iterable[Service], *, number: int, size: int) -> dict[str, Any]:
    """One page of services, in the shape in which the UK profile's `/services` answers. Pages count from 1."""
    every = list(services)
    pages = max(1, -(-len(every) // size))
    shown = every[(number - 1) * size : number * size]
    return {
        "total_items": len(every),
        "total_pages": pages,
        "page_number": number,
        "size": len(shown),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not shown,
        "contents": shown,
    }


def about_feed() -> dict[str, str]:
    """What the root of a feed says of itself."""
    return {"version": "HSDS-UK-3.0", "profile": _PROFILE, "openapi_url": _PROFILE}


def _schedule(offer: Offer, times: Timetable) -> dict[str, Any]:
    parts = dict(part.split("=", 1) for part in times.rule.split(";")) if times.rule else {}
    schedule: dict[str, Any] = {
        "id": _id(offer, "schedule"),
        "dtstart": times.starts.date().isoformat(),
        "valid_from": times.starts.date().isoformat(),
        "freq": parts.get("FREQ", ""),
        "interval": int(parts.get("INTERVAL", "1")),
        "byday": parts.get("BYDAY", ""),
        "bymonthday": parts.get("BYMONTHDAY", ""),
        "opens_at": times.starts.strftime("%H:%M:%S"),
        "closes_at": times.ends.strftime("%H:%M:%S"),
    }
    if until := parts.get("UNTIL"):
        schedule["valid_to"] = f"{until[:4]}-{until[4:6]}-{until[6:8]}"
    if not times.rule:
        schedule["valid_to"] = schedule["dtstart"]
    # The profile knows weekly and monthly; for any other rule it gets the first day only.
    if schedule["freq"] not in ("WEEKLY", "MONTHLY"):
        del schedule["freq"], schedule["interval"]
    return {name: value for name, value in schedule.items() if value != ""}


def _place(offer: Offer) -> dict[str, Any]:
    location = {
        "id": _id(offer, "location"),
        "location_type": "physical",
        "name": offer.where.en if offer.where else "",
    }
    if offer.directions:
        location["description"] = offer.directions.en
    return {"id": _id(offer, "place"), "location": location}


def _contact(offer: Offer) -> dict[str, Any]:
    phones = [
        {"id": _id(offer, kind), "number": number, "type": kind}
        for kind, number in (("voice", offer.contact.phone), ("text", offer.contact.text))
        if number
    ]
    return {"id": _id(offer, "contact"), "name": offer.owner, "phones": phones}


def _attributes(offer: Offer) -> Iterator[dict[str, Any]]:
    for name, value in _leaves(plain_offer(offer)):
        yield {
            "id": _id(offer, "attribute", name),
            "link_type": TAXONOMY,
            "taxonomy_term": {
                "id": str(uuid5(_OURS, f"term {name} {value}")),
                "name": name,
                "description": value,
                "taxonomy": TAXONOMY,
            },
        }


def _leaves(node: Node | Mapping[str, Node], name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of plain data with its place, written with dots: for.0, name.cy."""
    if isinstance(node, str):
        yield name, node
    else:
        inside = enumerate(node) if isinstance(node, list) else node.items()
        for key, each in inside:
            yield from _leaves(each, f"{name}.{key}" if name else str(key))


def _id(offer: Offer, *what: str) -> str:
    return str(uuid5(_OURS, " ".join((offer.id, *what))))
