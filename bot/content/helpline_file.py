"""Helplines, from flows/helplines.yaml: the only numbers a text may quote."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from bot.content.faults import ContentRefused
from bot.content.reading import read_document
from bot.content.shapes import BothLanguages, Strict, shape_faults
from bot.domain.conversation import Bilingual

NOT_YET = "not yet"


def _day_or_not_yet(value: str) -> str:
    if value != NOT_YET:
        date.fromisoformat(value)
    return value


class Helpline(Strict):
    """One line. `checked` is the day somebody confirmed it with its owner, or "not yet"."""

    name: BothLanguages
    number: BothLanguages
    hours: str
    source: str
    owner: str = Field(min_length=1)
    checked: Annotated[str, AfterValidator(_day_or_not_yet)]


class _HelplinesFile(Strict):
    helplines: dict[str, Helpline]


def read_helplines(flows: Path) -> Mapping[str, Helpline]:
    """Every helpline by key; raises `ContentRefused` with every fault."""
    document = read_document(flows / "helplines.yaml")
    try:
        return _HelplinesFile.model_validate(document.data).helplines
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None


def load_helplines(flows: Path) -> Mapping[str, Bilingual]:
    """What a text quotes for each key: the number as it is said in each language."""
    return {key: line.number.value() for key, line in read_helplines(flows).items()}
