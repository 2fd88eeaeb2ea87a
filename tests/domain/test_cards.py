"""A card for the age the parent told us, in the theme that suits, and another one next time."""

from pathlib import Path

import pytest

from bot.content.card_file import LEAST, load_cards
from bot.domain.cards import BANDS, THEMES, band_of, choose_card

CARDS = load_cards(Path(__file__).parents[2] / "flows")


def test_every_age_has_cards_of_several_themes() -> None:
    for band in BANDS:
        cards = [card for card in CARDS if card.band == band]
        assert len(cards) >= LEAST
        assert len({card.theme for card in cards}) >= 3, band
        assert {card.theme for card in cards} <= set(THEMES)


@pytest.mark.parametrize(
    ("stage", "age", "band"),
    [("pregnant", "", "pregnant"), ("under_1", "from_0_to_3", "from_0_to_3"),
     ("under_1", "from_6_to_12", "from_6_to_12"),
     ("under_1", "another_age", "any_age"), ("under_1", "", "any_age"), ("from_1_to_2", "", "from_1_to_2"),
     ("from_2_to_4", "", "from_2_to_5"), ("", "", "any_age"), ("", "from_3_to_6", "from_3_to_6")],
)  # fmt: skip
def test_the_band_is_what_the_parent_said(stage: str, age: str, band: str) -> None:
    assert band_of(stage, age) == band


def test_the_theme_suits_the_need_and_no_card_comes_twice_while_there_are_others() -> None:
    for band in BANDS:
        first = choose_card(CARDS, band=band, need="nights", seen=())
        assert first is not None
        assert first.theme == "calm"
        seen: list[str] = []
        for _ in range(LEAST):
            card = choose_card(CARDS, band=band, need="", seen=seen)
            assert card is not None
            assert card.id not in seen
            seen.append(card.id)
