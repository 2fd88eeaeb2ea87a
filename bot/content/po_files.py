"""The translators' files, locales/{en,cy}/LC_MESSAGES/<domain>.po, read as they are: no compile step.

An entry's `msgctxt` is its address. In English the `msgid` is the address again and the `msgstr` the wording; in Welsh
the `msgid` is today's English, so that gettext's own tools mark the Welsh as stale when the English changes.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from bot.content.faults import ContentRefused, Fault

LANGUAGES = ("en", "cy")
# Babel's own Welsh plural has five forms; CLDR has six.
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "cy": "nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;",
}
NOT_REVIEWED = "heb ei adolygu gan siaradwr brodorol / not yet reviewed by a native speaker"
# The header's field, which an editor may have wrapped over several lines.
PLURAL_FIELD = re.compile(r'"Plural-Forms:.*?\\n"', re.DOTALL)
# What a wording out of use was made from, as msgmerge writes it for Weblate and Poedit.
_NOT_FOR_BABEL = re.compile(r"^#~\|.*$", re.MULTILINE)
_ADDRESS_LINE = re.compile(r'^msgctxt "(.*)"\s*$')
_PREVIOUS = re.compile(r'^\|\s*(msgctxt|msgid_plural|msgid)?\s*"(.*)"$')


@dataclass(frozen=True, slots=True)
class Entry:
    """One wording: `source` and `strings` hold one text, or the plural forms. `line` is where its address stands."""

    address: str
    path: Path
    line: int
    source: tuple[str, ...]
    strings: tuple[str, ...]
    fuzzy: bool = False
    note: str = ""
    remarks: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()

    @property
    def is_missing(self) -> bool:
        """No usable wording: a form is empty, or gettext calls it fuzzy."""
        return self.fuzzy or not self.strings or not all(self.strings)

    @property
    def is_reviewed(self) -> bool:
        """False while the translator's remark says that no native speaker has read it."""
        return NOT_REVIEWED not in self.remarks

    def fault(self, sentence: str, *, warning: bool = False) -> Fault:
        """A fault of this wording."""
        return Fault(self.path, self.line, sentence, warning)


@dataclass(slots=True)
class PoFile:
    """One file. `obsolete` are old entries kept at its end; `faults` what is wrong with the file itself."""

    path: Path
    language: str
    domain: str
    header: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    obsolete: tuple[Message, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def po_path(locales: Path, language: str, domain: str) -> Path:
    """Where the words of a domain are kept."""
    return locales / language / "LC_MESSAGES" / f"{domain}.po"


def plural_line(language: str) -> str:
    """The header's line with the plural rule of a language."""
    return f'"Plural-Forms: {PLURAL_FORMS[language]}\\n"'


def domains(locales: Path) -> tuple[str, ...]:
    """The domains there are in either language, in order of name."""
    return tuple(
        sorted({path.stem for language in LANGUAGES for path in po_path(locales, language, "*").parent.glob("*.po")})
    )


def read_po_files(locales: Path) -> dict[str, dict[str, PoFile]]:
    """All files by language and domain; raises `ContentRefused` when one cannot be read at all."""
    faults: list[Fault] = []
    files: dict[str, dict[str, PoFile]] = {language: {} for language in LANGUAGES}
    for language in LANGUAGES:
        for path in sorted(po_path(locales, language, "x").parent.glob("*.po")):
            try:
                files[language][path.stem] = read_po_file(path, language)
            except ContentRefused as refused:
                faults += refused.faults
    if faults:
        raise ContentRefused(faults)
    return files


def read_po_file(path: Path, language: str) -> PoFile:
    """One file; raises `ContentRefused` when it is not well-formed."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        # Whatever plural rule an editor wrote there: ours counts, and `helo text update` puts it back.
        ruled = PLURAL_FIELD.sub(lambda _: plural_line(language), _NOT_FOR_BABEL.sub("#", text), count=1)
        catalog = read_po(io.BytesIO(ruled.encode()), locale=language, abort_invalid=True)
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise ContentRefused([Fault(path, line, "This file must be saved as UTF-8 text.")]) from None
    except PoFileError as fault:
        why = re.sub(r" on \d+$", "", str(fault.args[0]))
        raise ContentRefused([Fault(path, fault.lineno + 1, f"This is not well-formed: {why}.")]) from None
    except (ValueError, IndexError) as fault:
        raise ContentRefused([Fault(path, 1, f"This file cannot be read: {fault}.")]) from None
    file = PoFile(path, language, path.stem, header=_header(text), obsolete=tuple(catalog.obsolete.values()))
    lines = _address_lines(file, text)
    for message in _messages(catalog):
        address = message.context or ""
        if not address:
            file.faults.append(Fault(path, message.lineno or 1, f"“{_forms(message.id)[0]}” has no address (msgctxt)."))
        elif address not in file.entries:
            file.entries[address] = _entry(file, address, lines.get(address, message.lineno or 1), message)
    return file


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _entry(file: PoFile, address: str, line: int, message: Message) -> Entry:
    remarks = [remark for remark in message.user_comments if not _PREVIOUS.match(remark)]
    return Entry(
        address=address,
        path=file.path,
        line=line,
        source=_forms(message.id),
        strings=_forms(message.string),
        fuzzy=message.fuzzy,
        note="\n".join(message.auto_comments),
        remarks=tuple(remarks),
        previous=_previous(message),
    )


def _forms(text: object) -> tuple[str, ...]:
    if isinstance(text, tuple | list):
        return tuple(str(each or "") for each in text)
    return (str(text or ""),)


def _previous(message: Message) -> tuple[str, ...]:
    """The English that a stale entry was made from. Babel keeps `#|` lines as remarks."""
    found: dict[str, str] = {}
    current = ""
    for remark in message.user_comments:
        if match := _PREVIOUS.match(remark):
            current = match[1] or current
            found[current] = found.get(current, "") + _unescaped(match[2])
    return tuple(found[name] for name in ("msgid", "msgid_plural") if name in found)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text)


def _header(text: str) -> str:
    """The first block of the file, as it is, when it is a header."""
    block = re.split(r"\n\s*\n", text, maxsplit=1)[0].strip("\n")
    return block if 'msgid ""' in block and "msgctxt" not in block else ""


def _address_lines(file: PoFile, text: str) -> Mapping[str, int]:
    """Where each address stands; one written twice is a fault, because the reader would keep only one of them."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _ADDRESS_LINE.match(line):
            address = match[1]
            if address in lines:
                file.faults.append(
                    Fault(file.path, number, f"“{address}” is written twice; it is first on line {lines[address]}.")
                )
            lines.setdefault(address, number)
    return lines
