"""What the program knows by name cannot be renamed in the flow without `helo check` saying so."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.catalogue import load_catalogue
from bot.content.checks import PROGRAM_RULES, gather
from bot.content.checks_names import SWITCH_OFF, SWITCH_ON
from bot.content.library import load_library
from bot.domain.contact import UNSAFE_ANSWERS
from bot.domain.kept_names import KEPT_NAMES
from tests.content.little_world import SHIPPED

Faults = Callable[..., list[tuple[str, int, str]]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """What the rules find in the shipped flow, once words of one of its files are others: file, line, sentence."""
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED / "flows", flows)
    catalogue = load_catalogue(SHIPPED / "locales")

    def find(name: str, *changes: tuple[str, str]) -> list[tuple[str, int, str]]:
        path = flows / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        content, _ = gather(load_library(flows), catalogue, SHIPPED / "locales", SHIPPED / "bot")
        return [(fault.path.name, fault.line, fault.sentence) for rule in PROGRAM_RULES for fault in rule(content)]

    return find


def line_of(name: str, words: str) -> int:
    """The line of the shipped file that begins with these words."""
    lines = (SHIPPED / "flows" / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(words))


def test_the_shipped_flow_has_every_name(faults: Faults) -> None:
    assert faults("self_referral.yaml") == []


@pytest.mark.parametrize(
    ("step", "choice"), [(step, each) for step in UNSAFE_ANSWERS for each in sorted(UNSAFE_ANSWERS[step])]
)
def test_an_answer_that_says_it_is_not_safe_is_obeyed_under_its_name(step: str, choice: str) -> None:
    assert choice in KEPT_NAMES[step]


def test_a_choice_under_another_name(faults: Faults) -> None:
    (fault,) = faults("self_referral.yaml", ("      not_sure: {go: goodbye}", "      unsure: {go: goodbye}"))
    assert fault[0] == "self_referral.yaml"
    assert fault[1] > line_of("self_referral.yaml", "  about:")
    assert fault[2] == (
        "The program knows choice “not_sure” of step “about” by this name, and there is no such choice: "
        "ask the developers."
    )


def test_a_step_under_another_name(faults: Faults) -> None:
    found = faults("self_referral.yaml", ("who", "carer"))
    sentence = "The program knows step “who” by this name, and there is no such step: ask the developers."
    assert ("self_referral.yaml", line_of("self_referral.yaml", "start:"), sentence) in found


def test_a_step_that_was_renamed_is_shown_where_it_was(faults: Faults) -> None:
    rename = ("\nsteps:\n", "\nrenamed:\n  call_sleep: call_rest\nsteps:\n")
    sentence = "The program knows step “call_sleep” by this name, and there is no such step: ask the developers."
    assert faults("booking.yaml", ("  call_sleep:", "  call_rest:"), rename) == [
        ("booking.yaml", line_of("booking.yaml", "steps:") + 1, sentence)
    ]


@pytest.mark.parametrize(
    ("word", "place", "does"),
    [(word, "opt_out_words", "off") for word in SWITCH_OFF]
    + [(word, "opt_in_words", "on again") for word in SWITCH_ON],
)
def test_a_word_of_the_phone_network_that_is_lost(faults: Faults, word: str, place: str, does: str) -> None:
    (line,) = (
        each
        for each in (SHIPPED / "flows" / "commands.yaml").read_text(encoding="utf-8").splitlines()
        if each.startswith(place)
    )
    words = re.findall(r"\w+", line.partition(":")[2])
    left = ", ".join(f'"{each}"' for each in words if each != word)
    sentence = (
        f"The word “{word.upper()}” is missing here: the phone network switches texts {does} at it, and Helo would not "
        "know of it."
    )
    assert faults("commands.yaml", (line, f"{place}: [{left}]")) == [
        ("commands.yaml", line_of("commands.yaml", place), sentence)
    ]
