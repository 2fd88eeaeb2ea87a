"""The glossary, locales/glossary.csv: words we use and words we do not, kept by translators and clinicians in a table.

Columns: kind, english, welsh, note. A star at the end of a word stands for any ending ("assess*"). Kinds:
`say` (how we translate a term), `never` (not to a parent), `statutory` (services never named to a parent), `after_loss`
(never once a baby has died), `lock_screen` (not in the first words of a safety text), `never_teach` (words that mean
something to the phone network), `capitals` (may stand in capitals), `england_only` (services, addresses, numbers that
turn a parent in Wales away).
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.content.faults import ContentRefused, Fault
from bot.domain.answers import fold
from bot.domain.welsh import mutations

GLOSSARY = "glossary.csv"
COLUMNS = ("kind", "english", "welsh", "note")
KINDS = ("say", "never", "statutory", "after_loss", "lock_screen", "never_teach", "capitals", "england_only")


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the glossary."""

    kind: str
    english: str
    welsh: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms, in the order of the file."""

    path: Path
    terms: tuple[Term, ...] = ()

    def words(self, kind: str, language: str) -> tuple[str, ...]:
        """The words of a kind in a language ("en", "cy")."""
        words = (term.english if language == "en" else term.welsh for term in self.terms if term.kind == kind)
        return tuple(filter(None, words))

    def found(self, kind: str, language: str, text: str) -> Iterator[str]:
        """The words of a kind that stand in `text`, whatever their case, accents or Welsh mutation."""
        folded = fold(text)
        for word in self.words(kind, language):
            if pattern(language, word).search(folded):
                yield word


def load_glossary(locales: Path) -> Glossary:
    """Reads the glossary; raises `ContentRefused` with every fault."""
    path = locales / GLOSSARY
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContentRefused([Fault(path, 1, "This file is missing.")]) from None
    except UnicodeDecodeError:
        raise ContentRefused([Fault(path, 1, "This file must be saved as UTF-8 text.")]) from None
    rows = csv.reader(text.splitlines())
    if tuple(next(rows, ())) != COLUMNS:
        raise ContentRefused([Fault(path, 1, f"The first line must be {','.join(COLUMNS)}.")])
    terms, faults = [], []
    for row in rows:
        if len(row) != len(COLUMNS):
            faults.append(Fault(path, rows.line_num, f"This line has {len(row)} columns; it needs {len(COLUMNS)}."))
        elif row[0] not in KINDS:
            faults.append(Fault(path, rows.line_num, f"“{row[0]}” is no kind of word; it may be {', '.join(KINDS)}."))
        elif not (row[1].strip() or row[2].strip()):
            faults.append(Fault(path, rows.line_num, "This line holds no word."))
        else:
            kind, english, welsh, note = (cell.strip() for cell in row)
            terms.append(Term(kind, english, welsh, note, rows.line_num))
    if faults:
        raise ContentRefused(faults)
    return Glossary(path, tuple(terms))


@lru_cache(maxsize=1024)
def pattern(language: str, word: str) -> re.Pattern[str]:
    """What finds a word in a folded text: whole words, Welsh in all its mutations, a star for any ending."""
    ending = r"\w*" if word.endswith("*") else ""
    first, *rest = fold(word.removesuffix("*")).split()
    forms = sorted(mutations(first)) if language == "cy" else [first]
    tail = "".join(rf" {re.escape(part)}" for part in rest)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))}){tail}{ending}\b")
