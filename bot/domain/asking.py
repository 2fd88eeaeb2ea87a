"""How a question is put: a reason, the question, then what may be chosen, each with the mark to answer by."""

from collections.abc import Mapping

from bot.domain.conversation import LANGUAGES, Line, Option, Text, Value
from bot.domain.flow import Branches, Choice, Step
from bot.domain.turn import Item


def open_choices(step: Step, facts: Mapping[str, str]) -> tuple[Choice, ...]:
    """The choices that are there now."""
    return tuple(choice for choice in step.choices if choice.when.holds(facts))


def marks_of(step: Step, items: int, choices: int) -> tuple[str, ...]:
    """The numbers (and, on a step with `letters`, the letters for choices) beside items and then choices."""
    if step.letters:
        return tuple(map(str, range(1, items + 1))) + tuple("ABCDEFGH"[:choices])
    return tuple(map(str, range(1, items + choices + 1)))


def question(
    step: Step,
    wording: Branches,
    facts: Mapping[str, str],
    items: tuple[Item, ...],
    values: Mapping[str, Value],
    *,
    why: bool,
) -> Text:
    """The question of a step as one text; `wording` is its first or its kinder second form."""
    reason = step.why.pick(facts) if why else None
    lines = tuple(Line(address, values) for address in (reason, wording.pick(facts)) if address)
    numbered = items if step.item else ()
    choices = open_choices(step, facts)
    labels = [(item.key, Line(step.item or "", item.values)) for item in numbered]
    labels += [(choice.key, Line(choice.label)) for choice in choices]
    marks = marks_of(step, len(numbered), len(choices))
    options = tuple(Option(key, label, mark) for (key, label), mark in zip(labels, marks, strict=True))
    return Text(lines, options, LANGUAGES if step.both_languages else ())
