"""Choosing one real thing near a parent. Chosen from what the parent said, never from an inference about risk."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.conversation import Bilingual
from bot.domain.slots import WALES, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Offer:
    """Something a parent can walk into. `audience` staff is never shown to a parent."""

    id: str
    area: str
    name: Bilingual
    what: Bilingual
    where: Bilingual
    cost: Bilingual
    weekday: str
    at: time
    stages: frozenset[str]
    people: frozenset[str]
    audience: str
    demo: bool
    checked: str
    path: str = ""
    line: int = 0

    def next_at(self, now: datetime) -> datetime:
        """When it next happens, after `now`."""
        today = now.astimezone(WALES).date()
        day = today + timedelta(days=(WEEKDAYS.index(self.weekday) - today.weekday()) % 7)
        at = datetime.combine(day, self.at, WALES).astimezone(UTC)
        return at if at > now else datetime.combine(day + timedelta(days=7), self.at, WALES).astimezone(UTC)


def choose_offer(
    offers: Iterable[Offer], *, area: str, stage: str, who: str, seen: Collection[str], now: datetime
) -> Offer | None:
    """The next offer for this parent: in the area, for the age, for dads first where a dad asks; soonest first."""
    fitting = [
        offer
        for offer in offers
        if offer.audience == "parents"
        and offer.area == area
        and offer.id not in seen
        and (not stage or stage in offer.stages)
        and ("everyone" in offer.people or who in offer.people)
    ]
    return min(fitting, key=lambda offer: (who not in offer.people, offer.next_at(now), offer.id), default=None)
