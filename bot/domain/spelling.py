"""Words as people type them on a phone, read as the words they mean.

Text-speak, letters drawn out, letters replaced by figures or signs, words glued together or s p a c e d out, and two kinds
of slip (a letter left out, two letters swapped) in words of six letters or more. A word that is known, or listed as
ordinary, is never turned into another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from bot.domain.text import LINE_END, SENTENCE_ENDS

_SHORTEST_SLIP = 6
_SHORTEST_GLUED = 7
_LONGEST_GLUED = 48
_MOST_SIGNS = 2
_FIGURES = str.maketrans("013457@$!", "oieastasi")
_FIGURES_L = str.maketrans("013457@$!", "oleastasi")
_RUN = re.compile(r"(.)\1+")
_PARTS = re.compile(r"[a-z]+|[0-9]+")
_SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[^a-z0-9]{1,3}[a-z0-9](?![a-z0-9])){2}")
_LETTERS_ALONE = frozenset("ia")


def squeeze(word: str) -> str:
    """`word` with every run of one letter made one letter."""
    return _RUN.sub(r"\1", word)


def slips_of(word: str) -> Iterator[str]:
    """`word` with one letter left out, or two neighbours swapped; the first letter stays."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is needed to read odd spellings. Build it with `build_spelling`."""

    known: frozenset[str]
    expansions: Mapping[str, tuple[str, ...]]
    ordinary: frozenset[str]
    slips: Mapping[str, str]
    squeezed: Mapping[str, str]
    longest: int

    def words(self, written: list[str], folded: str) -> tuple[list[str], list[int] | None]:
        """The words meant, and for each the place in `written` it came from (None: one for one)."""
        known = self.known
        changes: dict[int, tuple[str, ...]] = {}
        for place, word in enumerate(written):
            if word not in known:
                better = self.meant(word)
                if better is not None:
                    changes[place] = better
        spaced = _SPACED.search(folded) is not None
        if not changes and not spaced:
            return written, None
        words: list[str] = []
        origin: list[int] = []
        for place, word in enumerate(written):
            for meant in changes.get(place, (word,)):
                words.append(meant)
                origin.append(place)
        return self._unspaced(words, origin) if spaced else (words, origin)

    def meant(self, word: str) -> tuple[str, ...] | None:
        """The words meant by one that is not known; None: leave it; (): it is a mark that says nothing."""
        if word in self.expansions:
            return self.expansions[word]
        if word in self.ordinary:
            return None
        if not word.isascii():
            return ()
        if not word.isalpha():
            return self._figures(word)
        length = len(word)
        if length >= _SHORTEST_SLIP - 1 and word in self.slips:
            return (self.slips[word],)
        run = _RUN.search(word)
        if run is not None and (length >= _SHORTEST_SLIP or any(letter * 3 in word for letter in word)):
            plain = self.squeezed.get(squeeze(word))
            if plain is not None:
                return (plain,)
        if _SHORTEST_GLUED <= length <= _LONGEST_GLUED:
            pieces = self._pieces(word)
            if len(pieces) > 1 and max(map(len, pieces)) >= 4:
                return pieces
        return None

    def _figures(self, word: str) -> tuple[str, ...] | None:
        """A word with figures or signs in it: k1ll, su*cide, want2die."""
        if not any(letter.isalpha() for letter in word):
            return None
        for candidate in self._letters_for(word):
            if candidate in self.known:
                return (candidate,)
            if candidate.isalpha() and candidate not in self.ordinary:
                better = self.expansions.get(candidate) or self.meant(candidate)
                if better:
                    return better
        parts = tuple(_PARTS.findall(word))
        return parts if len(parts) > 1 else None

    def _letters_for(self, word: str) -> Iterator[str]:
        signs = word.count("*")
        for table in (_FIGURES, _FIGURES_L):
            plain = word.translate(table)
            if not signs:
                yield plain
            elif signs <= _MOST_SIGNS:
                pieces = plain.split("*")
                for vowels in product("aeiou", repeat=signs):
                    yield "".join(piece + vowel for piece, vowel in zip(pieces, (*vowels, ""), strict=True))

    def _pieces(self, word: str) -> tuple[str, ...]:
        """`word` cut into the fewest known words, or ()."""
        best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
        best[0] = ()
        for start in range(len(word)):
            before = best[start]
            if before is None:
                continue
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                piece = word[start:end]
                if piece in self.known and (end - start > 1 or piece in _LETTERS_ALONE):
                    there = best[end]
                    if there is None or len(there) > len(before) + 1:
                        best[end] = (*before, piece)
        return best[-1] or ()

    def _unspaced(self, words: list[str], origin: list[int]) -> tuple[list[str], list[int]]:
        """Runs of three or more single letters read as the words they spell, where they spell any."""
        out: list[str] = []
        places: list[int] = []
        start = 0
        while start < len(words):
            end = start
            while end < len(words) and len(words[end]) == 1 and words[end].isalnum():
                end += 1
            if end - start < 3:
                end = max(end, start + 1)
                out += words[start:end]
                places += origin[start:end]
            else:
                place = start
                for piece in self._spelt("".join(words[start:end])):
                    out.append(piece)
                    places.append(origin[place])
                    place += len(piece)
            start = end
        return out, places

    def _spelt(self, letters: str) -> Iterator[str]:
        pieces = self._pieces(letters) if len(letters) <= 4 * _LONGEST_GLUED else ()
        if pieces:
            yield from pieces
            return
        start = 0
        while start < len(letters):
            for end in range(min(len(letters), start + self.longest), start + 2, -1):
                if letters[start:end] in self.known:
                    yield letters[start:end]
                    start = end
                    break
            else:
                yield letters[start]
                start += 1


def build_spelling(
    known: Iterable[str], expansions: Mapping[str, tuple[str, ...]], ordinary: Iterable[str]
) -> Spelling:
    """The spelling for a vocabulary of `known` words."""
    words = frozenset(known) | SENTENCE_ENDS | {LINE_END}
    plain = frozenset(ordinary) - words
    slips: dict[str, str] = {}
    squeezed: dict[str, str] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        squeezed.setdefault(squeeze(word), word)
        leaned = word[-1] in "nriuw" and word[:-1] in words
        if len(word) < _SHORTEST_SLIP or leaned or not word.isalpha():
            continue
        for slip in slips_of(word):
            if slip not in words and slip not in plain and slip not in expansions:
                slips.setdefault(slip, word)
    return Spelling(
        known=words - frozenset(expansions),
        expansions=expansions,
        ordinary=plain,
        slips=slips,
        squeezed=squeezed,
        longest=max(map(len, words), default=1),
    )
