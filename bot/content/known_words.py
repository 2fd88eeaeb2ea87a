"""Words that are never read as another: those of a dictionary, and those that made-up messages have.

flows/safeguarding/dictionary/ holds one word a line, a file a language. met.tsv is written by `helo learn`: in how many
messages each word was met. Where it is away, only the slips of long words are mended.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from bot.content.faults import ContentRefused, Fault
from bot.domain.text import read

DICTIONARY, MET = "dictionary", "met.tsv"
# Met once may be a slip itself.
_OFTEN_ENOUGH = 2


class KnownWords(NamedTuple):
    """`met`: in how many made-up messages a word stands. `version` is a fingerprint of both."""

    dictionary: frozenset[str]
    met: Mapping[str, int]
    version: str


def read_known_words(folder: Path) -> KnownWords:
    """What is in the files of `folder`; raises `ContentRefused`."""
    version = hashlib.sha256()
    dictionary: set[str] = set()
    for path in sorted((folder / DICTIONARY).glob("*.txt")):
        content = path.read_text(encoding="utf-8")
        version.update(content.encode())
        dictionary.update(line for line in content.splitlines() if not line.startswith("#"))
    met: dict[str, int] = {}
    path = folder / MET
    content = path.read_text(encoding="utf-8") if path.is_file() else ""
    version.update(content.encode())
    for number, line in enumerate(content.splitlines(), 1):
        word, tab, count = line.partition("\t")
        if not word or not tab or not count.isdecimal():
            raise ContentRefused([Fault(path, number, "A line is a word, a tab and a number: run `helo learn`.")])
        met[word] = int(count)
    return KnownWords(frozenset(dictionary), met, version.hexdigest()[:12])


def write_words_met(folder: Path, messages: Iterable[str]) -> None:
    """Writes down which words the messages have, and how many of them."""
    found = Counter(word for text in messages for word in set(read(text).words()))
    often = (
        (word, count)
        for word, count in sorted(found.items())
        if count >= _OFTEN_ENOUGH and word.isascii() and word.isalpha()
    )
    (folder / MET).write_text("".join(f"{word}\t{count}\n" for word, count in often), encoding="utf-8")
