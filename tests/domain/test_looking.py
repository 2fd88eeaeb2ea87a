"""What is looked for where: each phrase at its rarest word, and nothing is kept of words that no pattern has."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clues import live_shelves
from bot.domain.lexicon import Concern, Lexicon, build_lexicon
from bot.domain.patterns import Vocabulary
from bot.domain.resemblance import Points
from bot.domain.screening import find_patterns, screen, screen_after


def lexicon(**common: int) -> Lexicon:
    """Two concerns; `common` says in how many ordinary messages a word stands."""
    return build_lexicon(
        [
            Concern("FIRE", "danger", "urgent", {"en": ("the gorse ... burns", "heather (on|in) fire")}),
            Concern("SMOKE", "danger", "watch", {"en": ("(smoke|smell) & the moor",)}),
        ],
        points=Points(common=Counter(common)),
    )


def first_looked_for(made: Lexicon) -> set[str]:
    """The words under which the phrases are filed."""
    words = ["the", "gorse", "burns", "smoke", "smell", "moor", "heather", "on", "in", "fire"]
    return {word for word in words if made.clues.of(word)}


def test_a_phrase_is_looked_for_at_the_word_that_few_messages_have() -> None:
    assert first_looked_for(lexicon(the=900, gorse=50, heather=70, on=400)) & {"the", "gorse", "burns"} == {"burns"}
    assert first_looked_for(lexicon(the=900, burns=50, heather=70)) & {"the", "gorse", "burns"} == {"gorse"}


def test_where_it_is_looked_for_changes_nothing_that_is_found() -> None:
    one, other = lexicon(the=900, gorse=50, fire=9), lexicon(burns=900, moor=50, heather=9)
    for text in ("the gorse up there burns", "smoke over the moor", "heather on fire", "the gorse is green", "fire"):
        assert [match.rule for match in screen(text, one).matches] == [
            match.rule for match in screen(text, other).matches
        ]


def test_only_the_shelves_asked_for_are_looked_at() -> None:
    made = lexicon()
    words = ["the", "gorse", "burns", "and", "there", "is", "smoke", "on", "the", "moor"]
    assert len(live_shelves(words, made.clues)) == 2
    assert live_shelves(words, made.clues, made.shelves_of["SMOKE"]) == sorted(made.shelves_of["SMOKE"])
    assert {match.rule for match in find_patterns(" ".join(words), made, "SMOKE")} == {"SMOKE"}


def test_nothing_is_kept_of_words_that_no_pattern_has() -> None:
    made = lexicon()
    for number in range(200):
        screen(f"the gorse w{number}rd burns strangeword{number * 'x'}", made)
    bank = made.shelves[0].bank
    assert len(bank.masks) + len(bank.starts) < 30
    assert screen("the gorse burns", made).level == "urgent"


@given(
    st.lists(st.sampled_from(["the", "gorse", "burns", "smoke", "moor", "heather", "on", "fire", "zzz"]), max_size=8)
)
def test_a_message_alone_is_part_of_what_it_is_after_others(words: list[str]) -> None:
    made, text = lexicon(), " ".join(words)
    for earlier in (["the gorse"], ["smoke", "zzz"], ["heather on"]):
        alone = {(match.rule, match.start, match.end) for match in screen(text, made).matches}
        assert alone <= {(match.rule, match.start, match.end) for match in screen_after(earlier, text, made).matches}


def test_what_was_screened_before_changes_nothing() -> None:
    fresh, used = lexicon(), lexicon()
    screen("smoke burns the moor", used)
    text = "the gorse on the moor burns, smoke everywhere"
    assert screen(text, fresh) == screen(text, replace(used, version=fresh.version))


@pytest.mark.parametrize("text", ["wanna burn", "wannna burn", "wannnna burn", "iwannaburn"])
def test_a_word_that_stands_for_others_is_read_however_it_is_spelled(text: str) -> None:
    vocabulary = Vocabulary(text_speak={"wanna": ("want", "to")})
    made = build_lexicon([Concern("FIRE", "danger", "urgent", {"en": ("(want to|wanna) burn",)})], vocabulary)
    assert screen(text, made).level == "urgent"
