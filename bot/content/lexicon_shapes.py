"""How the files of the lexicon are written: concerns, shared words, sayings; one pattern or sentence a line."""

from datetime import date
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.content.shapes import Reviewed, Reviewer, Strict, YesNo

Words = str
Named = dict[str, Words]


class Patterns(Strict):
    """Patterns in both languages, one a line."""

    en: Words = Field(min_length=1)
    cy: Words = Field(min_length=1)


class Meaning(Strict):
    """What a concern means, for staff."""

    en: str = Field(min_length=1)
    cy: str = Field(min_length=1)


class OneConcern(Strict):
    """One concern as a safeguarding lead writes it."""

    id: str = Field(min_length=1)
    meaning: Meaning
    severity: Literal["watch", "urgent", "immediate"]
    hazard: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    reviewed_by: Reviewer
    reviewed: Reviewed
    past_lowers: YesNo = True
    patterns: Patterns
    must_match: Words = Field(min_length=1)
    must_not_match: Words = Field(min_length=1)

    @field_validator("reviewed")
    @classmethod
    def _by_somebody(cls, reviewed: date | None, info: ValidationInfo) -> date | None:
        if (reviewed is None) != (info.data.get("reviewed_by") is None):
            raise ValueError("a review has a day and somebody who made it: write both, or “not yet” and “nobody yet”")
        return reviewed


class Classes(Strict):
    """Word classes by language."""

    en: Named = Field(default_factory=dict)
    cy: Named = Field(default_factory=dict)


class ConcernsFile(Strict):
    """One category's file: its concerns, and the word classes and sayings that were made for them."""

    category: str
    classes: Classes = Field(default_factory=Classes)
    covers: Patterns | None = None
    concerns: list[OneConcern]


class HearsFile(Strict):
    """What is heard in any words, by side door; `covers` only sounds like it. `classes` are its own."""

    classes: Classes = Field(default_factory=Classes)
    covers: Patterns
    honest_answer: list[OneConcern]
    loss: list[OneConcern]
    likely_loss: list[OneConcern]
    doubted_loss: list[OneConcern]
    move_call: list[OneConcern]


class WordsFile(Strict):
    """The words that all patterns share."""

    classes: Classes
    irregular: Named
    text_speak: Named
    ordinary: Words


class EverydayFile(Strict):
    """What is not a concern, and what tells past from now."""

    covers: Patterns
    past: Patterns
    now: Patterns
