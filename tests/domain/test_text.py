"""Reading a text: nothing a phone does to the letters changes what is read, and the raw text stays in reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import WORDS, fold_word, read


@pytest.mark.parametrize(
    "written",
    [
        "I DON'T know",
        "i don\u2019t know",
        "i don\u02bct know",
        "i dont know",
        "i  don`t\tknow",
        "i\u200b do\u200dn't kn\u00adow",
        "\uff49 \uff44\uff4f\uff4e\uff54 \uff4b\uff4e\uff4f\uff57",
        "i d\u043en't kn\u043ew",
        "\U0001d422 \U0001d41d\U0001d428\U0001d427\U0001d42d \U0001d424\U0001d427\U0001d428\U0001d430",
        "i d\u0336o\u0336n\u0336t\u0336 know",
    ],
    ids=["capitals", "curly", "modifier", "none", "backtick", "zero-width", "full-width", "cyrillic", "bold", "struck"],
)
def test_one_reading_for_many_ways_to_write(written: str) -> None:
    assert read(written).words() == ["i", "dont", "know"]


def test_accents_are_read_with_and_without_composed_or_not() -> None:
    assert read("dŵr tŷ").words() == read("dw\u0302r ty\u0302").words() == read("dwr ty").words()


def test_the_end_of_a_sentence_and_of_a_line_are_kept_but_not_dots_in_a_row() -> None:
    assert read("no. yes!\nwell... ok").words() == ["no", ".", "yes", "!", "\n", "well", "ok"]


def test_a_word_knows_where_it_stands_in_the_raw_text() -> None:
    raw = "\u200bHi \U0001f634 dw\u0302r don\u2019t"
    spans = read(raw).spans()
    assert [raw[start:end] for start, end in spans] == ["Hi", "\U0001f634", "dw\u0302r", "don\u2019t"]


@given(st.text(st.characters(codec=None), max_size=300))
def test_every_span_lies_in_the_text_and_in_order(text: str) -> None:
    reading = read(text)
    spans = reading.spans()
    assert len(spans) == len(reading.words())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


def test_words_need_no_backtracking() -> None:
    # Each word must end where the next letter or sign is decided: a joined sign without a letter behind it is left out.
    assert WORDS.findall("a'" * 5) == ["a'a'a'a'a"]
    assert WORDS.findall("k!!ll") == ["k", "ll"]


def test_a_word_of_a_pattern_is_folded_like_a_text() -> None:
    assert fold_word("Gŵr") == "gwr"
    assert fold_word("won't") == "wont"
