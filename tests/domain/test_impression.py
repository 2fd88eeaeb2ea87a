"""What a message sounds like as a whole: heard beside the patterns and the net of stretches, and never instead."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.impression import (
    FEWEST_WORDS,
    HIDDEN,
    MOST,
    SIZE,
    STEP,
    Heard,
    Impression,
    Impressions,
    heard,
    pack,
    packed_by_itself,
    sounds,
)
from bot.domain.impression_learning import Dice, learn_impressions
from bot.domain.learning import Sentence
from bot.domain.lexicon import Concern, Everyday, Lexicon, build_lexicon
from bot.domain.resemblance import Net, Points
from bot.domain.screening import RESEMBLES, find_patterns, screen, screen_after
from bot.domain.signs import Signs, known_words, lines_of


def row(size: int, *weights: float, added: float = 0.0) -> tuple[float, ...]:
    return (*weights, *[0.0] * (size - len(weights)), added)


def numbers(first: float, second: float = 0.0) -> list[int]:
    return [round(first / STEP), round(second / STEP), *[0] * (SIZE - 2)]


# The first number of a sign speaks for psychosis, the second for what is ordinary.
SIGNS = {
    "owls": numbers(1.0), "talk": numbers(1.0), "owl Talk": numbers(1.0), "moon": numbers(0.5, 1.0),
    "tea": numbers(0, 3.0),
}  # fmt: skip
NET = Impression(
    hidden=(row(SIZE, 1.0), row(SIZE, 0.0, 1.0), *[row(SIZE)] * (HIDDEN - 2)),
    out=(row(HIDDEN, 2.0), row(HIDDEN, added=-9.0), row(HIDDEN, 0.0, 2.0)),
    categories=("psychosis", "substance"),
    watch=90,
    urgent=150,
)
ONE = Impressions((NET,), pack([SIGNS]))
LEXICON = replace(
    build_lexicon(
        [
            Concern("SG-1", "psychosis", "urgent", {"en": ("larks sing",)}),
            Concern("SG-2", "substance", "watch", {"en": ("gorse wine",)}),
        ],
        everyday=Everyday(covers={"en": ("owls talk shop",)}, past={"en": ("years ago",)}),
    ),
    points=Points(nets=(Net({"gorse": 120}, hint=50, watch=150, urgent=250),), impressions=ONE),
)
WORDS = st.lists(st.sampled_from(["owls", "talk", "moon", "tea", "the", ".", "\n", "owl"]), max_size=30)


def lines(words: Sequence[str]) -> list[list[Signs]]:
    return list(lines_of(words))


def points(*words: str) -> int:
    (sound,) = sounds(lines(words), ONE)
    return sound.points


def level(text: str, lexicon: Lexicon = LEXICON) -> str:
    return screen(text, lexicon).level


def test_all_words_of_a_message_count_and_its_length() -> None:
    assert points("owls") == 200  # one number of 1, twice; the other category is next to nothing
    assert points("owls", "talk") == pytest.approx(100 * 2 * 3 / 2**0.5, abs=1)  # each, both together, two words
    assert points("owls", "and", "talk") == pytest.approx(100 * 2 * 2 / 3**0.5, abs=1)  # apart
    assert points("owls", "tea") == pytest.approx(100 * (2 * 1 - 2 * 3) / 2**0.5, abs=1)


def test_what_was_never_met_sounds_like_nothing() -> None:
    assert sounds(lines(["the", "bees"]), ONE) == []
    assert sounds([], ONE) == []
    assert sounds(lines(["owls"]), Impressions()) == []
    assert heard(lines(["the", "bees", "the", "bees"]), ONE) is None


def test_the_net_that_hears_most_is_the_one_that_speaks_and_each_hears_by_itself() -> None:
    other = replace(NET, watch=150)
    both = Impressions((NET, other), pack([SIGNS, {"owls": numbers(3.0), "bees": numbers(0.5)}]))
    words = lines(["owls", "and", "the", "bees"])
    assert [(one.points, one.net) for one in sounds(words, both)] == [(100, NET), (350, other)]
    assert heard(words, both) == Heard(350, "psychosis", other)
    loud = Impressions((NET, replace(other, watch=351)), both.signs)
    assert heard(words, loud) == Heard(100, "psychosis", NET)
    assert heard(words, Impressions((replace(NET, watch=101), replace(other, watch=351)), both.signs)) is None
    assert [one.net for one in sounds(lines(["bees"]), both)] == [other], "the first never met it"


def test_what_is_very_short_has_no_whole() -> None:
    short = ["owls"] * (FEWEST_WORDS - 1)
    assert heard(lines(short), ONE) is None
    assert heard(lines([*short, "owls"]), ONE) is not None


@given(WORDS)
def test_what_was_worked_out_before_is_the_same(words: list[str]) -> None:
    before = replace(ONE, by_itself=packed_by_itself(known_words(SIGNS, ["the"]), ONE.signs))
    assert before.by_itself["owls"]
    assert sounds(lines(words), before) == sounds(lines(words), ONE)


@given(st.lists(st.lists(st.integers(-MOST, MOST), min_size=SIZE, max_size=SIZE), min_size=1, max_size=40))
def test_packed_numbers_add_up(signs: list[list[int]]) -> None:
    own = {f"w{place}": each for place, each in enumerate(signs)}
    nets = Impressions((NET, NET), pack([SIGNS, own]))
    (sound,) = sounds(lines(list(own)), nets)
    scale = STEP / len(signs) ** 0.5
    psychosis, plain = (2 * max(0.0, sum(each[place] for each in signs) * scale) for place in (0, 1))
    assert sound.points / 100 == pytest.approx(max(psychosis, -9.0) - plain, abs=0.8)


@pytest.mark.parametrize(
    ("text", "grave"),
    [
        ("the old owls fly", "watch"),
        ("the owls talk again", "urgent"),
        ("the owls and tea", "none"),
        ("owls talk", "none"),  # too little of a whole
        ("so owls talk shop", "urgent"),  # sayings are covered from the patterns alone
        ("the owls talk, years ago", "watch"),
        ("the owls talk years ago. and again, owls talk", "urgent"),  # not all of it is told of the past
        ("larks sing, old owls", "urgent"),
        ("i drank gorse wine", "watch"),
        ("gorse wine, owls talk, owls talk, owls talk", "urgent"),
    ],
)
def test_how_grave_a_message_sounds(text: str, grave: str) -> None:
    assert level(text) == grave


def test_it_adds_a_match_only_where_it_is_the_gravest() -> None:
    assert [match.rule for match in screen("larks sing, owls talk again", LEXICON).matches] == ["SG-1"]
    assert [match.rule for match in screen("gorse wine, owls talk owls talk", LEXICON).matches] == [RESEMBLES, "SG-2"]


def test_the_match_is_the_whole_message_and_a_guess() -> None:
    (match,) = screen("  well, the OWLS talk! ", LEXICON).matches
    assert (match.rule, match.category, match.words) == (RESEMBLES, "psychosis", "well, the OWLS talk")
    assert (match.start, match.end) == (2, 21)


@given(WORDS, WORDS)
def test_what_patterns_and_stretches_hear_no_words_around_can_quieten(before: list[str], after: list[str]) -> None:
    for disclosure, grave in (("larks sing", {"urgent"}), ("gorse gorse", {"watch", "urgent"})):
        assert level(" ".join((*before, "\n", disclosure, "\n", *after))) in grave


@given(WORDS)
def test_it_never_takes_anything_from_what_is_found_without_it(words: list[str]) -> None:
    text = " ".join((*words, "larks sing"))
    without = replace(LEXICON, points=replace(LEXICON.points, impressions=Impressions()))
    assert set(screen(text, without).matches) <= set(screen(text, LEXICON).matches)


def test_what_an_earlier_message_sounded_like_is_not_said_again() -> None:
    assert screen_after(["the owls talk again"], "the bees", LEXICON).level == "none"
    assert screen_after(["the bees"], "the owls talk again", LEXICON).level == "urgent"
    assert find_patterns("the owls talk again", LEXICON) == []


# --- learning


def made_up() -> list[Sentence]:
    ends = ("today", "now", "again", "to", "at", "about")
    worried = [Sentence(("the", "owls", "talk", end), "en", "psychosis", "urgent") for end in ends]
    worried += [Sentence(("i", "drank", "gorse", end), "en", "substance", "urgent") for end in ends]
    worried += [Sentence(("yfais", "i", "eithin", end), "cy", "substance", "urgent") for end in ends]
    plain = [
        Sentence((*words, end), "en") for end in ends for words in (("the", "owls", "sleep"), ("i", "drank", "tea"))
    ]
    plain += [Sentence(("yfais", "i", "de", end), "cy") for end in ends]
    return [*worried, *plain] * 12


def taught(language: str) -> Impressions:
    one = learn_impressions(made_up())[language]
    return Impressions((Impression(*one[1:], 0, 0),), pack([one.signs]))


def test_what_is_learned_tells_disclosures_from_ordinary_messages_and_of_which_category() -> None:
    for language in ("cy", "en"):
        nets = taught(language)
        for one in made_up():
            found = heard(lines(one.words), nets)
            assert (found is not None) == (one.category is not None and one.language == language), (language, one)
            if found:
                assert found.category == one.category, one


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("owls zzz zzz zzz", -75),  # few known words among unknown ones
        ("the to zzz zzz", -75),
        ("again now zzz zzz", -75),
        ("the at about to", -245),  # ordinary words thrown together
    ],
)
def test_words_that_say_little_are_ordinary(text: str, most: int) -> None:
    (sound,) = sounds(lines(text.split()), taught("en"))
    assert sound.points < most


def test_the_same_messages_always_teach_the_same() -> None:
    assert learn_impressions(made_up()) == learn_impressions(made_up())


def test_what_was_met_too_seldom_teaches_nothing() -> None:
    learned = learn_impressions([*made_up(), Sentence(("only", "here"), "en", "substance", "watch")])
    assert "only" not in learned["en"].signs
    assert "gorse" in learned["en"].signs


def test_throws_are_spread_evenly_and_the_same_in_every_run() -> None:
    dice, again = Dice(7), Dice(7)
    throws = [dice.throw() for _ in range(2000)]
    assert throws == [again.throw() for _ in range(2000)]
    for part in range(10):
        assert 150 <= sum(part / 10 <= throw < (part + 1) / 10 for throw in throws) <= 250
    assert {dice.below(3) for _ in range(60)} == {0, 1, 2}
