"""Small shapes that the team's and the directory's files share: text in two languages, weekly hours, days."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.content.faults import Fault
from bot.content.reading import Document
from bot.domain.conversation import Bilingual
from bot.domain.slots import WEEKDAYS

_RANGE = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


class Strict(BaseModel):
    """Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLanguages(Strict):
    """The same words in Welsh and in English; neither may be missing."""

    cy: str
    en: str

    def value(self) -> Bilingual:
        """As the rest of the bot passes it on."""
        return Bilingual(self.cy, self.en)


def _yes(value: Any) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return bool(value == "yes")


def _clock(value: str) -> time:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(f"{value} is not a time such as 09:30")
    return time.fromisoformat(value)


def _range(value: str) -> tuple[time, time]:
    found = _RANGE.fullmatch(value)
    if not found:
        raise ValueError(f"{value} is not hours such as 09:30-12:00")
    opens, closes = _clock(found[1]), _clock(found[2])
    if opens >= closes:
        raise ValueError(f"{value} ends before it begins; the earlier hour comes first, such as 09:30-12:00")
    return opens, closes


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"{value} is not a day such as 2027-01-31") from None


def _weekday(value: str) -> str:
    if value not in WEEKDAYS:
        raise ValueError(f"{value} is not a day such as monday")
    return value


def _review_day(value: Any) -> date | None:
    if value == "not yet":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("must be the day of the review, such as 2027-01-31, or “not yet”") from None


def _reviewer(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be who reviewed it, or “nobody yet”")
    return None if value == "nobody yet" else value


YesNo = Annotated[bool, BeforeValidator(_yes)]
Clock = Annotated[time, BeforeValidator(_clock)]
Weekday = Annotated[str, AfterValidator(_weekday)]
WeeklyHours = dict[Weekday, tuple[Annotated[tuple[time, time], BeforeValidator(_range)], ...]]
# None: honestly "not yet".
Reviewed = Annotated[date | None, BeforeValidator(_review_day)]
Reviewer = Annotated[str | None, BeforeValidator(_reviewer)]
Day = Annotated[date, BeforeValidator(_day)]


def shape_faults(document: Document, refused: ValidationError) -> list[Fault]:
    """What pydantic found, at its line, as sentences."""
    return [
        document.fault(_sentence(error["type"], error["loc"], error.get("ctx", {}), error["msg"]), *error["loc"])
        for error in refused.errors(include_url=False, include_input=False)
    ]


# What belongs there, by what pydantic calls the fault.
_WANTED = {
    "missing": "is missing",
    "extra_forbidden": "is no name that this file knows",
    "string_type": "must be one word or line, not a list",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be names, each with a colon",
    "model_type": "must be names, each with a colon",
    "int_parsing": "must be a whole number",
    "too_short": "has nothing in it",
    "string_too_short": "has nothing in it",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "string_pattern_mismatch": "is not written as it must be: see flows/README.md",
}


def _sentence(kind: str, place: tuple[int | str, ...], told: Mapping[str, Any], message: str) -> str:
    """The fault in words, after the names above it; in a list with its number, from 1."""
    where = ", ".join(
        f"“{each}”" if isinstance(each, str) else f"number {each + 1}" for each in place if each != "[key]"
    )
    if kind == "value_error":
        return f"{where}: {told['error']}."
    if kind not in _WANTED:
        return f"{where}: {message}."
    values = {name: str(value).replace("'", "") for name, value in told.items()}
    return f"{where} {_WANTED[kind].format_map(values)}."
