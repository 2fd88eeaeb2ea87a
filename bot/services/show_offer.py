"""Shows an offer on the parent's page: everything on one card, in the parent's language."""

from dataclasses import dataclass
from datetime import datetime

from bot.content.moments import day_in_words, moment_in_words
from bot.content.open_referral import service_id
from bot.domain.conversation import Bilingual, Conversation
from bot.domain.freshness import SHOWN
from bot.domain.offers import Offer
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer

# In the order in which somebody with a pram asks.
_NOTES = ("pram", "bus", "feeding", "quiet")


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One offer as a page shows it. `for_whom` and `join` are addresses; `calendar` is the id of a calendar entry.

    `ways` are (kind, value) with kind phone, text, email or web.
    """

    name: str
    when: str
    where: str
    directions: str
    cost: str
    what: str
    way: str
    for_whom: tuple[str, ...]
    join: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, str], ...]
    calendar: str
    checked: str


def show_offer(desk: Desk, conversation: Conversation, offer_id: str, now: datetime) -> OfferCard | None:
    """The card; None for what is not fit to be shown (any more), and after a loss."""
    offer = desk.directory.get(offer_id)
    if offer is None or conversation.loss or judge_offer(desk, offer, now) not in SHOWN:
        return None
    return _card(offer, conversation.language or "cy", now)


def _card(offer: Offer, language: str, now: datetime) -> OfferCard:
    def words(value: Bilingual | None) -> str:
        return "" if value is None else value.cy if language == "cy" else value.en

    starts_at = offer.times.next_after(now) if offer.times else None
    when = words(offer.when)
    if offer.times and starts_at:
        ends = offer.times.end_of(starts_at).astimezone(WALES)
        when = f"{moment_in_words(language, starts_at)}-{ends:%H:%M}"
    contact = offer.contact
    ways = (("phone", contact.phone), ("text", contact.text), ("email", contact.email), ("web", contact.web))
    return OfferCard(
        name=words(offer.name),
        when=when[:1].upper() + when[1:],
        where=words(offer.where),
        directions=words(offer.directions),
        cost=words(offer.cost),
        what=words(offer.what),
        way=words(contact.way),
        for_whom=(
            *(f"offers.for.{people}" for people in sorted(offer.people)),
            *(("offers.term_time",) if offer.term_time else ()),
        ),
        join=tuple(f"offers.join.{each}" for each in offer.join),
        notes=tuple((name, words(offer.notes[name])) for name in _NOTES if name in offer.notes),
        ways=tuple((kind, value) for kind, value in ways if value),
        calendar=str(service_id(offer)) if starts_at else "",
        checked=day_in_words(language, offer.checked) if offer.checked and not offer.demo else "",
    )
