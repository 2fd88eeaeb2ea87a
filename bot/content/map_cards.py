"""What the map shows of each step, whichever way it is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a step: what the parent chooses, in both languages, and where it leads."""

    welsh: str
    english: str
    target: str


@dataclass(frozen=True, slots=True)
class Card:
    """What the picture says of one step."""

    name: str
    chapter: str
    welsh: str
    english: str
    exits: tuple[Exit, ...]
    end: bool
    entered_by: str | None
