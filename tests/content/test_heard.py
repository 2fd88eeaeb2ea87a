"""What a parent may say in any words: lists of ways to say it and of what only sounds like it, in Welsh and English.

The lists in heard/ are written by hand, in the way people text. A new miss goes into its list; its kind into
flows/hears.yaml. A loss that is heard wrongly hurts as much as one that is not heard, so both lists bind.
"""

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.content.lexicon_files import check_lexicon, load_hears
from bot.domain.conversation import MAYBE_LOSS
from bot.domain.hearing import HONEST_ANSWER, doors_of, only_sounds_like
from bot.domain.lexicon import Lexicon
from bot.domain.resemblance import Points
from bot.domain.screening import screen

FLOWS = Path(__file__).parents[2] / "flows"
HEARD = Path(__file__).parent / "heard"
LISTS = sorted(path.stem for path in HEARD.glob("*.txt"))


def sayings(name: str) -> list[str]:
    return [line for line in (HEARD / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line]


@cache
def ears() -> Lexicon:
    return load_hears(FLOWS)


def heard(text: str) -> set[str]:
    return set(doors_of(screen(text, ears()).categories))


@pytest.mark.parametrize("name", [name for name in LISTS if not name.startswith("nothing")])
def test_every_way_to_say_it_opens_its_door(name: str) -> None:
    door = name.rsplit("_", 1)[0]
    # Who says it in words that may mean something else is asked.
    opens = {"loss", MAYBE_LOSS} if door == "loss" else {door}
    assert [text for text in sayings(name) if opens.isdisjoint(heard(text))] == []


@pytest.mark.parametrize("name", [name for name in LISTS if name.startswith("nothing")])
def test_what_only_sounds_like_it_opens_no_door(name: str) -> None:
    assert [(text, heard(text)) for text in sayings(name) if heard(text)] == []


# No pattern has these.
FEARS = (
    "if i answer all this does it end up with somebody official turning up",
    "at the other end of this who is there and who do they answer to",
    "oes 'na rywun swyddogol yn mynd i ddod i'r golwg ar ôl hyn",
)


@pytest.mark.parametrize("text", FEARS)
def test_a_fear_is_heard_in_words_that_no_pattern_has(text: str) -> None:
    assert heard(text) == {HONEST_ANSWER}
    assert only_sounds_like(screen(text, ears()), HONEST_ANSWER)
    assert screen(text, replace(ears(), points=Points())).level == "none"


def test_a_fear_that_the_baby_is_taken_is_no_loss() -> None:
    for name in ("honest_answer_en", "honest_answer_cy"):
        assert [text for text in sayings(name) if "loss" in heard(text)] == []


def test_every_door_has_a_list_in_both_languages() -> None:
    doors = ("honest_answer", "loss", "move_call", "nothing")
    assert set(LISTS) == {f"{door}_{language}" for door in doors for language in ("cy", "en")}


def test_a_word_class_of_its_own_may_not_hide_a_shared_one(tmp_path: Path) -> None:
    shutil.copytree(FLOWS / "safeguarding", tmp_path / "safeguarding")
    text = (FLOWS / "hears.yaml").read_text(encoding="utf-8")
    (tmp_path / "hears.yaml").write_text(text.replace("    they: |", "    scared: |", 1), encoding="utf-8")
    assert any("already. Add to it" in fault.sentence for fault in check_lexicon(tmp_path))
