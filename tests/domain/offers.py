"""Offers for tests: sound by default, a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.conversation import Bilingual
from bot.domain.offers import Ages, Contact, Offer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Weekly:
    """Every week at the same moment, for an hour: enough of a timetable for a rule about choosing."""

    def __init__(self, first: datetime, last: datetime | None = None) -> None:
        self.first, self.last = first, last

    def next_after(self, now: datetime) -> datetime | None:
        at = self.first
        while at <= now:
            at += timedelta(days=7)
        return None if self.last and at > self.last else at

    def end_of(self, starts_at: datetime) -> datetime:
        return starts_at + timedelta(hours=1)


def in_days(days: float) -> Weekly:
    """Something that happens so many days from now, and then every week."""
    return Weekly(NOW + timedelta(days=days))


def offer(id_: str, **changes: object) -> Offer:
    """A group for everyone of any age, tomorrow, checked this month."""
    plain = Offer(
        id=id_,
        areas=("bridgend",),
        kind="group",
        name=Bilingual(f"Grŵp {id_}", f"Group {id_}"),
        what=Bilingual("Dere i mewn.", "Walk in."),
        cost=Bilingual("Am ddim", "Free"),
        ages=Ages(True, 0, 60),
        people=frozenset({"everyone"}),
        audience="parents",
        tier="informal",
        thrive="thriving",
        join=("drop_in",),
        owner="somebody",
        source="test",
        times=in_days(1),
        contact=Contact(way=Bilingual("Dere", "Come")),
        checked=date(2026, 11, 1),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
