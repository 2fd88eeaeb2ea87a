"""The directory as it stands: the files, and what staff confirmed, corrected and held back on the console."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.content.offer_facts import confirmed
from bot.domain.offers import Directory, Offer
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.storage import kept_offers
from bot.storage.kept_offers import KeptOffer
from bot.storage.transaction import Transaction


def know_offers(desk: Desk, tx: Transaction) -> Directory:
    """Today's directory, whichever process was told of a change. Put together again only after one."""
    version = kept_offers.version(tx)
    if not version:
        return desk.directory
    if desk.known.last is not None:
        (directory, database, seen), known = desk.known.last
        if directory is desk.directory and database is desk.database and seen == version:
            return known
    found = Directory(tuple(laid_over(desk.directory.offers, kept_offers.every(tx))))
    found.look_ahead(desk.now())
    desk.known.last = ((desk.directory, desk.database, version), found)
    return found


def with_known_offers(desk: Desk, tx: Transaction) -> Desk:
    """The desk with today's directory."""
    return replace(desk, directory=know_offers(desk, tx))


def laid_over(offers: Iterable[Offer], kept: Mapping[str, KeptOffer]) -> Iterable[Offer]:
    """The offers of the files as staff keep them."""
    for offer in offers:
        mine = kept.get(offer.id)
        if mine is None:
            yield offer
            continue
        held = replace(offer, paused=mine.paused_at is not None)
        day = mine.checked_at.astimezone(WALES).date() if mine.checked_at else None
        yield confirmed(held, mine.mark, mine.facts, day) if day else held
