"""A common word is read as itself: mending slips of the thumb never makes another word of it."""

from pathlib import Path

import pytest

from bot.content.lexicon_files import load_hears, load_lexicon
from bot.domain.screening import screen
from bot.domain.spelling import Spelling
from bot.domain.text import fold_word

FLOWS = Path(__file__).parents[2] / "flows"
WORDS = [
    fold_word(line)
    for line in (Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(params=["safeguarding", "hears"])
def spelling(request: pytest.FixtureRequest) -> Spelling:
    """How each of the two lexicons reads odd spellings."""
    return (load_lexicon if request.param == "safeguarding" else load_hears)(FLOWS).spelling


def test_the_list_holds_some_thousand_words() -> None:
    assert len(WORDS) > 5000


def test_no_common_word_is_read_as_another(spelling: Spelling) -> None:
    """Where this fails, put the word into `ordinary` in flows/safeguarding/words.yaml."""
    never = spelling.known | spelling.expansions.keys()
    read = {word: meant for word in WORDS if word not in never and (meant := spelling.meant(word))}
    assert read == {}


@pytest.mark.parametrize(
    "text",
    [
        ("he hits mewhen he is drunk"),
        ("he hits me whne he is drunk"),
        ("he hits me when he is drumk"),
        ("he hitss me when he is drynk"),
        ("i want to kiill mysekf"),
        ("he has hirt the babt"),
        ("he puts his hands round mythroat"),
        ("mae o'n fy nharo i prydmae o'n feddw"),
        ("dwi isio lladdfy hun"),
        ("dwi isio lladd fy hunm heno, wedi cael digon"),
    ],
)
def test_one_slip_of_the_thumb_hides_nothing(text: str) -> None:
    assert screen(text, load_lexicon(FLOWS)).level in ("urgent", "immediate")
