"""One offer as a file holds it: which names it may have and what may stand after each, both ways.

flows/README.md explains the same words to whoever keeps the directory; a test holds the two together.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from bot.content.shapes import BothLanguages, Clock, Day, Strict, YesNo
from bot.content.timetable import BadRule, Timetable
from bot.domain.conversation import Bilingual
from bot.domain.offers import STAFF_TIERS, Ages, Contact, Offer

NOT_YET = "not yet"
MOST_MONTHS = 60

Kind = Literal["massage", "group", "play", "story", "walk", "dads", "bump", "chat", "home", "person", "service"]
Audience = Literal["parents", "staff"]
Tier = Literal["informal", "universal", "targeted", "statutory", "specialist"]
Thrive = Literal["thriving", "getting_advice", "getting_help", "getting_more_help", "getting_risk_support"]
People = Literal["everyone", "dad", "young_parents", "welsh", "additional_needs"]
Need = Literal["nights", "feeding", "company", "together"]
Note = Literal["pram", "bus", "feeding", "quiet"]
Join = Literal["drop_in", "ring", "text", "self_refer", "ask_professional"]
WORDS: dict[str, Any] = {
    "kind": Kind, "audience": Audience, "tier": Tier, "thrive": Thrive, "for": People, "helps_with": Need,
    "notes": Note, "join": Join,
}  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {name: get_args(kind) for name, kind in WORDS.items()}

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{1,60}$")]


def _like(pattern: str, example: str) -> BeforeValidator:
    """Text of a pattern, or none at all; the fault shows an example."""
    whole = re.compile(pattern)

    def read(value: Any) -> str:
        if not isinstance(value, str) or (value and not whole.fullmatch(value)):
            raise ValueError(f"must be like {example}")
        return value

    return BeforeValidator(read)


Number = Annotated[str, _like(r"0[\d ]{9,13}|\d{3}|\+44[\d ]{9,13}", "01656 000000")]
Address = Annotated[str, _like(r"[^@\s]+@[^@\s]+\.[^@\s]+", "name@example.org")]
Web = Annotated[str, _like(r"https?://[^\s<>\"']+", "https://example.org")]


def _both(value: BothLanguages) -> BothLanguages:
    if not (value.cy.strip() and value.en.strip()):
        raise ValueError("needs words in both languages")
    return value


def _day_or_not_yet(value: Any) -> Any:
    if value == NOT_YET:
        return None
    if not isinstance(value, str):
        raise ValueError("must be a day such as 2026-11-23, or “not yet”")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is no day such as 2026-11-23, and not “{NOT_YET}”") from None


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be a day and a time such as 2026-09-08 10:00")
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - wall time of Wales, by the file's own rule
    except ValueError:
        raise ValueError(f"{value} is no day and time such as 2026-09-08 10:00") from None


def _months(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and int(value[:4]) <= MOST_MONTHS):
        raise ValueError(f"must be a number of months from 0 to {MOST_MONTHS}")
    return int(value)


Words = Annotated[BothLanguages, AfterValidator(_both)]
Months = Annotated[int, BeforeValidator(_months)]


class When(Strict):
    """A timetable."""

    starts: Annotated[datetime, BeforeValidator(_moment)]
    ends: Clock
    rule: str = ""
    not_on: tuple[Day, ...] = ()
    bank_holidays: YesNo = False

    def timetable(self) -> Timetable:
        """As the rest of the bot asks it. Raises `BadRule`."""
        return Timetable(self.starts, self.ends, self.rule, frozenset(self.not_on), self.bank_holidays)

    @model_validator(mode="after")
    def _can_be_followed(self) -> "When":
        try:
            self.timetable()
        except BadRule as why:
            raise ValueError(str(why)) from None
        return self


class AgesEntry(Strict):
    """For which ages."""

    pregnancy: YesNo = False
    from_months: Months = 0
    to_months: Months = MOST_MONTHS

    @model_validator(mode="after")
    def _some_age(self) -> "AgesEntry":
        if self.from_months > self.to_months or (self.from_months == self.to_months and not self.pregnancy):
            raise ValueError("suits no age: from_months must be less than to_months")
        return self


class ContactEntry(Strict):
    """How its owner is reached."""

    phone: Number = ""
    text: Number = ""
    email: Address = ""
    web: Web = ""
    way: Words | None = None


class OfferEntry(Strict):
    """One offer."""

    id: Name
    areas: tuple[Name, ...] = ()
    demo: YesNo = False
    audience: Audience
    tier: Tier
    thrive: Thrive
    kind: Kind
    name: Words
    also_called: tuple[Text, ...] = ()
    what: Words
    where: Words | None = None
    directions: Words | None = None
    times: When | None = None
    when: Words | None = None
    term_time: YesNo = False
    cost: Words
    ages: AgesEntry
    people: tuple[People, ...] = Field(alias="for", min_length=1)
    helps_with: tuple[Need, ...] = ()
    notes: dict[Note, Words] = Field(default_factory=dict)
    join: tuple[Join, ...] = Field(min_length=1)
    contact: ContactEntry = ContactEntry()
    owner: Text
    owner_email: Address = ""
    checked: Annotated[date | None, BeforeValidator(_day_or_not_yet)]
    source: Text
    welsh: Literal["not yet"] | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> "OfferEntry":
        if self.tier in STAFF_TIERS and self.audience != "staff":
            raise ValueError(f"is {self.tier}: only staff may know of it, so its audience must be staff")
        if self.demo and not ("demo" in self.name.en.casefold() and "demo" in self.name.cy.casefold()):
            raise ValueError("is a demo entry, and its name does not say so")
        if self.audience == "parents" and not (self.times or self.when):
            raise ValueError("needs “times”, or “when” in words")
        return self

    def offer(self, areas: tuple[str, ...], path: str, line: int) -> Offer:
        """As the rest of the bot knows it; `areas` are those of its file where it names none."""
        return Offer(
            id=self.id,
            areas=self.areas or areas,
            kind=self.kind,
            name=self.name.value(),
            what=self.what.value(),
            cost=self.cost.value(),
            ages=Ages(self.ages.pregnancy, self.ages.from_months, self.ages.to_months),
            people=frozenset(self.people),
            audience=self.audience,
            tier=self.tier,
            thrive=self.thrive,
            join=self.join,
            owner=self.owner,
            source=self.source,
            where=_value(self.where),
            directions=_value(self.directions),
            times=self.times.timetable() if self.times else None,
            when=_value(self.when),
            term_time=self.term_time,
            helps_with=frozenset(self.helps_with),
            notes={name: words.value() for name, words in self.notes.items()},
            contact=Contact(
                self.contact.phone, self.contact.text, self.contact.email, self.contact.web, _value(self.contact.way)
            ),
            owner_email=self.owner_email,
            checked=self.checked,
            demo=self.demo,
            welsh_missing=self.welsh is not None,
            also_called=self.also_called,
            path=path,
            line=line,
        )


class OffersFile(Strict):
    """The offers of an area, or of several."""

    areas: tuple[Name, ...] = Field(min_length=1)
    offers: tuple[OfferEntry, ...]


def _value(words: BothLanguages | None) -> Bilingual | None:
    return words.value() if words else None
