"""Screening: properties a safety officer would sign, and what a match says."""

import string
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.lexicon_files import load_lexicon
from bot.domain.lexicon import Concern, Everyday, Lexicon, build_lexicon
from bot.domain.screening import LEVELS, screen, screen_after

DISCLOSURES = (
    "I want to kill myself",
    "he strangled me last night",
    "I am scared I will hurt the baby",
    "the baby is not breathing",
    "the voices tell me to hurt my baby",
    "my husband forces me to have sex with strangers",
    "I left the baby alone in the house",
    "dwi eisiau marw",
    "mae'r gŵr yn fy nharo i",
    "dwi ofn brifo'r babi",
    "mae'r babi ddim yn anadlu",
)
disclosures = st.sampled_from(DISCLOSURES)
LEXICON = load_lexicon(Path(__file__).parents[2] / "flows")
anything = st.text(st.characters(codec=None), max_size=80)
# Words that patterns, sayings and denials are made of: the neighbours most likely to hide a disclosure.
known_words = st.lists(st.sampled_from(sorted(LEXICON.spelling.known - {".", "!", "?", "\n"})), max_size=8).map(
    " ".join
)


def level(text: str) -> int:
    return LEVELS.index(screen(text, LEXICON).level)


@settings(max_examples=150, deadline=None)
@given(disclosures, anything | known_words, anything | known_words)
def test_no_text_before_or_after_a_disclosure_hides_it(disclosure: str, before: str, after: str) -> None:
    assert level(f"{before}. {disclosure}. {after}") >= LEVELS.index("watch")
    assert level(f"{before}\n{disclosure}\n{after}") >= LEVELS.index("watch")


@pytest.mark.parametrize("cover", ["killing time", "I'm not suicidal", "I would never hurt my baby", "lladd amser"])
@pytest.mark.parametrize("disclosure", DISCLOSURES)
def test_a_saying_or_denial_clears_only_its_own_words(cover: str, disclosure: str) -> None:
    assert level(f"{cover} but {disclosure}") > 0
    assert level(f"{disclosure} {cover}") > 0


@settings(max_examples=60, deadline=None)
@given(disclosures, st.data())
def test_case_accents_spacing_and_apostrophes_never_matter(disclosure: str, data: st.DataObject) -> None:
    written = "".join(
        data.draw(st.sampled_from([letter.lower(), letter.upper()])) if letter.isascii() else letter
        for letter in disclosure
    )
    written = written.replace(
        " ", data.draw(st.sampled_from([" ", "   ", "\t", "\n", " \u200b", "\u00a0", " - ", " 😢 "]))
    )
    written = written.replace("'", data.draw(st.sampled_from(["'", "", "\u2019", "\u02bc", "`"])))
    written = written.replace("ŵ", data.draw(st.sampled_from(["ŵ", "w", "w\u0302"])))
    assert level(written) == level(disclosure)


@pytest.mark.parametrize("disclosure", DISCLOSURES)
def test_a_message_without_any_space_is_heard(disclosure: str) -> None:
    assert level("".join(letter for letter in disclosure if letter.isalpha())) > 0


@pytest.mark.parametrize("disclosure", DISCLOSURES)
def test_disguises(disclosure: str) -> None:
    full_width = "".join(chr(ord(c) + 0xFEE0) if c in string.ascii_letters else c for c in disclosure)
    zalgo = "".join(letter + "\u0336\u0489" for letter in disclosure)
    look_alike = disclosure.replace("a", "\u0430").replace("e", "\u0435").replace("o", "\u043e")
    zero_width = "\u200b".join(disclosure)
    for written in (full_width, zalgo, look_alike, zero_width):
        assert level(written) == level(disclosure), written


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None), max_size=400))
def test_nothing_raises_for_any_text(text: str) -> None:
    found = screen(text, LEXICON)
    assert found.level in LEVELS
    for match in found.matches:
        assert text[match.start : match.end] == match.words
        assert match.words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ud800\udfff \ud800",
        "a" * 10_000,
        "e\u0301\u0336" * 3000,
        "\u202e\u200f" * 50,
        "💊" * 500,
        "\n" * 5000,
    ],
    ids=["empty", "nul", "surrogates", "long", "zalgo", "bidi", "pills", "lines"],
)
def test_hard_texts_are_read(text: str) -> None:
    assert screen(text, LEXICON).level in LEVELS


def test_the_gravest_match_comes_first_and_gives_the_level() -> None:
    found = screen("I feel like I can't go on like this. he has got a knife", LEXICON)
    assert found.level == found.matches[0].severity == "immediate"
    assert found.categories[0] == "domestic_abuse"
    assert found.lexicon_version == LEXICON.version


def test_a_match_names_its_rule_and_its_words_in_the_raw_text() -> None:
    text = "hello \u200b I wa\u200bnt to DIE ok"
    (match,) = [match for match in screen(text, LEXICON).matches if match.rule == "SG-003"]
    assert match.words == "wa\u200bnt to DIE"
    assert text[match.start : match.end] == match.words


@pytest.mark.parametrize("words", ["k i l l m y s e l f", "suic idal", "k-i-l-l m.y.s.e.l.f"])
def test_the_words_of_a_match_go_on_to_its_last_letter(words: str) -> None:
    text = f"please help i will {words} 😭 soon"
    found = {match.rule: match.words for match in screen(text, LEXICON).matches}
    assert found["SG-004"] == words, "a practitioner sees all of it, and no more"


