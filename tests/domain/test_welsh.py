"""Mutations and the forms of a verb, by the standard tables; the ways of north and south."""

import pytest

from bot.domain.welsh import conjugated, forms_of, mutations, spoken, verb_forms_of


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
        ("potel", {"potel", "potal"}),
        ("cyllell", {"cyllell", "cyllall"}),
        ("gadael", {"gadael", "gadel", "gadal"}),
        ("llaeth", {"llaeth", "llath"}),
        ("chwydu", {"chwydu", "whydu", "hwydu"}),
        ("ysgwyd", {"ysgwyd", "sgwyd"}),
        ("brifo", {"brifo"}),
        ("dau", {"dau"}),
    ],
)
def test_north_and_south_say_it_their_way(word: str, said: set[str]) -> None:
    assert spoken(word) == said


@pytest.mark.parametrize("word", ["caeth", "maeth", "gwaeth"])
def test_no_word_is_said_as_another_word(word: str) -> None:
    # cath is a cat and math is a kind.
    assert spoken(word) == {word}


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("curo", {"curodd", "curais", "cures", "curith", "curwyd", "curir", "curws", "curwch"}),
        ("tagu", {"tagodd", "tages", "tagith", "tagaf"}),
        ("torri", {"torrodd", "torres", "torrish", "torron"}),
        ("yfed", {"yfodd", "yfes", "yfais"}),
        ("llefain", {"llefodd", "llefes"}),
        ("lladd", {"lladdodd", "lladdith", "lladdiff"}),
        ("stopio", {"stopiodd", "stopodd", "stopies", "stopes"}),
        ("taro", {"tarodd", "trawodd", "tarawodd", "tares", "darodd", "drawodd"}),
        ("gadael", {"gadawodd", "gadewais", "adawodd"}),
        ("ysgwyd", {"ysgydwodd", "sgydwodd", "ysgydwais"}),
        ("bwrw", {"bwrodd", "fwrodd", "bwres"}),
        ("gweiddi", {"gwaeddodd", "weiddodd"}),
    ],
)
def test_forms_of_a_verb(verb: str, forms: set[str]) -> None:
    assert forms <= verb_forms_of(verb)
    assert verb in conjugated(verb)


@pytest.mark.parametrize(
    ("verb", "other"),
    [
        ("dal", "dalodd"),
        ("gwylio", "wylodd"),
        ("gadael", "cadwodd"),
        ("gadael", "gadwyd"),
        ("curo", "cur"),
        ("lladd", "lladrad"),
        ("boddi", "bodd"),
        ("torri", "tor"),
    ],
)
def test_no_verb_has_a_form_of_another_word(verb: str, other: str) -> None:
    assert other not in verb_forms_of(verb)


def test_a_verb_of_a_pattern_is_heard_in_its_forms_only_where_it_asks_for_them() -> None:
    assert "curodd" not in forms_of("curo")
    assert "gurodd" in verb_forms_of("curo")


@pytest.mark.parametrize(
    ("word", "another"),
    [
        ("llaw", "llawr"),
        ("llaw", "llawn"),
        ("coke", "choke"),
        ("meds", "feds"),
        ("croup", "group"),
        ("belt", "felt"),
        ("deud", "neud"),
    ],
)
def test_a_form_that_is_another_word_is_none(word: str, another: str) -> None:
    assert another not in forms_of(word)
