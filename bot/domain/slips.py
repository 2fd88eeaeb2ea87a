"""Two slips of the thumb in longer words: two neighbours swapped, or a letter left out. The first letter is right.

From how many letters on a slip is mended: shorter words are too near to other words (hurt, hut; marw, mawr).
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_SWAPPED = 6
_SWAPPED_WELSH = 7
_LEFT_OUT = 7


@dataclass(frozen=True, slots=True)
class Slips:
    """Which word was meant by one that is not known. Build it with `build_slips`.

    Swapped letters are swapped back to see: to write out every slip of every Welsh form takes half a second.
    """

    english: AbstractSet[str]
    welsh: AbstractSet[str]
    shortened: Mapping[str, str]

    def meant(self, word: str) -> str | None:
        """The word meant, English before Welsh and short before long; None where no single slip explains `word`."""
        if len(word) < _SWAPPED or not word.isalpha():
            return None
        back = set(_swapped(word))
        english = back & self.english
        if english:
            return min(english)
        if word in self.shortened:
            return self.shortened[word]
        welsh = back & self.welsh if len(word) >= _SWAPPED_WELSH else None
        return min(welsh) if welsh else None


def build_slips(english: AbstractSet[str], welsh: AbstractSet[str]) -> Slips:
    """The slips of English words, and of Welsh ones, of which fewer are mended."""
    shortened: dict[str, str] = {}
    for word in sorted((word for word in english if len(word) >= _LEFT_OUT and word.isalpha()), key=_short_first):
        for slip in _left_out(word):
            shortened.setdefault(slip, word)
    return Slips(english, welsh, shortened)


def _short_first(word: str) -> tuple[int, str]:
    return len(word), word


def _left_out(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(1, len(word)))


def _swapped(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))
