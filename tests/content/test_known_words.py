"""Words that are never read as another: what is in their files, and that the shipped ones are today's."""

import shutil
from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.known_words import MET, read_known_words, write_words_met
from bot.content.lexicon_files import CATEGORIES, load_lexicon
from bot.content.resemblance_files import read_sentences

FOLDER = Path(__file__).parents[2] / "flows" / "safeguarding"


def test_words_of_both_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "dictionary").mkdir()
    (tmp_path / "dictionary" / "en.txt").write_text("# English\nhurtle\nhutch\n", encoding="utf-8")
    (tmp_path / MET).write_text("hard\t40\n", encoding="utf-8")
    found = read_known_words(tmp_path)
    assert (found.dictionary, dict(found.met)) == ({"hurtle", "hutch"}, {"hard": 40})


@pytest.mark.parametrize("line", ["hard", "hard 40", "hard\tmany", "\t4"])
def test_a_line_that_is_no_word_and_number_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / MET).write_text(f"baby\t3\n{line}\n", encoding="utf-8")
    with pytest.raises(ContentRefused) as refused:
        read_known_words(tmp_path)
    assert [(fault.path, fault.line) for fault in refused.value.faults] == [(tmp_path / MET, 2)]


def test_words_are_met_where_two_messages_have_them(tmp_path: Path) -> None:
    write_words_met(tmp_path, ["my baby, my baby", "baby is so sleepy", "so sleepy 4eva", "the baby blanket"])
    assert dict(read_known_words(tmp_path).met) == {"baby": 3, "sleepy": 2, "so": 2}


def test_the_shipped_words_are_those_of_the_shipped_messages(tmp_path: Path) -> None:
    """Where this fails, run `helo learn`."""
    write_words_met(tmp_path, (one.text for one in read_sentences(FOLDER, CATEGORIES)))
    assert (tmp_path / MET).read_bytes() == (FOLDER / MET).read_bytes()


def test_another_word_makes_another_lexicon(tmp_path: Path) -> None:
    """What was screened before is screened again where reading changed: its version says so."""
    shutil.copytree(FOLDER, tmp_path / "safeguarding")
    before = load_lexicon(tmp_path).version
    with (tmp_path / "safeguarding" / "dictionary" / "en.txt").open("a", encoding="utf-8") as file:
        file.write("zyzzyva\n")
    assert load_lexicon(tmp_path).version != before
