"""How far the wording is: `helo text report`."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogue import WORDS, Catalogue
from bot.content.checking import LANGUAGE_NAMES, PAGE_DOMAINS, Content, Sent
from bot.content.checks import gather
from bot.content.checks_style import sentences, words_in
from bot.content.library import Library
from bot.content.po_files import Entry


@dataclass(frozen=True, slots=True)
class DomainReport:
    """One file of one language: how many wordings, how many of them still need somebody, and its longest."""

    language: str
    domain: str
    wordings: int
    missing: int
    stale: int
    not_reviewed: int
    most_parts: int
    longest_sentence: int

    @property
    def coverage(self) -> float:
        """The share of wordings that can be used, 0 to 1."""
        return 1.0 if not self.wordings else 1 - (self.missing + self.stale) / self.wordings


def report_words(library: Library, catalogue: Catalogue, *, locales: Path, code: Path) -> tuple[DomainReport, ...]:
    """A line for each file, English before Welsh. Segments are counted as sent, choices included; 0 on a page."""
    content, _ = gather(library, catalogue, locales, code)
    domains = sorted({address.partition(".")[0] for address in catalogue.entries("en")})
    return tuple(_domain(content, language, domain) for domain in domains for language in LANGUAGE_NAMES)


def report_table(reports: Iterable[DomainReport]) -> str:
    """The reports as a table for a terminal."""
    rows = [
        ("file", "language", "wordings", "usable", "missing", "stale", "not reviewed", "SMS parts", "words a sentence")
    ]
    rows += [
        (
            report.domain,
            LANGUAGE_NAMES[report.language],
            str(report.wordings),
            f"{report.coverage:.0%}",
            str(report.missing),
            str(report.stale),
            str(report.not_reviewed) if report.language == "cy" else "",
            str(report.most_parts or ""),
            str(report.longest_sentence),
        )
        for report in reports
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _domain(content: Content, language: str, domain: str) -> DomainReport:
    wanted = _of(domain, content.catalogue.entries("en").values())
    there = {entry.address: entry for entry in _of(domain, content.catalogue.entries(language).values())}
    read = [entry for entry in there.values() if not entry.address.endswith(WORDS)]
    sent: list[Sent] = [each for each in content.sent if each.language == language and each.entry.address in there]
    return DomainReport(
        language=language,
        domain=domain,
        wordings=len(wanted),
        missing=sum(entry.address not in there or not any(there[entry.address].strings) for entry in wanted),
        stale=sum(entry.fuzzy and any(entry.strings) for entry in there.values()),
        not_reviewed=sum(any(entry.strings) and not entry.is_reviewed for entry in there.values()),
        most_parts=0 if domain in PAGE_DOMAINS else max((each.segments.parts for each in sent), default=0),
        longest_sentence=max((_longest(content, language, entry) for entry in read), default=0),
    )


def _of(domain: str, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.address.partition(".")[0] == domain]


def _longest(content: Content, language: str, entry: Entry) -> int:
    return max(words_in(sentence) for sentence in sentences(content, language, entry.strings))
