"""Whether an offer is fit to be shown today, and if not, why: what nobody has checked with its owner is not offered."""

from datetime import date, timedelta
from enum import StrEnum

from bot.domain.offers import PARENTS, Offer

# Staff and owner hear of it so long before it goes stale.
NOTICE = timedelta(days=14)


class Standing(StrEnum):
    """Where an offer stands. `OPEN` and `SOON` (open, and going stale within a fortnight) are shown to parents."""

    OPEN = "open"
    SOON = "soon"
    STALE = "stale"
    NOT_CHECKED = "not_checked"
    NO_CONTACT = "no_contact"
    NO_WELSH = "no_welsh"
    PAUSED = "paused"
    ONLY_DEMO = "only_demo"
    ONLY_REAL = "only_real"
    STAFF_ONLY = "staff_only"


SHOWN = frozenset({Standing.OPEN, Standing.SOON})


def standing(offer: Offer, *, today: date, keeps: timedelta, production: bool) -> Standing:
    """Where the offer stands on `today`, when a check counts for `keeps`.

    What staff hold back is out, whatever else is true of it. In production invented entries are out, and so is whatever
    has no contact, no check, or too old a check. A demo is the other way about: only what is marked as demo, and the
    people everybody has (health visitor, midwife, GP).
    """
    if offer.audience != PARENTS:
        return Standing.STAFF_ONLY
    if offer.paused:
        return Standing.PAUSED
    if offer.welsh_missing:
        return Standing.NO_WELSH
    if not production:
        return Standing.OPEN if offer.demo or is_everybodys(offer) else Standing.ONLY_REAL
    if offer.demo:
        return Standing.ONLY_DEMO
    if not offer.contact:
        return Standing.NO_CONTACT
    if offer.checked is None or offer.checked > today:
        return Standing.NOT_CHECKED
    ends = stale_on(offer, keeps)
    if ends is None or today >= ends:
        return Standing.STALE
    return Standing.SOON if today >= ends - NOTICE else Standing.OPEN


def stale_on(offer: Offer, keeps: timedelta) -> date | None:
    """The first day on which its check counts no more; None while it was never checked."""
    return offer.checked + timedelta(days=max(1, keeps.days)) if offer.checked else None


def is_everybodys(offer: Offer) -> bool:
    """A person that every family has anyway."""
    return offer.tier == "universal" and offer.kind == "person"
