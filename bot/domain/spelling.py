"""Words as people type them on a phone, read as the words they mean.

Text-speak, letters drawn out, letters replaced by figures or signs, words glued together or s p a c e d out, and two
kinds of slip in longer words (a letter left out, two letters swapped). A word that is known, or listed as
ordinary, is never turned into another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product

from bot.domain.glued import SHORTEST_ROW, Rows, build_rows
from bot.domain.slips import Slips, build_slips
from bot.domain.text import BREAKS

# From how many letters on one typed twice is mended: shorter words are too near to other words.
_DOUBLED = 6
_SHORTEST_GLUED = 7
_SHORTEST_OF_TWO = 4
_LONGEST_GLUED = 80
# "gonna" is found in glued words, "gna" would be found in too many.
_SHORTEST_GLUED_SHORT = 5
# From how many letters on a run of letters is no word of its own, so that every small word is looked for in it.
_SURELY_GLUED = 14
_SHORTEST_BROKEN = 5
_MOST_SIGNS = 2
_FIGURES = str.maketrans("013457@$!", "oieastasi")
_FIGURES_L = str.maketrans("013457@$!", "oleastasi")
_RUN = re.compile(r"(.)\1+")
_DRAWN_OUT = re.compile(r"(.)\1\1")
_PARTS = re.compile(r"[a-z]+|[0-9]+")
_SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[^a-z0-9]{1,3}[a-z0-9](?![a-z0-9])){2}")
# The only short words looked for inside glued ones; "i" only in front.
_SHORT = frozenset(("im", "me", "my", "it", "he", "to", "us"))
_SHORT_IN_LONG = _SHORT.union(
    ("a", "am", "an", "as", "at", "be", "by", "do", "go", "i", "if"),
    ("in", "is", "no", "of", "on", "or", "so", "up", "we"),
)


def squeeze(word: str) -> str:
    """`word` with every run of one letter made one letter."""
    return _RUN.sub(r"\1", word)


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is needed to read odd spellings. Build it with `build_spelling`."""

    known: frozenset[str]
    gluable: frozenset[str]
    expansions: Mapping[str, tuple[str, ...]]
    ordinary: frozenset[str]
    slips: Slips
    rows: Rows
    squeezed: Mapping[str, str]
    longest: int

    def words(self, written: list[str], folded: str) -> tuple[list[str], list[int] | None]:
        """The words meant, and for each the place in `written` it came from (None: one for one)."""
        known = self.known
        changes: dict[int, tuple[str, ...]] = {}
        read: dict[str, tuple[str, ...] | None] = {}  # the same odd word many times over is read once
        for place, word in enumerate(written):
            if word not in known:
                if place in changes or (word in self.ordinary and word not in self.expansions):
                    continue
                unbroken = self._unbroken(written, place)
                if unbroken is not None:
                    whole, goes = unbroken
                    changes[place] = (whole,)
                    if goes:
                        changes[place + 1] = ()
                    continue
                if word not in read:
                    read[word] = self.meant(word)
                better = read[word]
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

    def _unbroken(self, written: list[str], place: int) -> tuple[str, bool] | None:
        """The word of ours that was broken in two, one part of it at `place`; and whether the next part goes with it.

        A part that is one of ours by itself stays where it is: nothing that stands before or after a word of a
        disclosure may take it away.
        """
        word, known = written[place], self.known
        after = written[place + 1] if place + 1 < len(written) else ""
        before = written[place - 1] if place else ""
        for whole, goes in ((word + after, bool(after) and after not in known), (before + word, False)):
            if len(whole) >= _SHORTEST_BROKEN and whole != word and whole in known:
                return whole, goes
        return None

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
        slip = self.slips.meant(word)
        if slip is not None:
            return (slip,)
        if _RUN.search(word) is not None:
            plain = self.squeezed.get(squeeze(word))
            if plain is not None and (_DRAWN_OUT.search(word) or (length >= _DOUBLED and plain in self.gluable)):
                return (plain,)
        if _SHORTEST_GLUED <= length <= _LONGEST_GLUED:
            pieces = self._pieces(word, self.gluable)
            meant = self._in_full(pieces)
            if len(meant) > 2 or (len(pieces) == 2 and min(map(len, pieces)) >= _SHORTEST_OF_TWO):
                return meant if max(map(len, pieces)) >= _SHORTEST_OF_TWO else None
            if length >= SHORTEST_ROW and (row := self.rows.likeliest(word)):
                return self._in_full(row)
        return self.slips.likeliest(word)

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
        for plain in dict.fromkeys(word.translate(table) for table in (_FIGURES, _FIGURES_L)):
            if not signs:
                yield plain
            elif signs <= _MOST_SIGNS:
                pieces = plain.split("*")
                for vowels in product("aeiou", repeat=signs):
                    yield "".join(piece + vowel for piece, vowel in zip(pieces, (*vowels, ""), strict=True))

    def _pieces(self, word: str, known: frozenset[str]) -> tuple[str, ...]:
        """`word` cut into the fewest words of `known`, or ()."""
        short = _SHORT_IN_LONG if len(word) >= _SURELY_GLUED else _SHORT
        best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
        best[0] = ()
        for start in range(len(word)):
            before = best[start]
            if before is None:
                continue
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                piece = word[start:end]
                if (piece in known and end - start > 2) or piece in short or (piece == "i" and not start):
                    there = best[end]
                    if there is None or len(there) > len(before) + 1:
                        best[end] = (*before, piece)
        return best[-1] or ()

    def _in_full(self, pieces: tuple[str, ...]) -> tuple[str, ...]:
        """What the pieces of a longer word stand for: "wanna" is "want to" there too."""
        return tuple(word for piece in pieces for word in self.expansions.get(piece, (piece,)))

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
                    meant = self._in_full((piece,))
                    out += meant
                    places += [origin[place]] * len(meant)
                    place += len(piece)
            start = end
        return out, places

    def _spelt(self, letters: str) -> Iterator[str]:
        if len(letters) <= 4 * _LONGEST_GLUED:
            # English words first: Welsh ones have so many forms that "iwannadie" is "iwan nadi e".
            pieces = self._pieces(letters, self.gluable) or self._pieces(letters, self.known)
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
    english: AbstractSet[str],
    welsh: AbstractSet[str],
    expansions: Mapping[str, tuple[str, ...]],
    ordinary: Iterable[str],
    met: Mapping[str, int] | None = None,
) -> Spelling:
    """The spelling for the words of the patterns. `met`: in how many messages a word was met.

    What is ordinary is never read as another word; what was met is a word too, and not a slip.
    Welsh words have so many forms that they are not looked for glued together, and fewer slips are mended.
    """
    words = frozenset(english) | welsh | BREAKS
    plain = frozenset(ordinary) - words
    squeezed: dict[str, str] = {}
    # English first, and there the shortest; all at once, because there are a hundred thousand words.
    for language in (english, welsh - english):
        first = sorted(sorted(language), key=len)
        for word, short in zip(first, squeeze("\n".join(first)).splitlines(), strict=True):
            squeezed.setdefault(short, word)
    return Spelling(
        known=words - frozenset(expansions),
        gluable=frozenset(english).union(word for word in expansions if len(word) >= _SHORTEST_GLUED_SHORT) - plain,
        expansions=expansions,
        ordinary=plain,
        slips=build_slips(english, welsh - english, plain, met or {}),
        rows=build_rows(words - BREAKS, met or {}),
        squeezed=squeezed,
        longest=max(map(len, words | expansions.keys()), default=1),
    )
