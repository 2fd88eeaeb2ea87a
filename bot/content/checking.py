"""What the rules look at, and the texts as they are sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.content.catalogue import WORDS, Catalogue
from bot.content.extract import Uses
from bot.content.faults import Fault
from bot.content.glossary import Glossary
from bot.content.library import Library
from bot.content.paths import passed_by, situations
from bot.content.po_files import Entry, PoFile
from bot.content.values import Values
from bot.domain.asking import question
from bot.domain.conversation import Channel, Text
from bot.domain.flow import Step
from bot.domain.offers import Directory
from bot.domain.segments import Segments, count_segments, for_sms
from bot.domain.turn import Item, spoken

LANGUAGE_NAMES = {"en": "English", "cy": "Welsh"}
# Words for staff: plain, but not held to easy read.
STAFF_DOMAINS = frozenset({"console", "alerts", "map"})
# Words that stand on a page only, and so have no length on the network.
PAGE_DOMAINS = frozenset({"chat"}) | STAFF_DOMAINS
# How many numbered lines a question shows. The summary has as many as the parent gave answers, and is not measured.
_LINES_SHOWN = {"slots": 3, "areas": 3, "channels": 3}


@dataclass(frozen=True)
class Content:
    """Everything a rule may look at. `spoken_facts` are names in other files that parents read, each with its file."""

    library: Library
    catalogue: Catalogue
    files: Mapping[str, Mapping[str, PoFile]]
    uses: Uses
    glossary: Glossary
    values: Values
    directory: Directory = field(default_factory=lambda: Directory(()))
    areas: tuple[str, ...] = ()
    spoken_facts: tuple[tuple[Path, str], ...] = ()

    def wordings(self, language: str, *, staff: bool = False) -> Iterator[Entry]:
        """Every wording of a language that is read (not typed), for parents, or for staff as well."""
        for entry in self.catalogue.entries(language).values():
            domain = entry.address.partition(".")[0]
            if not entry.address.endswith(WORDS) and any(entry.strings) and (staff or domain not in STAFF_DOMAINS):
                yield entry

    @cached_property
    def sent(self) -> tuple["Sent", ...]:
        """Every text as a parent's phone gets it, at its longest, in each language."""
        return tuple(_sent(self))


Rule = Callable[[Content], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One text as sent: `entry` is the wording to mend when something is wrong with it."""

    entry: Entry
    language: str
    body: str
    segments: Segments


def _sent(content: Content) -> Iterator[Sent]:
    longest: dict[tuple[str, str], Sent] = {}
    for address, text in (*_step_texts(content), *_single_texts(content)):
        for language in ("en", "cy"):
            entry = content.catalogue.entries(language).get(address)
            if entry is None or not content.catalogue.has(language, address):
                continue
            body = for_sms(_rendered(content, language, text))
            sent = Sent(entry, language, body, count_segments(body))
            known = longest.get((address, language))
            if known is None or (sent.segments.parts, len(body)) > (known.segments.parts, len(known.body)):
                longest[address, language] = sent
    yield from longest.values()


def _step_texts(content: Content) -> Iterator[tuple[str, Text]]:
    flow = content.library.flow
    for step in flow.steps.values():
        for situation in situations(flow, step, channel=Channel.SMS.value):
            if passed_by(step, situation):
                continue
            for variants in step.say:
                if address := variants.pick(situation):
                    yield address, spoken(address)
            items = _items(step)
            for wording, why in ((step.ask, True), (step.ask_again, False)):
                if address := wording.pick(situation):
                    yield address, question(step, wording, situation, items, {}, why=why)
        if step.gone:
            yield step.gone, spoken(step.gone)


def _items(step: Step) -> tuple[Item, ...]:
    return tuple(Item(str(number)) for number in range(_LINES_SHOWN.get(step.find or "", 0)))


def _single_texts(content: Content) -> Iterator[tuple[str, Text]]:
    """Texts that no step says: what the engine remarks, what failed, the first safe texts."""
    for address in sorted(content.catalogue.addresses()):
        if address.partition(".")[0] in (
            "commands",
            "common",
            "safety",
            "unasked",
            "reminders",
        ) and not address.endswith(WORDS):
            yield address, spoken(address)


def _rendered(content: Content, language: str, text: Text) -> str:
    """As `put_into_words` does it: lines, then options with their marks."""
    languages = text.languages or (language,)
    lines = [_filled(content, each, line.address) for each in languages for line in text.lines]
    options = [f"{option.mark} {_filled(content, languages[0], option.label.address)}" for option in text.options]
    return "\n".join([*lines, *options])


def _filled(content: Content, language: str, address: str) -> str:
    entry = content.catalogue.entries(language).get(address)
    return content.values.fill(language, max(entry.strings, key=len)) if entry else ""
