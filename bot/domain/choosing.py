"""Which offer comes next for this parent, and why. Only what the parent chose counts: nothing is inferred about risk.

Journey, principle 1 (THRIVE): informal and universal offers first, never a step on an escalator. The reason that is
shown is always one the parent can recognise, because it repeats their own choice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.domain.offers import Directory, Offer
from bot.domain.slots import WALES

THIS_WEEK = timedelta(days=7)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# Made for some, and open to those some only when they said so; others of these may still look in.
_SOME = frozenset({"young_parents", "additional_needs", "welsh"})
_ALL_AGES = 60
_LATE_MORNING = time(11)
_GROUPS = 2


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the parent chose so far. `need` is what they would like to be different; `seen` what was shown already."""

    area: str
    stage: str = ""
    band: str = ""
    who: str = ""
    language: str = ""
    need: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """An offer, when it next begins (None where nothing is fixed), and which choice of the parent speaks for it."""

    offer: Offer
    starts_at: datetime | None
    reason: str


def choose_offer(
    directory: Directory, wishes: Wishes, *, now: datetime, is_open: Callable[[Offer], bool]
) -> Chosen | None:
    """The next offer, or None. `is_open` says whether an offer is fit to be shown at all (checked, fresh)."""
    seen = frozenset(wishes.seen)
    kinds = {offer.kind for key in seen if (offer := directory.get(key))}
    best: Offer | None = None
    best_rank: tuple[Any, ...] = ()
    best_at: datetime | None = None
    for offer in directory.near(wishes.area):
        if offer.id in seen or not _suits(offer, wishes) or not is_open(offer):
            continue
        at = offer.times.next_after(now) if offer.times else None
        if offer.times and at is None:
            continue
        rank = _rank(offer, at, wishes, kinds, now)
        if best is None or rank < best_rank:
            best, best_rank, best_at = offer, rank, at
    return Chosen(best, best_at, reason_for(best, wishes)) if best else None


def reason_for(offer: Offer, wishes: Wishes) -> str:
    """The choice of the parent that speaks for the offer most: a need, dad, Welsh, the child's age, else the area."""
    if wishes.need and wishes.need in offer.helps_with:
        return wishes.need
    if wishes.who == "dad" and "dad" in offer.people:
        return "dad"
    if wishes.language == "cy" and "welsh" in offer.people:
        return "welsh"
    if wishes.stage == "pregnant" and offer.ages.pregnancy:
        return "pregnant"
    made_for_an_age = offer.ages.to_months - offer.ages.from_months < _ALL_AGES
    if wishes.stage in ("under_1", "from_1_to_2", "from_2_to_4") and made_for_an_age:
        return wishes.stage
    return "area"


def ask_at(starts_at: datetime | None, now: datetime) -> datetime:
    """When to ask whether the parent got there: two days after it, late in the morning; else a week from now."""
    day = ((starts_at or now + timedelta(days=5)) + timedelta(days=2)).astimezone(WALES).date()
    return datetime.combine(day, _LATE_MORNING, WALES).astimezone(UTC)


def _suits(offer: Offer, wishes: Wishes) -> bool:
    people = offer.people
    wanted = "everyone" in people or wishes.who in people or bool(people & _SOME)
    return wanted and offer.ages.fit(wishes.stage, wishes.band)


def _rank(offer: Offer, at: datetime | None, wishes: Wishes, kinds: set[str], now: datetime) -> tuple[Any, ...]:
    """Smaller is better. Each place is one wish, the weightiest first; the last ones only settle ties.

    After two groups comes a person whom every family has: a way in for whoever does not care for groups.
    """
    people = offer.people
    return (
        offer.tier == "targeted",
        len(kinds) >= _GROUPS and "person" not in kinds and offer.kind != "person",
        wishes.language == "cy" and "welsh" not in people,
        wishes.who == "dad" and "dad" not in people,
        offer.kind in kinds,
        bool(wishes.need) and wishes.need not in offer.helps_with,
        "everyone" not in people and wishes.who not in people and not (wishes.language == "cy" and "welsh" in people),
        at is None,
        at is not None and at - now > THIS_WEEK,
        at or _NEVER,
        offer.ages.to_months - offer.ages.from_months,
        len(offer.areas),
        offer.id,
    )
