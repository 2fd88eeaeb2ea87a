"""What messages sound like as a whole, as it is kept: read strictly, and never apart from its sentences."""

from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.impression_file import NAME, Marks, load_impressions, write_impressions
from bot.content.lexicon_files import CATEGORIES, load_lexicon
from bot.domain.impression import HIDDEN, MOST, SIZE, pack, sounds
from bot.domain.impression_learning import Taught
from bot.domain.signs import known_words, lines_of
from tests.content.little_world import SHIPPED

HIDDEN_ROW = tuple(place / 8 for place in range(SIZE + 1))
OUT_ROW = tuple(place / 8 for place in range(HIDDEN + 1))
TAUGHT = Taught(
    {"owl": (-MOST, MOST, *[0] * (SIZE - 2)), "= odd": (1,) * SIZE},
    hidden=(HIDDEN_ROW,) * HIDDEN,
    out=(OUT_ROW,) * 3,
    categories=("psychosis", "substance"),
)
MARKS = {"en": Marks(100, 200)}


def write(folder: Path) -> Path:
    write_impressions(folder, "abc", {"en": TAUGHT, "cy": TAUGHT})
    return folder / NAME


def refused(folder: Path, version: str = "abc", marks: dict[str, Marks] = MARKS) -> str:
    with pytest.raises(ContentRefused) as faults:
        load_impressions(folder, version, marks, {})
    (fault,) = faults.value.faults
    assert fault.path.name == NAME
    return fault.sentence


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    write(tmp_path)
    read = load_impressions(tmp_path, "abc", MARKS, known_words(["owl"]))
    assert read.signs == pack([TAUGHT.signs])
    assert read.by_itself == {"owl": read.signs["owl"]}
    (english,) = read.nets
    assert (english.hidden, english.out, english.categories) == (TAUGHT.hidden, TAUGHT.out, TAUGHT.categories)
    assert (english.watch, english.urgent) == (100, 200)
    both = load_impressions(tmp_path, "abc", {"en": Marks(1, 2), "cy": Marks(3, 4)}, {})
    assert both.signs == pack([TAUGHT.signs, TAUGHT.signs])
    assert [one.watch for one in both.nets] == [3, 1], "in the order of the languages' names"


def test_what_was_learned_of_other_sentences_does_not_load(tmp_path: Path) -> None:
    write(tmp_path)
    assert refused(tmp_path, version="abd") == "The impressions were learned from other sentences: run `helo learn`."


def test_a_language_of_which_nothing_was_learned_is_named(tmp_path: Path) -> None:
    write_impressions(tmp_path, "abc", {"cy": TAUGHT})
    assert refused(tmp_path) == "Nothing was learned yet of the language en."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, ""),
        (None, "nonsense\n"),
        ("owl\t", "owl\t*"),  # no letter of base64
        ("owl\t", "owl\tAAAA"),  # more numbers than there are
        ("owl\t", "owl "),
        ("0.125 ", "much "),
        ("0.125 ", ""),
        ("\tpsychosis\tsubstance", ""),
        ("\tsubstance", "\tsubstance\tmore"),
    ],
)
def test_what_is_damaged_does_not_load(tmp_path: Path, old: str | None, new: str) -> None:
    path = write(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(new if old is None else text.replace(old, new, 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    assert refused(tmp_path, marks={"cy": MARKS["en"]}) == "The impressions cannot be read: run `helo learn`."


def test_a_file_that_is_away_or_cut_off_does_not_load(tmp_path: Path) -> None:
    assert refused(tmp_path) == "The impressions cannot be read: run `helo learn`."
    path = write(tmp_path)
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(rows[: 2 + HIDDEN]), encoding="utf-8")
    assert refused(tmp_path) == "The impressions cannot be read: run `helo learn`."


def test_what_ships_was_learned_of_both_languages_and_every_category() -> None:
    impressions = load_lexicon(SHIPPED / "flows").points.impressions
    assert len(impressions.nets) == 2
    for net in impressions.nets:
        assert set(net.categories) == set(CATEGORIES)
        assert net.watch < net.urgent
    assert len(sounds(list(lines_of(["the"])), impressions)) == 2
