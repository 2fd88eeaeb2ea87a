"""What the rules have in common."""

from pathlib import Path

import pytest

from bot.content.checks import FLOW_RULES, TEXT_RULES, check_folders
from bot.content.faults import Fault
from tests.content.little_world import World


@pytest.mark.parametrize("rule", [*FLOW_RULES, *TEXT_RULES], ids=lambda rule: rule.__name__)
def test_a_sound_flow_breaks_no_rule(world: World, rule) -> None:
    assert world.faults(rule) == []


@pytest.mark.parametrize("rule", [*FLOW_RULES, *TEXT_RULES], ids=lambda rule: rule.__name__)
def test_every_rule_is_a_sentence(rule) -> None:
    assert rule.__doc__ is not None
    assert rule.__doc__.strip().rstrip(")").endswith(".")


def test_every_rule_has_a_test_that_plants_the_fault() -> None:
    tests = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_checks_*.py"))
    untested = [rule.__name__ for rule in (*FLOW_RULES, *TEXT_RULES) if f"{rule.__name__})" not in tests]
    assert untested == []


def test_files_that_cannot_be_read_are_all_reported_together(world: World) -> None:
    line = world.plant(world.flow, "    note: Who is asking.", "    nota: Who is asking.")
    world.plant(world.commands, "restart: back_again\n", "")
    broken = world.po("cy")
    broken.write_text(broken.read_text(encoding="utf-8") + 'msgid "never closed\n', encoding="utf-8")
    faults = check_folders(world.flows, world.locales, world.code)
    here = [(fault.path, fault.line) for fault in faults]
    assert (world.flow, line) in here
    assert (world.commands, 1) in here
    assert broken in [path for path, _ in here]


@pytest.mark.parametrize(("old", "new"), [("start: welcome", "start: hello"), ("mum: {go: words}", "mum: {go: wrods}")])
def test_no_rule_breaks_over_what_another_finds(world: World, old: str, new: str) -> None:
    line = world.plant(world.flow, old, new)
    assert line in [fault.line for fault in check_folders(world.flows, world.locales, world.code)]


def test_a_fault_reads_as_file_line_and_sentence() -> None:
    assert str(Fault(Path("flows/x.yaml"), 3, "No.")) == "flows/x.yaml:3: No."
    assert str(Fault(Path("flows/x.yaml"), 3, "No.", warning=True)) == "flows/x.yaml:3: (warning) No."
