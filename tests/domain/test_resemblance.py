"""The net behind the patterns: what a message sounds like, by the points of its words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.learning import Marks, Sentence, learn
from bot.domain.lexicon import Concern, Everyday, Lexicon, build_lexicon
from bot.domain.resemblance import COVERED, Points, category_of, heaviest, lines_of, weigh
from bot.domain.screening import RESEMBLES, screen, screen_after

POINTS = Points(
    risk={"gorse": 120, "gorse moon": 100, "spoon": -90, "moon": 60, "gors~": 50, "owl _ moon": 70},
    now={"moon": 50},
    categories={"gorse": {"psychosis": 40, "substance": 10}, "moon": {"substance": 20}},
    watch=150,
    urgent=250,
    immediate=100,
)
LEXICON = replace(
    build_lexicon(
        [Concern("SG-1", "psychosis", "urgent", {"en": ("the owls talk",)})],
        everyday=Everyday(covers={"en": ("gorse wine",)}, past={"en": ("years ago",)}),
    ),
    points=POINTS,
)
WORDS = st.lists(st.sampled_from(["gorse", "moon", "spoon", "owl", "the", ".", "gorsey", "tea"]), max_size=12)


def level(text: str, lexicon: Lexicon = LEXICON) -> str:
    return screen(text, lexicon).level


def test_words_pairs_and_beginnings_add_up() -> None:
    assert weigh(["gorse"], POINTS.risk) == (0, 0, 170)  # "gorse" and "gors~"
    assert weigh(["gorse", "moon"], POINTS.risk) == (0, 1, 330)
    assert weigh(["owl", "tea", "moon"], POINTS.risk) == (0, 2, 130)  # two words apart


def test_only_the_heaviest_stretch_counts() -> None:
    assert weigh(["spoon", "gorse", "moon", "spoon", "spoon"], POINTS.risk) == (1, 2, 330)
    assert weigh(["gorse", "spoon", "spoon", "moon"], POINTS.risk) == (0, 0, 170)


def test_a_stretch_does_not_reach_over_a_line_or_what_is_covered_but_over_a_full_stop() -> None:
    assert weigh(["gorse", "\n", "moon"], POINTS.risk) == (0, 0, 170)
    assert weigh(["gorse", COVERED, "moon"], POINTS.risk) == (0, 0, 170)
    assert weigh(["gorse", ".", "moon"], POINTS.risk) == (0, 2, 330)


def test_nothing_is_lighter_than_no_words() -> None:
    assert weigh([], POINTS.risk) is None
    assert weigh(["\n", "."], POINTS.risk) is None


@given(WORDS, WORDS, WORDS)
def test_nothing_before_or_after_makes_a_message_lighter(before: list[str], words: list[str], after: list[str]) -> None:
    alone, among = weigh(words, POINTS.risk), weigh([*before, *words, *after], POINTS.risk)
    assert alone is None or (among is not None and among.points >= alone.points)


@given(WORDS)
def test_no_stretch_is_heavier_than_the_one_that_is_found(words: list[str]) -> None:
    for line in lines_of(words):
        total, first, last = heaviest(line, POINTS.risk)
        every = [
            sum(
                sum(POINTS.risk.get(sign, 0) for sign in signs.alone)
                + (POINTS.risk.get(signs.pair, 0) if place > start else 0)
                + (POINTS.risk.get(signs.wide, 0) if place > start + 1 else 0)
                for place, signs in enumerate(line[: end + 1])
                if place >= start
            )
            for start in range(len(line))
            for end in range(start, len(line))
        ]
        assert total == max(every)
        assert 0 <= first <= last < len(line)


@pytest.mark.parametrize(
    ("text", "grave"),
    [
        ("gorse", "watch"), ("gorse moon", "urgent"), ("gorse moon, moon moon", "immediate"), ("spoon", "none"),
        ("gorse moon years ago", "watch"), ("a gorse wine", "none"), ("gorse wine, gorse", "watch"),
    ],
)  # fmt: skip
def test_how_grave_a_message_sounds(text: str, grave: str) -> None:
    assert level(text) == grave


def test_a_match_says_which_words_and_where() -> None:
    (match,) = screen("well, GORSE moon spoon", LEXICON).matches
    assert (match.rule, match.category, match.words) == (RESEMBLES, "psychosis", "GORSE moon")
    assert (match.start, match.end) == (6, 16)


def test_a_pattern_comes_first_where_both_are_as_grave() -> None:
    found = screen("gorse moon and the owls talk", LEXICON)
    assert [match.rule for match in found.matches] == ["SG-1", RESEMBLES]


def test_without_points_nothing_sounds_like_anything() -> None:
    assert level("gorse moon", build_lexicon([])) == "none"


def test_what_an_earlier_message_sounded_like_is_not_said_again() -> None:
    assert screen_after(["gorse moon"], "thanks", LEXICON).level == "none"


def test_a_category_is_what_most_points_speak_for() -> None:
    words = ["moon", "moon", "moon"]
    stretch = weigh(words, POINTS.risk)
    assert stretch is not None
    assert category_of(words, stretch, POINTS) == "substance"


# --- learning


def made_up() -> list[Sentence]:
    grave = [Sentence(("i", "drank", "gorse", word), "substance", "immediate") for word in ("today", "now", "again")]
    worried = [Sentence(("the", "owls", "talk", word), "psychosis", "urgent") for word in ("to", "at", "about")]
    plain = [Sentence(("i", "drank", "tea", word)) for word in ("today", "now", "again", "then")]
    plain += [Sentence(("the", "owls", "sleep", word)) for word in ("to", "at", "about", "then")]
    return [*grave, *worried, *plain] * 8


def test_what_is_learned_tells_disclosures_from_ordinary_messages() -> None:
    points = learn(made_up(), Marks(0, 0, 0))
    for one in made_up():
        stretch = weigh(one.words, points.risk)
        assert stretch is not None
        assert (stretch.points >= points.watch) == (one.category is not None), one
        if one.category:
            assert category_of(one.words, stretch, points) == one.category
            at_once = weigh(one.words, points.now)
            assert at_once is not None
            assert (at_once.points >= points.immediate) == (one.severity == "immediate"), one


def test_the_same_messages_always_give_the_same_points() -> None:
    assert learn(made_up(), Marks(1, 2, 3)) == learn(made_up(), Marks(1, 2, 3))


def test_what_was_met_once_teaches_nothing() -> None:
    assert "then" in learn(made_up(), Marks(0, 0, 0)).risk
    assert "gorse then" not in learn(made_up(), Marks(0, 0, 0)).risk
    points = learn([*made_up(), Sentence(("only", "here"), "substance", "watch")], Marks(0, 0, 0))
    assert "only" not in points.risk


def test_the_marks_are_counted_from_as_likely_as_not() -> None:
    low, high = learn(made_up(), Marks(0, 0, 0)), learn(made_up(), Marks(100, 150, 50))
    assert (high.watch - low.watch, high.urgent - low.urgent, high.immediate - low.immediate) == (100, 150, 50)
