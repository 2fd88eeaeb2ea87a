"""The rule about names that the program itself knows. The docstring is the rule."""

from collections.abc import Iterator

from bot.content.checking import Content
from bot.content.faults import Fault
from bot.domain.kept_names import KEPT_NAMES


def kept_name(content: Content) -> Iterator[Fault]:
    """Steps and choices that the program itself knows by name keep it: others would not be obeyed, or not be shown."""
    flow, library = content.library.flow, content.library
    for name, choices in KEPT_NAMES.items():
        if name not in flow.steps:
            sentence = f"The program knows step “{name}” by this name, and there is no such step: ask the developers."
            renamed = library.renamed_in.get(name)
            first = next(chapter for chapter in library.chapters if "start" in chapter.data)
            yield renamed.fault(sentence, "renamed", name) if renamed else first.fault(sentence, "start")
            continue
        for choice in sorted(choices - {each.key for each in flow.steps[name].choices}):
            sentence = (
                f"The program knows choice “{choice}” of step “{name}” by this name, and there is no such choice: "
                "ask the developers."
            )
            yield library.fault_at(name, sentence, "choices")
