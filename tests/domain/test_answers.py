"""Reading answers: numbers, words, slips of the thumb, phone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Understanding, fold, read_index, slips
from bot.domain.phone import read_uk_mobile, spoken_number

MARKS = ("1", "2", "3")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Yn  ÔL. ", "yn ol"),
        ("Dw i’n iawn!", "dw in iawn"),
        ("MWY", "mwy"),
        ("👍", "👍"),
        ("a\u200bb", "ab"),
        ("pentre'r eglwys", "pentrer eglwys"),
    ],
)
def test_folding_forgets_case_accents_and_points(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_never_raises_and_is_steady(text: str) -> None:
    assert fold(fold(text)) == fold(text) or any(ord(char) > 0x2FF for char in text)


@pytest.mark.parametrize(
    ("text", "index"), [("1", 0), ("3", 2), ("b", 1), ("4", None), ("d", None), ("11", None), ("", None)]
)
def test_a_mark_or_its_letter(text: str, index: int | None) -> None:
    assert read_index(text, MARKS) == index


def test_letters_stand_for_themselves_where_the_marks_are_letters() -> None:
    assert read_index("a", ("1", "A", "B")) == 1
    assert read_index("1", ("1", "A", "B")) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("0044 (0)7700 900 123", "+447700900123"),
        ("my number is 07700900123", "+447700900123"),
        ("07624 900123", "+447624900123"),
    ],
)
def test_uk_mobiles_however_they_are_written(text: str, number: str) -> None:
    assert read_uk_mobile(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "01685 725000",
        "02920 123456",
        "0800 132 737",
        "070 1234 5678",
        "07600 900123",
        "+33 6 12 34 56 78",
        "0770090012",
        "²" * 11,
        "",
        "9" * 5000,
    ],
)
def test_landlines_pagers_and_foreign_numbers_are_not_uk_mobiles(text: str) -> None:
    assert read_uk_mobile(text) is None


def test_a_number_is_spoken_as_people_write_it() -> None:
    assert spoken_number("+447700900123") == "07700 900123"


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("yes", "yse", 1), ("pregnant", "pregnent", 1), ("dad", "mum", 2), ("abc", "abc", 0)],
)
def test_slips_count_what_a_thumb_does(left: str, right: str, distance: int) -> None:
    assert slips(left, right, 1) == distance


def reading(**phrases: tuple[str, ...]) -> Understanding:
    return Understanding(phrases, {"one": "1"}, frozenset({"not", "ddim"}))


def test_a_phrase_in_a_short_message_counts_unless_it_is_negated_or_two_are_meant() -> None:
    read = reading(mum=("mum", "mam"), dad=("dad", "tad"))
    assert read.loose("I'm the dad", ("mum", "dad"), ("1", "2")) == "dad"
    assert read.loose("I'm not the dad", ("mum", "dad"), ("1", "2")) is None
    assert read.loose("mum and dad", ("mum", "dad"), ("1", "2")) is None


def test_a_slip_that_could_mean_two_things_means_neither() -> None:
    read = reading(mawr=("mawr",), marw=("marw",))
    assert read.loose("mawr", ("mawr", "marw"), ("1", "2")) == "mawr"
    assert read.loose("mawrw", ("mawr", "marw"), ("1", "2")) is None


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_folds_the_same_way_as_any_other(text: str) -> None:
    assert fold(text) == " ".join(word for word in fold(f"{text} \u00e9").split()[:-1])
