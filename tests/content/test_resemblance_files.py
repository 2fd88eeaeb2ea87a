"""The made-up messages and what was learned from them: read strictly, and never apart from each other."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content import resemblance_files
from bot.content.faults import ContentRefused
from bot.content.lexicon_files import (
    CATEGORIES,
    EVERY_SO_MANY,
    LexiconFault,
    learn_from_sentences,
    load_hears,
    load_lexicon,
)
from bot.content.resemblance_files import MadeUp, load_points, read_sentences, tell_languages
from bot.domain.learning import Sentence, learn
from bot.domain.lexicon import Lexicon
from bot.domain.resemblance import Points
from bot.domain.screening import RESEMBLES, screen
from tests.content.little_world import SHIPPED

LITTLE = {
    "en/substance.tsv": "immediate\ti drank gorse today\nimmediate\ti drank gorse now\nimmediate\twe drank gorse\n",
    "en/ordinary.tsv": "none\ti drank tea today\nnone\ti drank tea now\nnone\twe drank tea\n",
}


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The shipped flows, with few sentences, from which nothing was learned yet."""
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED / "flows", flows)
    folder = flows / "safeguarding" / "sentences"
    shutil.rmtree(folder)
    shutil.rmtree(flows / "hears" / "sentences")
    write(folder, LITTLE)
    return flows


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def refused(flows: Path) -> list[str]:
    with pytest.raises(ContentRefused) as faults:
        load_points(flows / "safeguarding", CATEGORIES)
    return [f"{fault.path.name}:{fault.line} {fault.sentence}" for fault in faults.value.faults]


def test_what_ships_was_learned_from_the_sentences_that_ship() -> None:
    points = load_points(SHIPPED / "flows" / "safeguarding", CATEGORIES)
    assert len(points.nets) == 2
    assert all(net.points and net.watch < net.urgent for net in points.nets)


def test_what_is_heard_was_learned_from_its_own_sentences_too() -> None:
    hears = load_hears(SHIPPED / "flows")
    assert len(hears.points.nets) == 2
    assert {name for votes in hears.points.categories.values() for name in votes} == {"honest_answer"}


def test_what_is_heard_is_learned_beside_what_is_said_of_other_things(
    flows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        flows / "hears" / "sentences",
        {
            "en/honest_answer.tsv": "watch\twill the owls be told\nwatch\twill the owls know\nwatch\towls be told\n",
            "en/ordinary.tsv": "none\twill it be told\nnone\twill tea be told\nnone\twill tea be\n",
        },
    )
    learn_from_sentences(flows)
    with pytest.raises(LexiconFault, match="Nothing was learned yet of the language cy"):
        load_hears(flows)
    write(flows / "hears" / "sentences", {"cy/honest_answer.tsv": "watch\tpwy gaiff wybod\nwatch\tpwy sy'n gwybod\n"})
    many = "".join(f"none\twill larks be told {number}\n" for number in range(100 * EVERY_SO_MANY))
    write(flows / "safeguarding" / "sentences", {"en/ordinary.tsv": LITTLE["en/ordinary.tsv"] + many})
    lessons: list[Sequence[Sentence]] = []
    monkeypatch.setattr(resemblance_files, "learn", lambda sentences: lessons.append(sentences) or learn(sentences))
    learn_from_sentences(flows)
    (net,) = (net for net in load_hears(flows).points.nets if "owls" in net.points)
    assert net.points["owls"] > 0 >= net.points.get("larks", 0)
    of_larks = [one for one in lessons[-1] if "larks" in one.words]
    assert len(of_larks) >= 99
    assert {one.category for one in of_larks} == {None}
    (fear,) = (one for one in lessons[-2] if one.words == ("will", "the", "owls", "know"))
    assert fear.category is None, "who fears that a baby is taken is in no danger"
    (flows / "hears" / "sentences" / "en" / "ordinary.tsv").write_text("none\tother\n", encoding="utf-8")
    with pytest.raises(LexiconFault, match="helo learn"):
        load_hears(flows)


