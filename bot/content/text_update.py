"""Brings the translators' files up to date with what the flows, the pages and Python say: `helo text update`.

New addresses are added where they stand in the flow, English first. When the English of an entry has changed, its Welsh
is marked fuzzy and keeps the English it was made from (`#| msgid`), as gettext's own msgmerge does. What is no longer
used moves to the end of its file (`#~`) and comes back when it is used again. Remarks of translators are never lost. A
second run changes nothing.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import escape, write_po

from bot.content.extract import Use, Uses, find_uses
from bot.content.library import Library
from bot.content.po_files import (
    PLURAL_FIELD,
    PLURAL_FORMS,
    Entry,
    PoFile,
    domains,
    plural_line,
    po_path,
    read_po_file,
)

_HEADER = (
    'msgid ""\nmsgstr ""\n"Project-Id-Version: Helo\\n"\n"Language: {language}\\n"\n"Plural-Forms: {plural}\\n"\n'
    '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"'
)


@dataclass(slots=True)
class Report:
    """What an update did, as addresses."""

    added: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    changed_files: list[Path] = field(default_factory=list)


def update_catalogues(library: Library, code: Path, locales: Path) -> Report:
    """Rewrites the .po files under `locales`; `code` is the folder with the pages and the Python files.

    Raises `ContentRefused` when a file cannot be read, before anything is written.
    """
    uses = find_uses(library, code, domains(locales))
    report = Report()
    names = set(domains(locales)) | {address.partition(".")[0] for address in uses.by_address}
    files = {name: [_read(po_path(locales, language, name), language) for language in ("en", "cy")] for name in names}
    for name in sorted(files):
        english, welsh = files[name]
        new_english = _english(english, uses, name, report)
        new_welsh = _welsh(welsh, new_english, report)
        for file, entries in ((english, new_english), (welsh, new_welsh)):
            if _write(file, entries, uses, library.folder.parent):
                report.changed_files.append(file.path)
    return report


def _read(path: Path, language: str) -> PoFile:
    return read_po_file(path, language) if path.exists() else PoFile(path, language, path.stem)


def _english(file: PoFile, uses: Uses, domain: str, report: Report) -> list[Entry]:
    """The English entries that are of use, in the order of the file, new ones after what they follow in the flow."""
    kept = [entry for entry in file.entries.values() if uses.keeps(entry.address)]
    report.obsolete += sorted(file.entries.keys() - {entry.address for entry in kept})
    order = [entry.address for entry in kept]
    found = dict(zip(order, kept, strict=True))
    before = ""
    for address, use in uses.by_address.items():
        if address.partition(".")[0] != domain or not (use.is_needed or address in found):
            continue
        if address not in found:
            order.insert(order.index(before) + 1 if before else len(order), address)
            found[address] = _revived(file, address) or Entry(address, file.path, 0, (address,), ("",))
            report.added.append(address)
        before = address
    return [replace(found[address], source=(address,) * len(found[address].source)) for address in order]


def _welsh(file: PoFile, english: Iterable[Entry], report: Report) -> list[Entry]:
    """The Welsh entries for today's English; what has no English yet cannot have Welsh."""
    entries = []
    for wording in english:
        source = _source_of(wording)
        old = file.entries.get(wording.address) or _revived(file, wording.address)
        old = replace(old, note=wording.note) if old else None
        if not all(source):
            entries += [old] if old else []
        elif old is None:
            forms = 6 if len(source) > 1 else 1
            entries.append(Entry(wording.address, file.path, 0, source, ("",) * forms, note=wording.note))
        else:
            entries.append(_followed(old, source, report))
    return entries


def _source_of(wording: Entry) -> tuple[str, ...]:
    """The English a Welsh entry shows: one text, or its two plural forms."""
    return wording.strings[:2] if len(wording.source) > 1 else wording.strings[:1]