def test_what_came_before_takes_nothing_from_what_a_message_says_alone() -> None:
    """Beside the "1" before it the letters are s p a c e d out, and read as one word."""
    lexicon = build_lexicon([Concern("SG-1", "danger", "urgent", {"en": ("d r e", "dre house")})])
    assert screen("d:r::::e", lexicon).level == "urgent"
    assert screen_after(["1"], "d:r::::e", lexicon).level == "urgent"


def test_both_languages_are_always_read() -> None:
    found = screen("dwi eisiau marw and he hit me", LEXICON)
    assert {"suicide_self_harm", "domestic_abuse"} <= set(found.categories)


def little(severity: str = "urgent", *, lowered: bool = True) -> Lexicon:
    concern = Concern("SG-1", "danger", severity, {"en": ("hit ... me",)}, lowered_by_past=lowered)
    everyday = Everyday(
        covers={"en": ("hit me up",)}, past={"en": ("used to", "years ago")}, now={"en": ("now", "again")}
    )
    return build_lexicon([concern], everyday=everyday)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he hit me", "urgent"),
        ("he used to hit me", "watch"),
        ("he hit me years ago", "watch"),
        ("he used to hit me and now again", "urgent"),
        ("it was years ago. he hit me", "urgent"),
        ("he hit me years ago. he hit me", "urgent"),
    ],
)
def test_the_past_lowers_by_one_step_and_never_silences(text: str, expected: str) -> None:
    assert screen(text, little()).level == expected


def test_the_past_lowers_one_step_only_and_a_concern_may_say_that_it_does_not() -> None:
    assert screen("he used to hit me", little("immediate")).level == "urgent"
    assert screen("he used to hit me", little("watch")).level == "watch"
    assert screen("he used to hit me", little(lowered=False)).level == "urgent"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hit the wall and me", True),
        ("he hit. me", True),
        ("hit the wall. me too", False),
        ("hit the wall\nand me", True),
        ("hit the wall... and me", True),
        ("hit. then came me", False),
        ("hit me up", False),
        ("hit me up he hit me", True),
        ("hit me\nup", True),
    ],
)
def test_sentence_ends_stop_gaps_and_sayings(text: str, heard: bool) -> None:
    assert (screen(text, little()).level != "none") == heard


HOSTILE = [
    "a" * 800 + "!",
    "kill myself " * 65,
    "i want to " * 80,
    "i " * 400,
    "he hit me in my baby " * 38,
    "k i l l " * 100,
    "a'" * 400,
    "im going to take all of the pills and end it " * 18,
    "he used to hit my baby years ago " * 25,
    "!@#$" * 200,
    "ik" * 400,
    "e\u0301\u0336" * 265,
    "s*i*d k!ll m3 " * 57,
]


def steps(text: str) -> int:
    """How many lines of our own code run to screen `text`: the same on every machine, however busy."""
    count = 0

    def watch(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal count
        count += 1
        return watch if "domain" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        screen(text, LEXICON)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_work_grows_no_faster_than_the_text(text: str) -> None:
    screen(text, LEXICON)
    assert steps(text * 2) < 2.5 * steps(text) + 500


SPLIT = [
    ("i want to", "kill myself"),
    ("he put his hands round", "my throat last night"),
    ("dwi isio", "lladd fy hun"),
    ("mae'r babi", "ddim yn anadlu"),
]


@pytest.mark.parametrize(("first", "second"), SPLIT)
def test_a_disclosure_in_pieces_is_found_by_its_last_piece(first: str, second: str) -> None:
    found = screen_after((first,), second, LEXICON)
    assert LEVELS.index(found.level) >= LEVELS.index(screen(f"{first} {second}", LEXICON).level) > 0
    across = [match for match in found.matches if match.words not in second]
    assert across or screen(second, LEXICON).level == found.level
    for match in found.matches:
        assert 0 <= match.start < match.end <= len(second)


@pytest.mark.parametrize(
    "asked", ["will you take my baby", "wyt ti'n mynd i gymryd fy mabi?", "r u gonna take my baby off of me"]
)
@pytest.mark.parametrize("answer", ["4", "4.", "4️⃣", "2", "n", "N"])
def test_a_line_picked_after_a_worried_question_is_no_disclosure(asked: str, answer: str) -> None:
    assert screen_after((asked,), answer, LEXICON).level == "none"


@pytest.mark.parametrize("between", ["4", "2", "n"])
def test_a_figure_between_two_pieces_hides_neither(between: str) -> None:
    assert screen_after(("i want to", between), "kill myself", LEXICON).level != "none"


def test_what_stood_whole_in_an_earlier_message_is_not_found_again() -> None:
    assert screen_after(("I want to kill myself",), "hello", LEXICON).level == "none"
    assert screen_after((), "I want to kill myself", LEXICON) == screen("I want to kill myself", LEXICON)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(DISCLOSURES), st.data(), anything, anything)
def test_wherever_a_disclosure_is_cut_somebody_hears_it(
    disclosure: str, data: st.DataObject, before: str, after: str
) -> None:
    words = disclosure.split()
    cut = data.draw(st.integers(1, len(words) - 1))
    first, second = f"{before}. {' '.join(words[:cut])}", f"{' '.join(words[cut:])}. {after}"
    heard = (screen(first, LEXICON), screen_after((first,), second, LEXICON))
    assert any(found.level != "none" for found in heard)


@settings(max_examples=100, deadline=None)
@given(st.lists(anything, max_size=3), anything | st.sampled_from(DISCLOSURES))
def test_what_was_said_before_hides_nothing(earlier: list[str], text: str) -> None:
    alone, after = screen(text, LEXICON), screen_after(earlier, text, LEXICON)
    assert LEVELS.index(after.level) >= LEVELS.index(alone.level)
    assert set(alone.matches) <= set(after.matches)
