"""Slips of the thumb in one word: a letter left out, one too many, one wrong, two neighbours swapped; a space left out.

The first letter is taken to be right. What is a word, or was met as one, is never read as another (hurt, hut).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

# From how many letters on.
_SWAPPED = 6
_SWAPPED_WELSH = 7
_LEFT_OUT = 7
_SHORTEST = 4
# A longer one is no slip of one word: it is only work.
_LONGEST = 30
# Welsh words have so many forms that short ones are near to everything.
_SHORTEST_WELSH = 5
_SHORTEST_OF_TWO = 3
_SHORTEST_BESIDE_SHORT = 4
# The words of two letters that may be one of two glued together; beside them "i", in front.
_SHORT = frozenset(("am", "an", "as", "at", "be", "by", "do", "go", "he", "if", "im", "in", "is")).union(
    ("it", "me", "my", "no", "of", "on", "or", "so", "to", "up", "us", "we")
)
_SHORT_WELSH = frozenset(("ac", "am", "ar", "at", "bo", "dw", "dy", "ei", "eu", "fe", "fi", "fo")).union(
    ("fy", "ma", "mi", "na", "ni", "os", "ti", "un", "yn", "yr")
)


@dataclass(frozen=True, slots=True)
class Slips:
    """Which word was meant by one that is not known. Build it with `build_slips`.

    Swapped letters are swapped back to see: to write out every slip of every Welsh form takes half a second.
    """

    english: AbstractSet[str]
    welsh: AbstractSet[str]
    whole: AbstractSet[str]
    met: Mapping[str, int]
    shortened: Mapping[str, str]
    near: Mapping[str, Sequence[str]]

    def meant(self, word: str) -> str | None:
        """The longer word surely meant, English before Welsh; None where no swap and no letter left out explains it."""
        if not _SWAPPED <= len(word) <= _LONGEST or not word.isalpha():
            return None
        back = set(_swapped(word))
        english = back & self.english
        if english:
            return min(english)
        if word in self.shortened:
            return self.shortened[word]
        welsh = back & self.welsh if len(word) >= _SWAPPED_WELSH else None
        return min(welsh) if welsh else None

    def likeliest(self, word: str) -> tuple[str, ...] | None:
        """What was most likely meant by what is no word and was never met as one: two words, or one; None: nothing.

        Where no words were met nobody knows what else is a word, and nothing is guessed.
        """
        if not self.met or not _SHORTEST <= len(word) <= _LONGEST or word in self.whole or not word.isalpha():
            return None
        return self._in_two(word) or self._nearest(word)

    def _in_two(self, word: str) -> tuple[str, str] | None:
        """Two words without the space between them ("mewhen"): both English, else both ours."""
        return _cut(word, self.english.__contains__, _SHORT) or _cut(word, self._is_ours, _SHORT_WELSH)

    def _nearest(self, word: str) -> tuple[str] | None:
        """Of all words one slip away the one that is met most, if it is ours."""
        found = {near for part in (word, *_left_out(word)) for near in self.near.get(part, ()) if is_slip(word, near)}
        best = max(sorted(found), key=self._how_often, default="")
        return (best,) if self._is_ours(best) else None

    def _how_often(self, word: str) -> int:
        return self.met.get(word, 0)

    def _is_ours(self, word: str) -> bool:
        return word in self.english or word in self.welsh


def build_slips(
    english: AbstractSet[str], welsh: AbstractSet[str], whole: AbstractSet[str], met: Mapping[str, int]
) -> Slips:
    """The slips of English words, and of Welsh ones, of which fewer are mended.

    `whole` are words that are never read as others, `met` in how many messages a word was met: those are `whole` too,
    and the likeliest to be meant.
    """
    shortened: dict[str, str] = {}
    for word in sorted((word for word in english if len(word) >= _LEFT_OUT and word.isalpha()), key=_short_first):
        for slip in _left_out(word):
            shortened.setdefault(slip, word)
    near: dict[str, list[str]] = {}
    for word in english | met.keys():
        if word.isalpha() and word.isascii() and len(word) >= (_SHORTEST if word in english else _SHORTEST_WELSH):
            for part in (word, *_left_out(word)):
                near.setdefault(part, []).append(word)
    return Slips(
        english=english,
        welsh=welsh,
        whole=whole | met.keys(),
        met=met,
        shortened=shortened,
        near=near,
    )


def is_slip(written: str, word: str) -> bool:
    """Whether `written` is `word` with one slip, the first letter right."""
    same = 0
    for one, other in zip(written, word, strict=False):
        if one != other:
            break
        same += 1
    ours, theirs = written[same:], word[same:]
    return same > 0 and (
        ours[1:] == theirs[1:]
        or ours == theirs[1:]
        or ours[1:] == theirs
        or (ours[1::-1] == theirs[:2] and ours[2:] == theirs[2:])
    )


def _cut(word: str, is_word: Callable[[str], bool], short: AbstractSet[str]) -> tuple[str, str] | None:
    best: tuple[int, str, str] | None = None
    for at in range(1, len(word)):
        one, other = word[:at], word[at:]
        shorter, longer = sorted((one, other), key=len)
        fits = (
            is_word(one) and is_word(other)
            if len(shorter) >= _SHORTEST_OF_TWO
            else (shorter in short or one == "i") and len(longer) >= _SHORTEST_BESIDE_SHORT and is_word(longer)
        )
        if fits and (best is None or len(shorter) > best[0]):
            best = len(shorter), one, other
    return best and best[1:]


def _short_first(word: str) -> tuple[int, str]:
    return len(word), word


def _left_out(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(1, len(word)))


def _swapped(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))
