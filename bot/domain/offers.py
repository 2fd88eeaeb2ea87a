"""What is near a parent: one offer, and the directory of them. What a parent never meets is marked for staff."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from bot.domain.conversation import Bilingual

PARENTS, STAFF = "parents", "staff"
# Tiers of the service map that are never offered to a parent: nobody can refer themselves, and the names are feared.
STAFF_TIERS = frozenset({"statutory", "specialist"})
# Months, the last not counted: what the answers about a child's age mean.
MONTHS: Mapping[str, tuple[int, int]] = {
    "under_1": (0, 12),
    "from_0_to_3": (0, 3),
    "from_3_to_6": (3, 6),
    "from_6_to_12": (6, 12),
    "from_1_to_2": (12, 24),
    "from_2_to_4": (24, 60),
}


class Timetable(Protocol):
    """When something happens."""

    def next_after(self, now: datetime) -> datetime | None:
        """When it next begins, strictly after `now`, as aware UTC; None when it never does again."""
        ...

    def end_of(self, starts_at: datetime) -> datetime:
        """When what begins then ends, as aware UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """How its owner is reached. `way` says it where there is no number to give ("ask at your surgery")."""

    phone: str = ""
    text: str = ""
    email: str = ""
    web: str = ""
    way: Bilingual | None = None

    def __bool__(self) -> bool:
        return bool(self.phone or self.text or self.email or self.web or self.way)


@dataclass(frozen=True, slots=True)
class Ages:
    """For whom it is: in pregnancy or not, and from so many months to so many, the last not counted."""

    pregnancy: bool
    from_months: int
    to_months: int

    def fit(self, stage: str, band: str) -> bool:
        """Whether it suits what the parent said of the child; what was not said excludes nothing."""
        if stage == "pregnant":
            return self.pregnancy
        months = MONTHS.get(band) or MONTHS.get(stage)
        return months is None or (self.from_months < months[1] and months[0] < self.to_months)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something real that a parent can turn to, or (`audience` staff) that only staff may know of.

    `times` is when it happens; where nothing is fixed, `when` says so in words; `term_time`
    is a note that it rests in school holidays. `kind` keeps three offers from being
    the same thing three times. `people` and `helps_with` say for whom it is made; `checked` is the day its owner
    confirmed it, None while nobody has. `paused`: staff hold it back.
    """

    id: str
    areas: tuple[str, ...]
    kind: str
    name: Bilingual
    what: Bilingual
    cost: Bilingual
    ages: Ages
    people: frozenset[str]
    audience: str
    tier: str
    thrive: str
    join: tuple[str, ...]
    owner: str
    source: str
    where: Bilingual | None = None
    directions: Bilingual | None = None
    times: Timetable | None = None
    when: Bilingual | None = None
    term_time: bool = False
    helps_with: frozenset[str] = frozenset()
    notes: Mapping[str, Bilingual] = field(default_factory=dict)
    contact: Contact = Contact()
    owner_email: str = ""
    checked: date | None = None
    demo: bool = False
    welsh_missing: bool = False
    also_called: tuple[str, ...] = ()
    paused: bool = False
    path: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def for_parents(self) -> Iterator[Bilingual]:
        """Every text of it that a parent can read."""
        texts = (self.name, self.what, self.cost, self.where, self.directions, self.when, self.contact.way)
        yield from (text for text in (*texts, *self.notes.values()) if text is not None)


@dataclass(frozen=True, slots=True)
class Alike:
    """What offers have in common that are as good as each other for every parent, but for their time."""

    tier: str
    kind: str
    people: frozenset[str]
    helps_with: frozenset[str]
    ages: Ages


@dataclass(frozen=True)
class Directory:
    """Every offer of every area. Immutable and shared; `near` is looked up, not searched for."""

    offers: tuple[Offer, ...]

    @cached_property
    def _by_id(self) -> Mapping[str, Offer]:
        return {offer.id: offer for offer in self.offers}

    @cached_property
    def _by_area(self) -> Mapping[str, tuple[Offer, ...]]:
        found: dict[str, list[Offer]] = {}
        for offer in self.offers:
            for area in offer.areas if offer.audience == PARENTS and offer.tier not in STAFF_TIERS else ():
                found.setdefault(area, []).append(offer)
        return {area: tuple(offers) for area, offers in found.items()}

    @cached_property
    def _alike(self) -> Mapping[str, Mapping[Alike, tuple[Offer, ...]]]:
        found: dict[str, dict[Alike, list[Offer]]] = {}
        for area, offers in self._by_area.items():
            for offer in offers:
                alike = Alike(offer.tier, offer.kind, offer.people, offer.helps_with, offer.ages)
                found.setdefault(area, {}).setdefault(alike, []).append(offer)
        return {area: {alike: tuple(offers) for alike, offers in kinds.items()} for area, kinds in found.items()}

    def alike(self, area: str) -> Mapping[Alike, tuple[Offer, ...]]:
        """What `near` gives, put together by what a choice looks at: so choosing looks at few of many thousands."""
        return self._alike.get(area, {})

    def get(self, offer_id: str) -> Offer | None:
        """The offer of that id."""
        return self._by_id.get(offer_id)

    def look_ahead(self, now: datetime) -> None:
        """Works out when everything next happens, once at start, so that the first parent does not wait for it."""
        for area in self._by_area:
            for offer in (one for offers in self.alike(area).values() for one in offers):
                if offer.times:
                    offer.times.next_after(now)

    def near(self, area: str) -> tuple[Offer, ...]:
        """What a parent there may be told of; nothing that is for staff."""
        return self._by_area.get(area, ())
