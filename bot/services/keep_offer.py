"""Keeps what an offer's owner said to a member of staff today; holds an offer back, and lets it be shown again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.content.offer_facts import Unfit, facts_between, mark_of, with_facts
from bot.content.offer_file import OfferEntry
from bot.content.open_referral_in import TO_CONFIRM
from bot.domain.conversation import LANGUAGES, Bilingual
from bot.domain.offers import PARENTS, Offer
from bot.services.desk import Desk
from bot.services.weigh_offer_words import weigh_offer_words
from bot.storage import audit, kept_offers
from bot.storage.transaction import Transaction


class NoSuchOffer(LookupError):
    """The directory has no offer of that id."""


class StaleOffer(Exception):
    """Somebody kept something else in the meantime, or the file was changed: nothing was changed."""


class UnfitOffer(ValueError):
    """Parents could not be told so. `faults` are (name in the form, code), for whoever wrote it."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__(str(faults))
        self.faults = faults


def keep_offer(
    desk: Desk, offer_id: str, said: Mapping[str, Any], who: str, now: datetime, *, seen: int, mark: str, asked: bool
) -> None:
    """Its owner confirmed it just now. `said` is what they said, by the names of a file; `seen` and `mark` are the
    revision and the file's entry that whoever asked them had before their eyes. Not `asked`, it is not kept.

    Raises `NoSuchOffer`, `UnfitOffer` with every fault, `StaleOffer`.
    """
    offer = _of_file(desk, offer_id)
    if mark != mark_of(offer):
        raise StaleOffer(offer_id)
    facts = facts_between(offer, said)
    faults = _faults(desk, offer, facts, now) + ([] if asked else [("asked", "not_asked")])
    if faults:
        raise UnfitOffer(tuple(dict.fromkeys(faults)))

    def work(tx: Transaction) -> None:
        if not kept_offers.confirm(tx, offer_id, mark, facts, who, now, seen=seen):
            raise StaleOffer(offer_id)
        audit.record(tx, who, "confirm", "offer", offer_id, now)
        for name in sorted(facts):
            audit.record(tx, who, f"correct_{name}", "offer", offer_id, now)

    desk.database.write(work)


def pause_offer(desk: Desk, offer_id: str, who: str, now: datetime, *, seen: int, held: bool) -> None:
    """No parent is told of it from now on (`held`), or they may be again. Raises `NoSuchOffer`, `StaleOffer`."""
    _of_file(desk, offer_id)

    def work(tx: Transaction) -> None:
        if not kept_offers.pause(tx, offer_id, who, now if held else None, seen=seen):
            raise StaleOffer(offer_id)
        audit.record(tx, who, "hold_back" if held else "show_again", "offer", offer_id, now)

    desk.database.write(work)


def _of_file(desk: Desk, offer_id: str) -> Offer:
    offer = desk.directory.get(offer_id)
    if offer is None:
        raise NoSuchOffer(offer_id)
    return offer


def _faults(desk: Desk, offer: Offer, facts: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    try:
        said = with_facts(offer, facts)
    except Unfit as unfit:
        return [(_in_form(place), "shape") for place in unfit.places]
    if said.audience != PARENTS:
        return []
    faults = [("contact.phone", "no_contact")] if not said.contact else []
    faults += [
        (f"{name}.{language}", "to_confirm")
        for name in ("cost", "when", "where")
        for language in LANGUAGES
        if _words(getattr(said, name), language) == _words(TO_CONFIRM, language)
    ]
    faults += [
        (f"{name}.cy", "no_welsh")
        for name in ("what", "cost", "when")
        if offer.welsh_missing and _is_one_language(getattr(said, name))
    ]
    return faults + weigh_offer_words(desk, said, now)


def _in_form(place: tuple[str, ...]) -> str:
    """Where a fault of a file stands in the form; a fault of the whole stands at its head."""
    known = OfferEntry.model_fields
    return ".".join(place[:2]) if place and place[0] in known else ""


def _is_one_language(value: Bilingual | None) -> bool:
    """Whether the same words stand for both languages. A price is the same in both."""
    return value is not None and value.cy == value.en and any(letter.isalpha() for letter in value.en)


def _words(value: Bilingual | None, language: str) -> str:
    return "" if value is None else value.cy if language == "cy" else value.en
