"""The lexicon's files: what is refused, and with which sentence; and what the shipped ones must hold."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.content.lexicon_files import (
    CATEGORIES,
    check_lexicon,
    check_reviews,
    load_hears,
    load_lexicon,
    reviews,
)
from bot.domain.screening import screen
from bot.services.screen_lines import screen_lines

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A copy of the shipped files, to spoil."""
    shutil.copytree(FLOWS / "safeguarding", tmp_path / "safeguarding")
    shutil.copy(FLOWS / "hears.yaml", tmp_path)
    return tmp_path


def spoil(path: Path, before: str, after: str) -> int:
    """Replaces the first `before`; the number of its line."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def test_the_shipped_files_have_no_fault() -> None:
    assert check_lexicon(FLOWS) == []


def test_every_category_listens_in_both_languages() -> None:
    lexicon = load_lexicon(FLOWS)
    assert {concern.category for concern in lexicon.concerns} == set(CATEGORIES)
    for concern in lexicon.concerns:
        assert concern.patterns["en"], concern.id
        assert concern.patterns["cy"], concern.id
    assert sum(len(shelf.phrases) for shelf in lexicon.shelves) >= 3000, "what the benchmark counts as phrases"


def test_every_concern_has_an_owner_and_says_honestly_when_it_was_reviewed() -> None:
    found = reviews(FLOWS)
    assert len(found) == len(load_lexicon(FLOWS).concerns)
    assert all(review.owner and review.hazard.startswith("HZ") for review in found)
    assert {(review.reviewed_by, review.reviewed) for review in found} == {(None, None)}


def test_every_concern_says_what_it_means_in_both_languages() -> None:
    for concern in load_lexicon(FLOWS).concerns:
        assert concern.meaning.keys() == {"en", "cy"}
        assert concern.meaning["en"] != concern.meaning["cy"]


@pytest.mark.parametrize(
    ("reviewed", "sentence"),
    [
        ("not yet", "SG-501 (.*) has not been reviewed yet. Owner: Safeguarding lead"),
        ("2025-11-26", "SG-501 (.*) was last reviewed by Ann on 2025-11-26"),
        ("2026-11-28", "SG-501 (.*) was last reviewed by Ann on 2026-11-28"),
        ("2025-11-27", None),
        ("2026-11-27", None),
    ],
)
def test_a_concern_that_is_not_reviewed_within_a_year_is_named(
    flows: Path, reviewed: str, sentence: str | None
) -> None:
    path = flows / "safeguarding" / "substance.yaml"
    line = spoil(path, "id: SG-501", "id: SG-501")
    if reviewed != "not yet":
        spoil(path, "reviewed_by: nobody yet", "reviewed_by: Ann")
        spoil(path, "reviewed: not yet", f"reviewed: {reviewed}")
    found = [fault for fault in check_reviews(flows, date(2026, 11, 27)) if "SG-501" in fault.sentence]
    assert [(fault.path, fault.line, fault.warning) for fault in found] == ([(path, line, True)] if sentence else [])
    assert all(re.search(sentence or "", fault.sentence) for fault in found)
    assert len(check_reviews(flows, date(2026, 11, 27))) == len(reviews(flows)) - (sentence is None)


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        (
            "suicide_self_harm",
            "      I want to die\n",
            "      I want a biscuit\n",
            "SG-003 must match “I want a biscuit”, and does not.",
        ),
        (
            "psychosis",
            "      please send me a voice",
            "      the voices tell me to kill, please send me a voice",
            "SG-401 must not match",
        ),
        ("substance", "severity: urgent", "severity: mild", "severity"),
        ("substance", "id: SG-502", "id: SG-501", "SG-501 is used twice; it is first at substance.yaml:"),
        ("substance", "    reviewed: not yet", "    reviewed: last week", "must be the day of the review"),
        ("substance", "    reviewed: not yet", "    reviewed: 2026-11-27", "a day and somebody who made it"),
        ("substance", "    reviewed_by: nobody yet", "    reviewed_by: Ann", "a day and somebody who made it"),
        ("substance", "    reviewed_by: nobody yet", "    reviewed_by: ''", "must be who reviewed it"),
        ("substance", "    hazard:", "    hazzard:", "hazzard"),
        ("exploitation", "        (loan shark|loan sharks)\n", "        (loan shark|loan sharks\n", "never closed"),
        ("exploitation", "        (loan shark|loan sharks)\n", "        {nothing} here\n", "no word class {nothing}"),
        ("exploitation", "category: exploitation", "category: other", "The category of this file is exploitation."),
        ("substance", "    sb_hard: |\n", "    drunk: merry\n    sb_hard: |\n", "a word class {drunk} already"),
        (
            "substance",
            "    (one|a|the odd|half a) glass of",
            "    a ... b\n    (one|a|the odd|half a) glass of",
            "a saying is exact",
        ),
        ("words", "  u: you\n", "  u: you\n  u: your\n", "written twice"),
        ("everyday", "    to die for\n", "    to die ... for\n", "a saying is exact"),
        (
            "everyday",
            "    to die for\n",
            "    ? to die for\n",
            "Only a pattern of a safeguarding concern can be a hint",
        ),
    ],
)
def test_a_fault_is_named_with_its_file_and_line(
    flows: Path, name: str, before: str, after: str, sentence: str
) -> None:
    path = flows / "safeguarding" / f"{name}.yaml"
    line = spoil(path, before, after)
    faults = check_lexicon(flows)
    found = [fault for fault in faults if sentence in fault.sentence]
    assert found, faults
    assert found[0].path == path
    assert abs(found[0].line - line) <= 1


@pytest.mark.parametrize(("pattern", "refused"), [("a biscuit", False), ("? a biscuit", True)])
def test_a_sentence_that_only_a_hint_finds_must_sound_like_a_disclosure_too(
    flows: Path, pattern: str, refused: bool
) -> None:
    path = flows / "safeguarding" / "suicide_self_harm.yaml"
    spoil(path, "      I want to die\n", "      I want a biscuit\n")
    before, concern, after = path.read_text(encoding="utf-8").partition("  - id: SG-003\n")
    after = after.replace("      en: |\n", f"      en: |\n        {pattern}\n", 1)
    path.write_text(before + concern + after, encoding="utf-8")
    wanted = ["SG-003 must match “I want a biscuit”, and does not."] if refused else []
    assert [fault.sentence for fault in check_lexicon(flows)] == wanted


def test_the_line_of_a_failing_example_is_exact(flows: Path) -> None:
    path = flows / "safeguarding" / "suicide_self_harm.yaml"
    line = spoil(path, "      I want to die\n", "      I want a biscuit\n")
    (fault,) = check_lexicon(flows)
    assert fault.line == line


def test_a_category_may_bring_words_and_sayings_of_its_own(flows: Path) -> None:
    path = flows / "safeguarding" / "substance.yaml"
    spoil(path, "\n  en:\n", "\n  en:\n    merry_cup: sozzlewine\n")
    spoil(path, "covers:\n  en: |\n", "covers:\n  en: |\n    my sozzlewine\n")
    spoil(path, "\n      en: |\n", "\n      en: |\n        {merry_cup} tonight\n")
    lexicon = load_lexicon(flows)
    assert screen("sozzlewine tonight", lexicon).categories == ("substance",)
    assert screen("my sozzlewine tonight", lexicon).level == "none"


def test_the_same_files_are_read_once_and_a_change_is_seen(flows: Path) -> None:
    before = load_lexicon(flows)
    assert load_lexicon(flows) is before, "a start in production both checks the lexicon and uses it"
    assert screen("sozzlewine tonight", before).level == "none"
    spoil(flows / "safeguarding" / "substance.yaml", "      en: |\n", "      en: |\n        sozzlewine tonight\n")
    assert screen("sozzlewine tonight", load_lexicon(flows)).categories == ("substance",)


def test_a_missing_file_is_a_fault(flows: Path) -> None:
    (flows / "safeguarding" / "psychosis.yaml").unlink()
    assert any("missing" in fault.sentence for fault in check_lexicon(flows))


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("will you take my kids off me", "honest_answer"),
        ("are social services going to get involved", "honest_answer"),
        ("dach chi'n mynd i gymryd fy mabi?", "honest_answer"),
        ("our son was stillborn", "loss"),
        ("dan ni wedi colli'r babi", "loss"),
        ("can we change the time", "move_call"),
        ("dwi isio newid amser yr alwad", "move_call"),
    ],
)
def test_side_doors_are_heard_in_any_words(text: str, door: str) -> None:
    assert door in screen(text, load_hears(FLOWS)).categories


@pytest.mark.parametrize(
    "text",
    ["i cant go on", "i just cant carry on", "i feel so empty and i cant go on", "im not coping with the baby",
     "cant tell anyone what he does", "baby left alone", "he pulled my hair", "cam-drin", "hate my life", "no escape",
     "gas leak", "smell gas", "house on fire", "baby in the road", "i overdosed", "i want to die", "he hits me",
     "he choked me", "black eye", "hearing voices", "hang myself", "self harm", "i shook him", "baby is blue",
     "swallowed bleach", "im an alcoholic", "he touched my daughter", "forced marriage", "county lines",
     "scared of him", "fi yn y car yn y garej a ma'r injan on",
     "tagu fi", "lladd fi", "dwi isio marw", "dwi'n clywed lleisiau", "mae o'n fy nharo i", "ddim yn anadlu",
     "gollyngais y babi", "mae arogl nwy yma", "tŷ ar dân", "ofn fy ngŵr", "gorddos", "hunan-niweidio"],
)  # fmt: skip
def test_a_few_bare_words_are_enough(text: str) -> None:
    assert screen(text, load_lexicon(FLOWS)).level != "none"


def test_a_line_is_screened_into_what_the_contract_prints() -> None:
    (found,) = screen_lines(load_lexicon(FLOWS), ["please help, I want to die\n"])
    assert found["level"] == "urgent"
    assert found["categories"] == ["suicide_self_harm"]
    match = found["matches"][0]
    assert match == {"rule": "SG-003", "words": "want to die", "start": 15, "end": 26}


@pytest.mark.parametrize(
    "text",
    [
        "are you going to take my baby off me",
        "will social services take my kids away",
        "are they gonna take my kids",
        "fyddwch chi'n mynd â'r plant oddi arna i",
        "ydyn nhw'n mynd i gymryd fy mabi",
    ],
)
def test_who_asks_whether_we_take_the_child_is_answered_and_not_told_to_ring_999(text: str) -> None:
    assert screen(text, load_lexicon(FLOWS)).level == "none"
    assert screen(text, load_hears(FLOWS)).categories == ("honest_answer",)
