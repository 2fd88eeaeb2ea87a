"""The keep-going cards, from flows/cards.yaml. Their words and the words of their drawings stand in cards.po."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.content.directory import read_as
from bot.content.faults import ContentRefused, Fault
from bot.content.reading import Document, read_document
from bot.content.shapes import Strict
from bot.domain.cards import BANDS, Card

# Our own drawings, in web/templates/chat/_drawings.html.
DRAWINGS = (
    "ball", "book", "breath", "bump", "cup", "face", "floor", "hand", "hold", "mirror", "moon", "peekaboo", "point",
    "sit", "song", "window",
)  # fmt: skip
LEAST = 3

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]


class _Named(Strict):
    id: Name


class _Card(_Named):
    band: Literal["pregnant", "from_0_to_3", "from_3_to_6", "from_6_to_12", "from_1_to_2", "from_2_to_5", "any_age"]
    theme: Literal["talk", "play", "calm", "close"]
    words: Annotated[str, StringConstraints(pattern=r"^cards\.[a-z0-9_]+$")]
    drawing: Literal[DRAWINGS]  # type: ignore[valid-type]  # the tuple above is the list
    source: Name
    beyond: Text = ""


class _Source(_Named):
    title: Text
    address: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    read: date


class _CardsFile(Strict):
    owner: Text
    reviewed: Text
    cards: tuple[_Card, ...] = Field(min_length=1)
    sources: tuple[_Source, ...] = Field(min_length=1)


def load_cards(flows: Path) -> tuple[Card, ...]:
    """Every card; raises `ContentRefused` with every fault: a band with too few cards, a card without its source."""
    document = read_document(flows / "cards.yaml")
    read = read_as(_CardsFile, document)
    faults = [*_same_ids(document, "cards", read.cards), *_same_ids(document, "sources", read.sources)]
    named, used = {source.id for source in read.sources}, {card.source for card in read.cards}
    for place, card in enumerate(read.cards):
        if card.source not in named:
            faults.append(document.fault(f"“{card.source}” is no source of this file.", "cards", place))
    for place, source in enumerate(read.sources):
        if source.id not in used:
            faults.append(document.fault(f"No card names the source “{source.id}”.", "sources", place))
    for band in BANDS:
        count = sum(card.band == band for card in read.cards)
        if count < LEAST:
            faults.append(document.fault(f"“{band}” has {count} cards; it needs {LEAST}.", "cards"))
    if faults:
        raise ContentRefused(faults)
    return tuple(Card(one.id, one.band, one.theme, one.words, one.drawing) for one in read.cards)


def _same_ids(document: Document, part: str, entries: Sequence[_Named]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            yield document.fault(f"“{entry.id}” is the id of another entry too.", part, place)
        seen.add(entry.id)
