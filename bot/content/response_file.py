"""Which safe text answers a disclosure, from flows/safeguarding/responses.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.content.faults import ContentRefused
from bot.content.lexicon_files import CATEGORIES
from bot.content.reading import read_document
from bot.content.shapes import Strict, shape_faults


class _BySeverity(Strict):
    immediate: str
    urgent: str | None = None


class _ResponsesFile(Strict):
    owner: str
    reviewed: str
    watch: str
    responses: dict[str, _BySeverity]


@dataclass(frozen=True, slots=True)
class Responses:
    """The safe texts: an address of the catalogue for each category and severity; `watch` is the one kind line."""

    addresses: Mapping[tuple[str, str], str]
    watch: str

    def address(self, category: str, severity: str) -> str:
        """The safe text's address. There is one for every category, urgent and immediate."""
        return self.addresses[category, severity]


def load_responses(flows: Path) -> Responses:
    """The safe texts of `flows`; raises `ContentRefused` with every fault, a category without a text included."""
    document = read_document(flows / "safeguarding" / "responses.yaml")
    try:
        read = _ResponsesFile.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
    missing = [category for category in CATEGORIES if category not in read.responses]
    if missing:
        raise ContentRefused([document.fault(f"No safe text for “{category}”.", "responses") for category in missing])
    addresses = {}
    for category, texts in read.responses.items():
        addresses[category, "immediate"] = texts.immediate
        addresses[category, "urgent"] = texts.urgent or texts.immediate
    return Responses(addresses, read.watch)
