"""What staff may say of an offer on the console: the same names and the same rules as in its file.

A file's entry has a mark. What was confirmed belongs to the entry of that mark: when somebody changes the file
afterwards, the file counts, with the check that stands in it.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from bot.content.offer_file import OfferEntry
from bot.content.offer_plain import plain_offer
from bot.content.reading import Node
from bot.domain.offers import Offer

# The names of a file that an owner may correct on the telephone. All others decide who may know of an offer, and stand
# in the file alone.
SAID_BY_OWNER = (
    "name",
    "what",
    "where",
    "directions",
    "times",
    "when",
    "cost",
    "contact",
    "owner",
    "owner_email",
    "welsh",
)


class Unfit(ValueError):
    """An offer with these facts would be refused in a file. `places` are the names at fault; () is the whole."""

    def __init__(self, places: tuple[tuple[str, ...], ...]) -> None:
        super().__init__(str(places))
        self.places = places


def mark_of(offer: Offer) -> str:
    """The mark of an entry: another one whenever anything but its check is changed."""
    plain = {name: value for name, value in plain_offer(offer).items() if name != "checked"}
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def with_facts(offer: Offer, facts: Mapping[str, Any]) -> Offer:
    """The offer with these facts in place of its own; None takes one away. Raises `Unfit`."""
    if not facts:
        return offer
    if strange := set(facts) - set(SAID_BY_OWNER):
        raise Unfit(tuple((name,) for name in sorted(strange)))
    plain = {name: value for name, value in {**plain_offer(offer), **facts}.items() if value is not None}
    try:
        return OfferEntry.model_validate(plain).offer(offer.areas, offer.path, offer.line)
    except ValidationError as refused:
        raise Unfit(tuple(tuple(map(str, error["loc"])) for error in refused.errors())) from None


def facts_between(offer: Offer, other: Mapping[str, Node | None]) -> dict[str, Node | None]:
    """What of `other`, by the names of a file, is otherwise than in the entry of `offer`."""
    plain = plain_offer(offer)
    return {name: value or None for name, value in other.items() if (value or None) != plain.get(name)}


def confirmed(offer: Offer, mark: str, facts: Mapping[str, Any], checked: date) -> Offer:
    """The entry of a file as its owner confirmed it on `checked`; as the file has it where that was changed since.

    The later of both checks counts.
    """
    if mark != mark_of(offer):
        return offer
    try:
        said = with_facts(offer, facts)
    except Unfit:
        # The rules for a file have become stricter: then what was said must be said again.
        return offer
    return replace(said, checked=max(checked, offer.checked or checked), paused=offer.paused)
