"""The rules about names and words that the program itself must find in the flow. Each docstring is the rule."""

from collections.abc import Iterator

from bot.content.checking import Content
from bot.content.faults import Fault
from bot.domain.kept_names import KEPT_NAMES

# At these words Twilio itself switches a number's texts off, or on again: its standard lists for long numbers.
SWITCH_OFF = ("stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout")
SWITCH_ON = ("start", "unstop", "yes")


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


def network_word_missing(content: Content) -> Iterator[Fault]:
    """Every word at which the phone network itself switches texts off, or on again, is in our lists as well."""
    library = content.library
    for place, listed, needed, does in (
        ("opt_out_words", library.opt_out_words, SWITCH_OFF, "off"),
        ("opt_in_words", library.opt_in_words, SWITCH_ON, "on again"),
    ):
        for word in needed:
            if word not in listed:
                sentence = (
                    f"The word “{word.upper()}” is missing here: the phone network switches texts {does} at it, and "
                    "Helo would not know of it."
                )
                yield library.commands.fault(sentence, place)