def _followed(old: Entry, source: tuple[str, ...], report: Report) -> Entry:
    """The Welsh entry after its English became `source`."""
    if old.source == source:
        return old
    strings = old.strings if len(source) == len(old.source) else ("",) * (6 if len(source) > 1 else 1)
    if not any(strings):
        return replace(old, source=source, strings=strings, fuzzy=False, previous=())
    if old.fuzzy and old.previous == source:
        return replace(old, source=source, fuzzy=False, previous=())
    report.stale.append(old.address)
    return replace(old, source=source, strings=strings, fuzzy=True, previous=old.previous or old.source)


def _revived(file: PoFile, address: str) -> Entry | None:
    """An old entry that is used again."""
    for message in file.obsolete:
        if message.context == address:
            source = message.id if isinstance(message.id, tuple) else (str(message.id),)
            strings = message.string if isinstance(message.string, tuple | list) else (str(message.string),)
            remarks = tuple(message.user_comments)
            return Entry(address, file.path, 0, tuple(source), tuple(strings), message.fuzzy, "", remarks)
    return None


def _write(file: PoFile, entries: Sequence[Entry], uses: Uses, root: Path) -> bool:
    """Writes the file if it differs; True when it did."""
    catalog = Catalog(locale=file.language)
    catalog.mime_headers = [("Plural-Forms", PLURAL_FORMS[file.language])]
    now_used = {entry.address for entry in entries}
    for entry in entries:
        use = uses.by_address.get(entry.address) or Use(entry.address)
        message = _as_message(entry)
        message.locations = [(_relative(path, root), line) for path, line in use.places]
        message.auto_comments = _notes(entry, use)
        catalog[message.id] = message
    for message in (*file.obsolete, *(_put_away(entry) for entry in file.entries.values())):
        if message.context not in now_used:
            catalog.obsolete[(str(message.context), str(message.id))] = message
    if not entries and not catalog.obsolete:
        return False
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, omit_header=True)
    text = f"{_header(file)}\n\n{_with_previous(buffer.getvalue().decode(), entries).strip()}\n"
    if file.path.exists() and file.path.read_text(encoding="utf-8") == text:
        return False
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_text(text, encoding="utf-8")
    return True


def _as_message(entry: Entry) -> Message:
    message = Message(
        _joined(entry.source),
        _joined(entry.strings),
        context=entry.address,
        flags=["fuzzy"] if entry.fuzzy else [],
        user_comments=list(entry.remarks),
    )
    message.flags.discard("python-format")  # Babel's guess from a per cent sign; our placeholders are {named}
    return message


def _put_away(entry: Entry) -> Message:
    """A wording that is not used. The mark is not written there: stale Welsh keeps the English that it says instead of
    today's, and so it is stale again when it comes back."""
    return _as_message(replace(entry, source=entry.previous) if entry.fuzzy and entry.previous else entry)


def _with_previous(text: str, entries: Iterable[Entry]) -> str:
    """The file with the English that stale entries were made from. Babel would break it at a space, in the middle of
    its quotes, and no other program reads a file with that."""
    for entry in entries:
        if entry.fuzzy and entry.previous:
            names = zip(("msgid", "msgid_plural"), entry.previous, strict=False)
            was = "".join(f"#| {name} {escape(form)}\n" for name, form in names)
            address = f'msgctxt "{entry.address}"\n'
            text = text.replace(f"\n{address}", f"\n{was}{address}", 1)
    return text


def _notes(entry: Entry, use: Use) -> list[str]:
    """What was written by hand in the English file; else what the source says, which begins with a bracket."""
    by_hand = entry.note if not entry.note.startswith("[") else ""
    return by_hand.splitlines() if by_hand else list(use.notes)


def _joined(forms: tuple[str, ...]) -> str | tuple[str, ...]:
    return forms if len(forms) > 1 else forms[0]


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _header(file: PoFile) -> str:
    """The header as it stands, so that what Poedit or Weblate wrote there stays, with the right plural rule."""
    standard = _HEADER.format(language=file.language, plural=PLURAL_FORMS[file.language])
    if "charset=utf-8" not in file.header.lower():
        return standard
    if not PLURAL_FIELD.search(file.header):
        return f"{file.header}\n{plural_line(file.language)}"
    return PLURAL_FIELD.sub(lambda _: plural_line(file.language), file.header)