def test_every_category_and_ordinary_messages_have_sentences_in_both_languages() -> None:
    sentences = read_sentences(SHIPPED / "flows" / "safeguarding", CATEGORIES)
    for category in (*CATEGORIES, "ordinary"):
        for language in ("cy", "en"):
            assert sum((one.category, one.language) == (category, language) for one in sentences) >= 100, category


def test_points_of_other_sentences_do_not_load(flows: Path) -> None:
    assert refused(flows) == ["points.tsv:1 The points were learned from other sentences: run `helo learn`."]
    with pytest.raises(LexiconFault, match="helo learn"):
        load_lexicon(flows)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "# learned\tx\ten=1\tnow=1\nword\tten\t0\t\n", "# learned\tx\ten=1\n"]
)
def test_points_that_cannot_be_read_do_not_load(flows: Path, text: str) -> None:
    (flows / "safeguarding" / "points.tsv").write_text(text, encoding="utf-8")
    assert refused(flows) == ["points.tsv:1 The points cannot be read: run `helo learn`."]


def test_learning_writes_points_that_load_and_are_used(flows: Path) -> None:
    learn_from_sentences(flows)
    points = load_points(flows / "safeguarding", CATEGORIES)
    (english,) = (net for net in points.nets if "gorse" in net.points)
    assert english.points["gorse"] > 0 >= english.points.get("tea", 0)
    shipped = load_lexicon(SHIPPED / "flows")
    assert points.version != shipped.points.version
    listening = loud(shipped, points, watch=english.points["gorse"] * 2)
    assert RESEMBLES in {match.rule for match in screen("we drank gorse", listening).matches}
    assert screen("we drank tea", listening).level == "none"


def loud(lexicon: Lexicon, points: Points, watch: int = 0) -> Lexicon:
    """With these points, of which few are enough: few sentences teach little."""
    nets = tuple(replace(net, watch=watch, urgent=1000) for net in points.nets)
    return replace(lexicon, points=replace(points, nets=nets))


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("en/substance.tsv", "i drank gorse", "A line is a severity (watch, urgent, immediate), a tab and a message."),
        ("en/substance.tsv", "grave\ti drank gorse", "A line is a severity"),
        ("en/substance.tsv", "none\ti drank gorse", "A line is a severity"),
        ("en/substance.tsv", "urgent\t ", "A line is a severity"),
        ("en/ordinary.tsv", "urgent\ti drank milk", "A line is a severity (none), a tab and a message."),
        ("en/ordinary.tsv", "none\twe drank gorse", "stands here twice, or in"),
        ("en/colours.tsv", "none\tred", "neither a category nor"),
        ("de/substance.tsv", "urgent\tich", "in cy/ or en/"),
    ],
)
def test_a_fault_is_named_with_its_line(flows: Path, name: str, line: str, says: str) -> None:
    path = flows / "safeguarding" / "sentences" / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before}{line}\n", encoding="utf-8")
    (fault,) = refused(flows)
    assert says in fault


def test_the_marks_are_in_order(flows: Path) -> None:
    path = flows / "safeguarding" / "resemblance.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in ((r"urgent: \d+", "urgent: -999"), (r"hint: -?\d+", "hint: 999"), (r"{watch: \d+", "{watch: 9999")):
        wrong = re.sub(old, new, text)
        assert wrong != text
        path.write_text(wrong, encoding="utf-8")
        assert any("needs more points" in fault for fault in refused(flows))


def test_without_sentences_there_is_no_net(flows: Path) -> None:
    shutil.rmtree(flows / "safeguarding" / "sentences")
    assert load_points(flows / "safeguarding", CATEGORIES) == Points()


def test_the_language_of_an_example_is_told_by_its_words() -> None:
    told = [
        MadeUp(text, language, "psychosis", None)
        for language, text in (
            ("cy", "dwi wedi blino"),
            ("cy", "mae'r babi'n crio"),
            ("en", "the baby cries"),
            ("en", "i am so tired"),
        )
    ]
    language_of = tell_languages(told)
    assert [language_of(text) for text in ("babi'n wedi blino", "tired baby", "zzz", "")] == ["cy", "en", "en", "en"]
