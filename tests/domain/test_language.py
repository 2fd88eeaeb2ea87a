"""Guessing a language: silent unless clear."""

import csv
from pathlib import Path

import pytest

from bot.domain.language import guess_language


@pytest.mark.parametrize(
    "text", ["helo", "hi", "ok", "diolch", "thanks", "", "12", "CF44 1AA", "babi", "help plis", "👍"]
)
def test_a_greeting_or_a_stray_word_says_nothing(text: str) -> None:
    assert guess_language(text) is None


@pytest.mark.parametrize(
    "text", ["dwi ddim yn gwybod beth i wneud", "mae'r babi'n crio drwy'r amser", "sai'n cysgu o gwbl nawr"]
)
def test_welsh(text: str) -> None:
    assert guess_language(text) == "cy"


@pytest.mark.parametrize(
    "text", ["i dont know what to do", "she is crying all the time", "can you tell me about the group"]
)
def test_english(text: str) -> None:
    assert guess_language(text) == "en"


def test_half_and_half_says_nothing() -> None:
    assert guess_language("dwi ddim yn gwybod what to do about it") is None


def test_wrong_guesses_are_rarer_than_one_in_two_hundred() -> None:
    pairs = Path(__file__).parents[3] / "shared" / "corpora" / "lang_pairs.tsv"
    if not pairs.is_file():
        pytest.skip("no corpora here: lang_pairs.tsv is not part of the project")
    with pairs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    guesses = [(row["lang"], guess_language(row["text"])) for row in rows]
    wrong = sum(guess is not None and guess != language for language, guess in guesses)
    silent = sum(guess is None for _, guess in guesses)
    print(f"{len(rows)} texts: {wrong} wrong, {silent} unsure")
    assert wrong * 200 < len(rows)
