"""The keep-going cards, from flows/cards.yaml. Their words and the words of their drawings stand in cards.po."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.content.directory import read_as
from bot.content.faults import ContentRefused
from bot.content.reading import read_document
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


class _Card(Strict):
    id: Name
    band: Literal["pregnant", "from_0_to_3", "from_3_to_6", "from_6_to_12", "from_1_to_2", "from_2_to_5", "any_age"]
    theme: Literal["talk", "play", "calm", "close"]
    words: Annotated[str, StringConstraints(pattern=r"^cards\.[a-z0-9_]+$")]
    drawing: Literal[DRAWINGS]  # type: ignore[valid-type]  # the tuple above is the list
    source: Text


class _CardsFile(Strict):
    owner: Text
    reviewed: Text
    cards: tuple[_Card, ...] = Field(min_length=1)


def load_cards(flows: Path) -> tuple[Card, ...]:
    """Every card; raises `ContentRefused` with every fault, a band with too few cards included."""
    document = read_document(flows / "cards.yaml")
    read = read_as(_CardsFile, document)
    faults = []
    seen: set[str] = set()
    for place, card in enumerate(read.cards):
        if card.id in seen:
            faults.append(document.fault(f"“{card.id}” is the id of another card too.", "cards", place))
        seen.add(card.id)
    for band in BANDS:
        count = sum(card.band == band for card in read.cards)
        if count < LEAST:
            faults.append(document.fault(f"“{band}” has {count} cards; it needs {LEAST}.", "cards"))
    if faults:
        raise ContentRefused(faults)
    return tuple(Card(one.id, one.band, one.theme, one.words, one.drawing, one.source) for one in read.cards)
