"""Rules about wording being there, whole and in step in both languages. Each docstring is the rule."""

from collections.abc import Iterator

from bot.content.catalogue import PLACEHOLDER, WORDS
from bot.content.checking import LANGUAGE_NAMES, PAGE_DOMAINS, Content
from bot.content.faults import Fault
from bot.content.po_files import PLURAL_FORMS, Entry

_BRACE = ("{", "}")


def missing_english(content: Content) -> Iterator[Fault]:
    """Every address that is used has English wording."""
    for use in content.uses.by_address.values():
        if use.is_needed and not content.catalogue.has("en", use.address):
            path, line = use.places[0]
            yield Fault(path, line, f"“{use.address}” has no English wording.")


def missing_welsh(content: Content) -> Iterator[Fault]:
    """Every English wording has a Welsh one."""
    welsh = content.catalogue.entries("cy")
    for address, entry in content.catalogue.entries("en").items():
        if not any(entry.strings):
            continue
        there = welsh.get(address)
        if there is None:
            yield entry.fault(f"“{address}” has no Welsh wording.")
        elif not there.fuzzy and not any(there.strings):
            yield there.fault(f"“{address}” has no Welsh wording.")


def stale_welsh(content: Content) -> Iterator[Fault]:
    """Welsh wording was made from the English of today."""
    english = content.catalogue.entries("en")
    for address, entry in content.catalogue.entries("cy").items():
        today = english.get(address)
        if today is None:
            yield entry.fault(f"“{address}” has Welsh wording and no English.")
        elif entry.fuzzy:
            yield entry.fault(f"“{address}” is marked fuzzy: read the Welsh again, then take the mark off.")
        elif entry.source != _source(today):
            yield entry.fault(f"The English of “{address}” has changed since; run “helo text update”.")


def fuzzy_english(content: Content) -> Iterator[Fault]:
    """English wording is never marked fuzzy."""
    for address, entry in content.catalogue.entries("en").items():
        if entry.fuzzy:
            yield entry.fault(f"“{address}” is marked fuzzy: read it again, then take the mark off.")


def plural_forms(content: Content) -> Iterator[Fault]:
    """What is counted has two forms in English and six in Welsh."""
    for language, forms in (("en", 2), ("cy", 6)):
        for entry in content.catalogue.entries(language).values():
            filled = sum(map(bool, entry.strings))
            if len(entry.source) > 1 and 0 < filled != forms:
                sentence = f"“{entry.address}” has {filled} forms; {LANGUAGE_NAMES[language]} counts with {forms}."
                yield entry.fault(sentence)


def plural_header(content: Content) -> Iterator[Fault]:
    """Each file states the plural rule of its language, so that every editor offers the right forms."""
    for language, files in content.files.items():
        for file in files.values():
            if _squeezed(PLURAL_FORMS[language]) not in _squeezed(file.header.replace('"\n"', "")):
                yield Fault(file.path, 1, f"The header needs Plural-Forms: {PLURAL_FORMS[language]}")


def sound_file(content: Content) -> Iterator[Fault]:
    """Each address stands once, in the file that bears its first word."""
    for files in content.files.values():
        for file in files.values():
            yield from file.faults
            for entry in file.entries.values():
                if entry.address.partition(".")[0] != file.domain:
                    yield entry.fault(f"“{entry.address}” belongs in {entry.address.partition('.')[0]}.po.")


def lost_placeholder(content: Content) -> Iterator[Fault]:
    """Both languages quote the same values."""
    english = content.catalogue.entries("en")
    for address, entry in content.catalogue.entries("cy").items():
        today = english.get(address)
        if today is None or entry.is_missing or today.is_missing:
            continue
        wanted, found = _quoted(today), _quoted(entry)
        for name in sorted(wanted - found - {"count"}):
            yield entry.fault(f"“{address}” has lost {{{name}}}, which the English has.")
        for name in sorted(found - wanted - {"count"}):
            yield entry.fault(f"“{address}” has {{{name}}}, which the English has not.")


def unknown_placeholder(content: Content) -> Iterator[Fault]:
    """A text quotes only values that it is given."""
    if not content.values.everywhere:
        return
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            if entry.address.partition(".")[0] not in PAGE_DOMAINS:
                for name in sorted(_quoted(entry) - content.values.allowed(entry.address) - {"count"}):
                    yield entry.fault(f"“{entry.address}” quotes {{{name}}}, which nothing gives it.")


def broken_placeholder(content: Content) -> Iterator[Fault]:
    """Curly brackets stand only around the name of a value: {name}, small letters, no spaces."""
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language, staff=True):
            if any(brace in PLACEHOLDER.sub("", text) for text in entry.strings for brace in _BRACE):
                yield entry.fault(f"“{entry.address}” has a curly bracket that is not around a name like {{time}}.")


def unused_wording(content: Content) -> Iterator[Fault]:
    """Wording that nothing uses any more is put away by `helo text update`. (A warning.)"""
    for address, entry in content.catalogue.entries("en").items():
        if not content.uses.keeps(address):
            yield entry.fault(f"Nothing uses “{address}” any more.", warning=True)


def empty_words(content: Content) -> Iterator[Fault]:
    """A list of words to type has a word between every two bars."""
    for language in LANGUAGE_NAMES:
        for address, entry in content.catalogue.entries(language).items():
            if (
                address.endswith(WORDS)
                and not entry.is_missing
                and not all(map(str.strip, entry.strings[0].split("|")))
            ):
                yield entry.fault(f"“{address}” has nothing between two bars.")


def _source(entry: Entry) -> tuple[str, ...]:
    return entry.strings[:2] if len(entry.source) > 1 else entry.strings[:1]


def _quoted(entry: Entry) -> frozenset[str]:
    return frozenset(name for text in entry.strings for name in PLACEHOLDER.findall(text))


def _squeezed(text: str) -> str:
    return "".join(text.split())
