"""Keep-going cards: one thing of thirty seconds to try with baby, by age, chosen by what the parent said."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

BANDS = ("pregnant", "from_0_to_3", "from_3_to_6", "from_6_to_12", "from_1_to_2", "from_2_to_5", "any_age")
THEMES = ("talk", "play", "calm", "close")
# What the answers about age mean for a card. What is not here gets a card for any age.
_BAND_OF: Mapping[str, str] = {"pregnant": "pregnant", "from_1_to_2": "from_1_to_2", "from_2_to_4": "from_2_to_5"}
# The theme that suits what the parent would like to be different.
_THEME_FOR: Mapping[str, str] = {"nights": "calm", "feeding": "close", "company": "talk", "together": "play"}


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `words` and `picture` are addresses in the catalogue; `drawing` is one of our own drawings."""

    id: str
    band: str
    theme: str
    words: str
    drawing: str


def band_of(stage: str, baby_age: str) -> str:
    """The band of cards for what the parent said: the stage alone, or the months where a baby is under one."""
    if baby_age in BANDS:
        return baby_age
    return _BAND_OF.get(stage, "any_age")


def choose_card(cards: Iterable[Card], *, band: str, need: str, seen: Collection[str]) -> Card | None:
    """A card of the band, not shown before where that can be, of the theme that suits the need first."""
    fitting = [card for card in cards if card.band == band]
    theme = _THEME_FOR.get(need)
    return min(
        fitting, key=lambda card: (card.id in seen, theme is not None and card.theme != theme, card.id), default=None
    )
