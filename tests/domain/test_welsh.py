"""Mutations, by the standard table."""

import pytest

from bot.domain.welsh import forms_of, mutations, spoken


@pytest.mark.parametrize(
    ("word", "mutated"),
    [
        ("curo", {"curo", "guro", "nghuro", "churo"}),
        ("trais", {"trais", "drais", "nhrais", "thrais"}),
        ("pen", {"pen", "ben", "mhen", "phen"}),
        ("lladd", {"lladd", "ladd"}),
        ("bwrw", {"bwrw", "fwrw", "mwrw"}),
        ("boddi", {"boddi", "foddi", "moddi"}),
        ("dyn", {"dyn", "ddyn", "nyn"}),
        ("gwddw", {"gwddw", "wddw", "ngwddw"}),
        ("marw", {"marw", "farw"}),
        ("rhoi", {"rhoi", "roi"}),
        ("anafu", {"anafu", "hanafu"}),
    ],
)
def test_mutations(word: str, mutated: set[str]) -> None:
    assert mutations(word) == mutated


@pytest.mark.parametrize("word", ["chwaer", "ddoe", "ffit", "phan", "thost", "ngwaed"])
def test_letters_of_two_signs_do_not_change(word: str) -> None:
    assert mutations(word) == {word}


def test_short_words_stay_as_they_are() -> None:
    assert mutations("fi") == {"fi"}
    assert "an" not in mutations("gan")


def test_small_words_lean_on_a_vowel() -> None:
    assert {"babi", "babin", "babir", "fabin", "mabi"} <= forms_of("babi")
    assert not any(form.endswith("ddn") for form in forms_of("lladd"))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("pethau", {"pethau", "petha", "pethe"}),
        ("lleisiau", {"lleisiau", "lleisia", "lleisie"}),
        ("stopio", {"stopio", "stopo"}),
        ("adref", {"adref", "adre"}),
        ("brifo", {"brifo"}),
        ("dau", {"dau"}),
    ],
)
def test_north_and_south_say_it_their_way(word: str, said: set[str]) -> None:
    assert spoken(word) == said
