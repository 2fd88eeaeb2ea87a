"""What the guides say is what the programs do."""

import json
import re

import jsonschema
import pytest

from bot.content import glossary
from bot.content.checks import FLOW_RULES, OFFER_RULES, PROGRAM_RULES, TEXT_RULES
from bot.content.flow_file import (
    ENTRANCES,
    ChapterFile,
    ChoiceEntry,
    CommandEntry,
    CommandsFile,
    RouteVariant,
    StepEntry,
    WordingVariant,
)
from bot.content.flow_schema import schema_text
from bot.content.paths import OWN_FACTS
from bot.content.reading import read_document
from bot.domain.flow import Kind
from bot.domain.turn import CHOICE_ACTS, FINDS, STEP_ACTS, TAKES
from tests.content.little_world import SHIPPED

FLOWS, LOCALES = SHIPPED / "flows", SHIPPED / "locales"
CHAPTERS = ("self_referral.yaml", "booking.yaml", "after_the_call.yaml", "side_doors.yaml", "commands.yaml")


def table(text: str, heading: str) -> list[str]:
    """The names in the first column of the table whose first heading that is."""
    rows = text.split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("chapter", ChapterFile.model_fields),
        ("step", StepEntry.model_fields),
        ("choice", ChoiceEntry.model_fields),
        ("variant", {**WordingVariant.model_fields, **RouteVariant.model_fields}),
        ("commands", CommandsFile.model_fields),
        ("command", CommandEntry.model_fields),
        ("answer", [kind.value for kind in Kind]),
        ("find", FINDS),
        ("take", TAKES),
        ("do, in a step", STEP_ACTS),
        ("do, in a choice", CHOICE_ACTS),
        ("entered_by", ENTRANCES),
        ("fact", OWN_FACTS),
    ],
)
def test_the_guide_explains_every_word_a_flow_may_hold(heading: str, words: object) -> None:
    explained = table((FLOWS / "README.md").read_text(encoding="utf-8"), heading)
    assert sorted(explained) == sorted(words)  # type: ignore[call-overload]


def test_the_guide_names_the_values_of_every_fact() -> None:
    text = (FLOWS / "README.md").read_text(encoding="utf-8")
    for fact, values in OWN_FACTS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{fact}` |"))
        assert sorted(row.split("|")[2].replace(" ", "").split(",")) == sorted(values)


@pytest.mark.parametrize(
    ("folder", "rules"), [(FLOWS, (*FLOW_RULES, *PROGRAM_RULES, *OFFER_RULES)), (LOCALES, TEXT_RULES)]
)
def test_the_guides_list_every_rule_in_its_own_words(folder, rules) -> None:
    listed = (folder / "README.md").read_text(encoding="utf-8").split("## What the check refuses", 1)[1]
    listed = listed.split("\n## ", 1)[0]
    sentences = [" ".join((rule.__doc__ or "").split()) for rule in rules]
    assert re.findall(r"^- (.*)$", listed, re.MULTILINE) == sentences


def test_the_guide_explains_every_kind_of_glossary_word() -> None:
    assert tuple(table((LOCALES / "README.md").read_text(encoding="utf-8"), "kind")) == glossary.KINDS


def test_the_example_in_the_guide_is_the_shape_of_a_step() -> None:
    text = (FLOWS / "README.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n", 1)[1].split("```", 1)[0]
    lines = [line.split("  #")[0] for line in example.splitlines()]
    assert lines[0].strip() == "call_offer:"
    assert {line.split(":")[0].strip() for line in lines if re.match(r" {4}\w", line)} <= StepEntry.model_fields.keys()


def test_the_schema_for_editors_is_made_from_the_models() -> None:
    assert (FLOWS / "flow.schema.json").read_text(encoding="utf-8") == schema_text(), (
        "write bot.content.flow_schema.schema_text() to flows/flow.schema.json"
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_schema_takes_the_shipped_flows(name: str) -> None:
    schema = json.loads(schema_text())
    jsonschema.validate(read_document(FLOWS / name).data, schema)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    schema = json.loads(schema_text())
    good = {"chapter": "a", "version": 1, "steps": {"b": {"note": "c", "choices": {"d": {"go": "b"}}}}}
    jsonschema.validate(good, schema)
    for wrong in (
        {"chapter": "a", "steps": {"b": {"note": "c", "fnid": "tip"}}},
        {"chapter": "a", "steps": {"b": {"note": "c", "find": "tpi"}}},
        {"chapter": "a", "steps": {"b": {"note": "c", "ask": "no address"}}},
        {"chapter": "a", "steps": {"b": {"note": "c", "choices": {"d": {}}}}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
