"""What the words of a message are known by, one by one and in pairs: what the nets behind the patterns learn from.

A longer word is also known by its root and by how it begins, whatever mutation its first sound has and most English
endings: what was learned of "taro" holds for "daro" and "nharo", what was learned of "kick" for "kicked".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.domain.text import LINE_END, SENTENCE_ENDS

COVERED = "\0"
# Words longer than this have a root, and are known by so many of its first letters: "suffocating" by "suf~".
_SHORT = 3
_BEGINNINGS = (3, 5)
_ENDING = re.compile(r"(?<=\w{3})(?:ing|in|ed|es|s|er|d)$")
# First sounds that Welsh mutation turns into each other, in one group each; "gw" loses its g ("gwaed", "waed").
_FIRST_SOUND = re.compile(
    r"(?P<W>n?gw|w)|(?P<P>mh|ph|f(?!f)|[pbm])|(?P<T>nh|th|dd|[td]|n(?!g))|(?P<C>ngh|ng|ch|[cg])|(?P<L>ll?)|(?P<R>rh?)"
)
# What every word carries, known or not: a long stretch of words that say nothing grows lighter.
ANY = "*"
# The place of the word itself among its signs.
ITSELF = 1


class OfWord(NamedTuple):
    """What a word is known by: its root, and all that it is by itself."""

    root: str
    signs: tuple[str, ...]


class Signs(NamedTuple):
    """What one word carries: by itself, with the word before it, with the one before that; and its place."""

    alone: tuple[str, ...]
    pair: str
    wide: str
    place: int


def of_word(word: str) -> OfWord:
    """What `word` is known by. A mutation changes neither root nor beginnings, a common English ending not the root."""
    if len(word) <= _SHORT or not word.isalpha():
        return OfWord(word, (ANY, word))
    plain = _FIRST_SOUND.sub(_group, word, count=1) if _FIRST_SOUND.match(word) else word
    root = _ENDING.sub("", plain)
    signs = (ANY, word, root, *(f"{plain[:most]}~" for most in _BEGINNINGS if len(plain) > most))
    return OfWord(root, tuple(dict.fromkeys(signs)))


def _group(first_sound: re.Match[str]) -> str:
    return str(first_sound.lastgroup)


def lines_of(words: Sequence[str], known: Mapping[str, OfWord] | None = None) -> Iterator[list[Signs]]:
    """The signs of each line of a message. Ends of sentences are passed by; what is covered up ends a line too.

    `known` is what `of_word` says of many words, worked out before.
    """
    find = (known or {}).get
    line: list[Signs] = []
    before = wider = ""
    for place, word in enumerate(words):
        if word in SENTENCE_ENDS:
            continue
        if word in (LINE_END, COVERED):
            if line:
                yield line
            line, before, wider = [], "", ""
            continue
        root, signs = find(word) or of_word(word)
        line.append(Signs(signs, f"{before} {root}", f"{wider} _ {root}", place))
        before, wider = root, before
    if line:
        yield line


def known_words(*tables: Iterable[str]) -> dict[str, OfWord]:
    """What the words among the signs of these tables are known by."""
    return {sign: of_word(sign) for table in tables for sign in table if sign.isalnum()}


def signs_inside(line: Sequence[Signs]) -> set[str]:
    """Every sign that lies wholly inside a stretch."""
    inside: set[str] = set()
    for number, signs in enumerate(line):
        inside.update(signs.alone)
        if number:
            inside.add(signs.pair)
        if number > 1:
            inside.add(signs.wide)
    return inside
