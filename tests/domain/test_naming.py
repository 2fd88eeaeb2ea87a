"""An item that is named instead of numbered is the one that was shown by that name, or is asked for again."""

import pytest

from bot.content.catalogue import load_catalogue
from bot.domain.answers import fold
from bot.domain.conversation import LANGUAGES
from bot.domain.naming import Naming
from tests.domain.journey import ROOT

TIMES = {
    "tuesday": ("dydd Mawrth 24 Tachwedd am 09:30", "Tuesday 24 November at 09:30"),
    "wednesday": ("dydd Mercher 25 Tachwedd am 10:00", "Wednesday 25 November at 10:00"),
    "thursday": ("dydd Iau 26 Tachwedd am 14:15", "Thursday 26 November at 14:15"),
}
AREAS = {"bridgend": ("Pen-y-bont ar Ogwr", "Bridgend"), "merthyr": ("Merthyr Tudful", "Merthyr Tydfil")}
# A Tuesday is not shown: the only "Mawrth" is a month.
MARCH = {"friday": ("dydd Gwener 26 Chwefror am 09:30", ""), "monday": ("dydd Llun 1 Mawrth am 09:30", "")}


def named(text: str, names: dict[str, tuple[str, str]], *, partly: bool = True) -> str | None:
    """What `text` means among the names, by the words that ship."""
    catalogue = load_catalogue(ROOT / "locales")

    def phrases(address: str) -> list[str]:
        return [word for language in LANGUAGES for word in catalogue.words(language, address)]

    numbers = {fold(word): str(n) for n in range(1, 13) for word in phrases(f"answers.number_{n}.words")}
    return Naming(phrases, numbers).named(text, names, 5, partly=partly)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Tuesday 24 November at 09:30", "tuesday"),
        ("dydd Mawrth 24 Tachwedd am 09:30", "tuesday"),
        ("Tuesday", "tuesday"),
        ("tues please", "tuesday"),
        ("on Tuesday", "tuesday"),
        ("Wed", "wednesday"),
        ("weds at 10", "wednesday"),
        ("dydd Mercher", "wednesday"),
        ("Mer", "wednesday"),
        ("25 november", "wednesday"),
        ("the 25th", "wednesday"),
        ("25ain o Dachwedd", None),
        ("10am", "wednesday"),
        ("10 a.m.", "wednesday"),
        ("am 10", "wednesday"),
        ("10 y bore", "wednesday"),
        ("10 o'clock", "wednesday"),
        ("ten o'clock", "wednesday"),
        ("9.30", "tuesday"),
        ("9:30am", "tuesday"),
        ("half past nine", "tuesday"),
        ("half 9", "tuesday"),
        ("hanner awr wedi naw", "tuesday"),
        ("2.15", "thursday"),
        ("2.15pm", "thursday"),
        ("14:15", "thursday"),
        ("Thursday afternoon", "thursday"),
        ("prynhawn dydd Iau", "thursday"),
        ("in the afternoon please", "thursday"),
        ("I can do Thursday", "thursday"),
        ("iau am 2.15", "thursday"),
    ],
)
def test_a_day_or_an_hour_that_one_time_has_means_that_time(text: str, meant: str | None) -> None:
    assert named(text, TIMES) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "morning",
        "November",
        "Friday",
        "not Tuesday",
        "I can't do Tuesday",
        "anything but Tuesday",
        "Tuesday or Wednesday",
        "Tuesday at 10",
        "9.30pm",
        "10pm",
        "Tuesday 25 November",
        "ddim dydd Mawrth",
        "dim dydd Mawrth",
        "sad",
        "9.45",
        "2",
        "the 2nd",
        "yes",
        "ok",
        "Tuesday is bad",
        "after Tuesday",
        "am",
        "my baby died on Tuesday",
    ],
)
def test_nothing_is_guessed_where_not_exactly_one_time_fits(text: str) -> None:
    assert named(text, TIMES) is None


def test_a_month_is_never_read_as_a_weekday() -> None:
    assert named("dydd Mawrth", MARCH) is None
    assert named("Mawrth", MARCH) is None
    assert named("1 Mawrth", MARCH) == "monday"
    assert named("dydd Llun", MARCH) == "monday"


def test_a_number_that_is_a_place_in_the_list_is_no_date() -> None:
    december = {"a": ("", "Wednesday 2 December at 09:30"), "b": ("", "Thursday 3 December at 09:30")}
    assert named("2", december) is None
    assert named("2 December", december) == "a"


def test_places_are_named_in_either_language_and_only_whole_where_a_word_is_too_little() -> None:
    assert named("merthyr", AREAS) == "merthyr"
    assert named("Pen y bont ar Ogwr", AREAS) == "bridgend"
    assert named("merthyr", AREAS, partly=False) is None
    assert named("Merthyr Tydfil", AREAS, partly=False) == "merthyr"
