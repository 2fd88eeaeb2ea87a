"""A common word is read as itself: mending slips of the thumb never makes another word of it."""

from pathlib import Path

import pytest

from bot.content.lexicon_files import load_hears, load_lexicon
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
    never = spelling.known | spelling.ordinary | spelling.expansions.keys()
    read = {word: meant for word in WORDS if word not in never and (meant := spelling.slips.meant(word))}
    # "starve" read as "starved", "coin" as "coins": the same word in another form, which helps the patterns.
    assert {word: meant for word, meant in read.items() if meant not in (word + "s", word + "d")} == {}
