"""The net behind the patterns: what a message sounds like, by the points of its words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.learning import Sentence, learn
from bot.domain.lexicon import Concern, Everyday, Lexicon, build_lexicon
from bot.domain.resemblance import AROUND, Net, Points, Stretch, category_of, heaviest, points_by_itself
from bot.domain.resemblance import weigh as weigh_lines
from bot.domain.screening import RESEMBLES, find_patterns, screen, screen_after
from bot.domain.signs import ANY, COVERED, known_words, lines_of, of_word

RISK = {"gorse": 120, "Corse Poon": 100, "spoon": -90, "moon": 60, "Cor~": 50, "owl _ Poon": 70}
POINTS = Points(
    nets=(Net(RISK, hint=60, watch=150, urgent=250), Net({"eithin": 200}, hint=150, watch=180, urgent=300)),
    now={"moon": 50, "soon": 60},
    categories={"gorse": {"psychosis": 40, "substance": 10}, "moon": {"substance": 20}},
    immediate=100,
    immediate_too=60,
)
LEXICON = replace(
    build_lexicon(
        [Concern("SG-1", "psychosis", "urgent", {"en": ("the owls talk", "? the crows", "? crows fly", "? a lark")})],
        everyday=Everyday(covers={"en": ("gorse wine",)}, past={"en": ("years ago",)}),
    ),
    points=POINTS,
)
WORDS = st.lists(st.sampled_from(["gorse", "moon", "spoon", "owl", "the", ".", "gorsey", "tea"]), max_size=12)


def weigh(words: Sequence[str], points: Mapping[str, int]) -> Stretch | None:
    return weigh_lines(list(lines_of(words)), points)


def level(text: str, lexicon: Lexicon = LEXICON) -> str:
    return screen(text, lexicon).level


def test_words_pairs_and_beginnings_add_up() -> None:
    assert weigh(["gorse"], RISK) == (0, 0, 170)  # "gorse" and "gors~"
    assert weigh(["gorse", "moon"], RISK) == (0, 1, 330)
    assert weigh(["owl", "tea", "moon"], RISK) == (0, 2, 130)  # two words apart


def test_only_the_heaviest_stretch_counts() -> None:
    assert weigh(["spoon", "gorse", "moon", "spoon", "spoon"], RISK) == (1, 2, 330)
    assert weigh(["gorse", "spoon", "spoon", "moon"], RISK) == (0, 0, 170)


def test_a_stretch_does_not_reach_over_a_line_or_what_is_covered_but_over_a_full_stop() -> None:
    assert weigh(["gorse", "\n", "moon"], RISK) == (0, 0, 170)
    assert weigh(["gorse", COVERED, "moon"], RISK) == (0, 0, 170)
    assert weigh(["gorse", ".", "moon"], RISK) == (0, 2, 330)


def test_nothing_is_lighter_than_no_words() -> None:
    assert weigh([], RISK) is None
    assert weigh(["\n", "."], RISK) is None


@given(WORDS, WORDS, WORDS)
def test_nothing_before_or_after_makes_a_message_lighter(before: list[str], words: list[str], after: list[str]) -> None:
    alone, among = weigh(words, RISK), weigh([*before, *words, *after], RISK)
    assert alone is None or (among is not None and among.points >= alone.points)


@given(WORDS)
def test_no_stretch_is_heavier_than_the_one_that_is_found(words: list[str]) -> None:
    for line in lines_of(words):
        total, first, last = heaviest(line, RISK)
        every = [
            sum(
                sum(RISK.get(sign, 0) for sign in signs.alone)
                + (RISK.get(signs.pair, 0) if place > start else 0)
                + (RISK.get(signs.wide, 0) if place > start + 1 else 0)
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
        ("spoon", "none"),
        ("gorse", "watch"),
        ("eithin", "watch"),
        ("gorse moon", "urgent"),
        ("gorse moon, moon moon", "immediate"),
        ("gorse moon years ago", "watch"),
        ("the owls talk", "urgent"),
        ("the owls talk, soon", "immediate"),
        ("a gorse wine", "watch"),  # sayings are covered from the patterns alone
        ("the crows", "none"),  # no more than a hint
        ("spoon the crows", "none"),
        ("the crows, moon", "urgent"),
        ("moon spoon spoon the crows", "urgent"),  # wherever near by the rest of it is
        (f"moon {'spoon ' * (AROUND - 1)}the crows", "urgent"),
        (f"moon {'spoon ' * AROUND}the crows", "none"),  # not far away in a long message
        (f"the crows {'spoon ' * AROUND}moon", "none"),
        (f"a lark {'spoon ' * (AROUND - 2)}the crows", "urgent"),
        (f"a lark {'spoon ' * AROUND}the crows", "none"),
        ("the crows, moon years ago", "watch"),
        ("the crows and the owls talk", "urgent"),
        ("moon wine, the crows", "urgent"),
        ("gorse wine, the crows", "watch"),  # what is covered up lets no hint count
        ("a lark and the crows", "urgent"),  # two hints are more than one
        ("a lark and a lark", "urgent"),
        ("the crows fly", "none"),  # two that share a word are one
        ("gorse wine, gorse", "urgent"),
    ],
)
def test_how_grave_a_message_sounds(text: str, grave: str) -> None:
    assert level(text) == grave


def test_a_match_says_which_words_and_where() -> None:
    (match,) = screen("well, GORSE moon spoon", LEXICON).matches
    assert (match.rule, match.category, match.words) == (RESEMBLES, "psychosis", "GORSE moon")
    assert (match.start, match.end) == (6, 16)


def test_what_stands_in_a_saying_alone_has_a_category_too() -> None:
    found = screen("the owls talk of gorse wine", LEXICON)
    assert [(match.rule, match.category) for match in found.matches] == [
        ("SG-1", "psychosis"),
        (RESEMBLES, "psychosis"),
    ]


def test_a_pattern_comes_first_where_both_are_as_grave() -> None:
    found = screen("gorse moon and the owls talk", LEXICON)
    assert [match.rule for match in found.matches] == ["SG-1", RESEMBLES]


def test_without_points_nothing_sounds_like_anything_and_hints_count() -> None:
    bare = replace(LEXICON, points=Points())
    assert level("gorse moon", bare) == "none"
    assert level("the crows", bare) == "urgent"


@given(WORDS)
def test_points_worked_out_before_are_the_same(words: list[str]) -> None:
    by_itself = points_by_itself(known_words(RISK, ["tea", "the"]), RISK)
    assert by_itself["gorse"] == 170
    for line in lines_of(words):
        assert heaviest(line, RISK, by_itself) == heaviest(line, RISK)


@given(WORDS, WORDS)
def test_nothing_before_or_after_takes_a_hint_away(before: list[str], after: list[str]) -> None:
    assert level(" ".join((*before, "\n the crows moon \n", *after))) != "none"


@pytest.mark.parametrize(
    ("earlier", "text", "words", "place"),
    [
        ("moon", "well, the crows", "the crows", (6, 15)),
        ("the crows", "moon", "the crows", (0, 0)),
        ("a lark", "the crows", "a lark", (0, 0)),
    ],
)
def test_a_hint_and_what_makes_it_count_may_be_sent_apart(
    earlier: str, text: str, words: str, place: tuple[int, int]
) -> None:
    assert level(earlier) == level(text) == "none"
    found = screen_after([earlier], text, LEXICON)
    assert found.level == "urgent"
    assert (found.matches[0].words, (found.matches[0].start, found.matches[0].end)) == (words, place)
    assert screen_after([earlier, text], "spoon", LEXICON).level == "none", "it was found with the second"


def test_patterns_alone_see_no_hint_beside_what_is_covered_up() -> None:
    assert find_patterns("gorse wine, the crows", LEXICON) == []
    assert [match.rule for match in find_patterns("gorse, the crows", LEXICON)] == ["SG-1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("taro", "nharo"), ("taro", "daro"), ("gwaed", "waed"), ("gwddf", "wddf"), ("plentyn", "mhlentyn"),
     ("coes", "nghoes"), ("kick", "kicked"), ("hit", "hits"), ("bruise", "bruises")],
)  # fmt: skip
def test_a_word_is_known_by_the_same_signs_whatever_its_form(one: str, other: str) -> None:
    alike = set(of_word(one).signs) & set(of_word(other).signs) - {ANY}
    assert alike, (of_word(one), of_word(other))
    assert of_word(one).root == of_word(other).root or one == "bruise"


def test_what_an_earlier_message_sounded_like_is_not_said_again() -> None:
    assert screen_after(["gorse moon"], "thanks", LEXICON).level == "none"


def test_a_category_is_what_most_points_speak_for() -> None:
    words = ["moon", "moon", "moon"]
    stretch = weigh(words, RISK)
    assert stretch is not None
    assert category_of(words, stretch, POINTS) == "substance"


# --- learning


def made_up() -> list[Sentence]:
    grave = [
        Sentence(("i", "drank", "gorse", word), "en", "substance", "immediate") for word in ("today", "now", "again")
    ]
    worried = [Sentence(("the", "owls", "talk", word), "en", "psychosis", "urgent") for word in ("to", "at", "about")]
    welsh = [
        Sentence(("yfais", "i", "eithin", word), "cy", "substance", "urgent") for word in ("heddiw", "nawr", "eto")
    ]
    plain = [Sentence(("i", "drank", "tea", word), "en") for word in ("today", "now", "again", "then")]
    plain += [Sentence(("the", "owls", "sleep", word), "en") for word in ("to", "at", "about", "then")]
    plain += [Sentence(("yfais", "i", "de", word), "cy") for word in ("heddiw", "nawr", "eto", "wedyn")]
    return [*grave, *worried, *welsh, *plain] * 8


def test_what_is_learned_tells_disclosures_from_ordinary_messages() -> None:
    learned = learn(made_up())
    for one in made_up():
        heavy = {
            language
            for language, points in learned.risk.items()
            if (stretch := weigh(one.words, points)) and stretch.points >= learned.level[language]
        }
        assert heavy == ({one.language} if one.category else set()), one
        if one.category:
            points = Points(categories=learned.categories)
            assert category_of(one.words, Stretch(0, len(one.words) - 1, 0), points) == one.category
            at_once = weigh(one.words, learned.now)
            assert at_once is not None
            assert (at_once.points >= learned.now_level) == (one.severity == "immediate"), one


def test_a_category_is_named_also_where_no_word_speaks_for_one() -> None:
    points = Points(categories=learn(made_up()).categories)
    assert category_of(("never", "met"), Stretch(0, 1, 0), points) in {"psychosis", "substance"}


def test_the_same_messages_always_give_the_same_points() -> None:
    assert learn(made_up()) == learn(made_up())


def test_what_was_met_once_teaches_nothing() -> None:
    learned = learn([*made_up(), Sentence(("only", "here"), "en", "substance", "watch")])
    assert "only" not in learned.risk["en"]
    assert "gorse" in learned.risk["en"]
