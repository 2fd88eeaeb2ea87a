"""Which shelves of the lexicon are worth reading for a message: most messages need none."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from bot.domain.phrases import Phrase, Slot


class Clue(NamedTuple):
    """Seen a phrase's rarest word: it can only be there if each of `others` is met as well."""

    shelf: int
    others: tuple[frozenset[str], ...]


def find_clues(shelves: Sequence[Sequence[Phrase]]) -> dict[str, tuple[Clue, ...]]:
    """Clues by word: each phrase under its rarest words. Rare is what few phrases have."""
    # The same slots come back in many phrases (word classes; the orders of "&").
    met = Counter[str]()
    for slot, times in Counter(slot for shelf in shelves for phrase in shelf for slot in phrase).items():
        for word in _all_words(slot):
            met[word] += times

    @cache
    def how_common(words: frozenset[str]) -> int:
        return sum(met[word] for word in words)

    @cache
    def signs_of(slot: Slot) -> frozenset[str]:
        """One of these words is in every message that fills `slot`: its words, and of each unit the most telling part.

        Long words tell most: "in the dark" is looked for where "dark" is, not wherever there is an "in".
        """
        return frozenset(slot.words or ()).union(*(max(unit, key=telling) for unit in slot.units))

    def telling(part: frozenset[str]) -> tuple[int, int]:
        return min(map(len, part)), -how_common(part)

    clues: dict[str, dict[Clue, None]] = {}
    for number, shelf in enumerate(shelves):
        for phrase in shelf:
            needed = [signs_of(slot) for slot in phrase if slot.words is not None and not slot.skippable]
            needed.sort(key=how_common)
            clue = Clue(number, tuple(needed[1:]))
            for word in needed[0]:
                clues.setdefault(word, {})[clue] = None
    return {word: tuple(found) for word, found in clues.items()}


def _all_words(slot: Slot) -> set[str]:
    return set(slot.words or ()).union(*(part for unit in slot.units for part in unit))
