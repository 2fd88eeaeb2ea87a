"""Which offer comes next for this parent, and why. Only what the parent chose counts: nothing is inferred about risk.

Journey, principle 1 (THRIVE): informal and universal offers first, never a step on an escalator. The reason that is
shown is always one the parent can recognise, because it repeats their own choice.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.domain.offers import Alike, Directory, Offer
from bot.domain.slots import WALES

THIS_WEEK = timedelta(days=7)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# Made for some, and open to those some only when they said so; others of these may still look in.
_SOME = frozenset({"young_parents", "additional_needs", "welsh"})
_ALL_AGES = 60
_LATE_MORNING = time(11)
_GROUPS = 2
_Rank = tuple[bool, ...]


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
    kinds = {offer.kind for key in wishes.seen if (offer := directory.get(key))}
    ranked = sorted(
        ((_rank(alike, wishes, kinds), offers) for alike, offers in directory.alike(wishes.area).items()
         if _suits(alike, wishes)),
        key=lambda each: each[0],
    )  # fmt: skip
    best: Chosen | None = None
    best_rank: _Rank = ()
    for rank, offers in ranked:
        if best is not None and rank > best_rank:
            break
        found = _soonest(offers, wishes.seen, now, is_open)
        if found is not None and (best is None or _order(*found, now) < _order(best.offer, best.starts_at, now)):
            best, best_rank = Chosen(*found, reason_for(found[0], wishes)), rank
    return best


def _soonest(
    offers: Iterable[Offer], seen: Collection[str], now: datetime, is_open: Callable[[Offer], bool]
) -> tuple[Offer, datetime | None] | None:
    """Of offers that are alike, the one that comes next."""
    best: tuple[Offer, datetime | None] | None = None
    best_at = _NEVER
    for offer in offers:
        at = offer.times.next_after(now) if offer.times else None
        # Most are later than one already found, and need no closer look.
        if (at is None and offer.times) or (best is not None and (at or _NEVER) > best_at):
            continue
        if offer.id not in seen and is_open(offer) and (best is None or _order(offer, at, now) < _order(*best, now)):
            best, best_at = (offer, at), at or _NEVER
    return best


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


def _suits(alike: Alike, wishes: Wishes) -> bool:
    wanted = "everyone" in alike.people or wishes.who in alike.people or bool(alike.people & _SOME)
    return wanted and alike.ages.fit(wishes.stage, wishes.band)


def _rank(alike: Alike, wishes: Wishes, kinds: set[str]) -> _Rank:
    """Smaller is better. Each place is one wish, the weightiest first.

    After two groups comes a person whom every family has: a way in for whoever does not care for groups.
    """
    people = alike.people
    welsh = wishes.language == "cy" and "welsh" in people
    return (
        alike.tier == "targeted",
        len(kinds) >= _GROUPS and "person" not in kinds and alike.kind != "person",
        wishes.language == "cy" and not welsh,
        wishes.who == "dad" and "dad" not in people,
        alike.kind in kinds,
        bool(wishes.need) and wishes.need not in alike.helps_with,
        "everyone" not in people and wishes.who not in people and not welsh,
    )


def _order(offer: Offer, at: datetime | None, now: datetime) -> tuple[Any, ...]:
    """Among offers of one rank: this week before later, soonest first; the last ones only settle ties."""
    ages = offer.ages.to_months - offer.ages.from_months
    return (at is None, at is not None and at - now > THIS_WEEK, at or _NEVER, ages, len(offer.areas), offer.id)
