"""What is looked for in a message: phrases, as the patterns of the lexicon are read.

A phrase is a row of slots. A slot is filled by one of its words, by one of its units (words that stand together, like
"carry on"), or, when it is part of a gap, by any word at all; and it may be skippable.
"""

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from bot.domain.units import Unit


class Slot(NamedTuple):
    """One place in a phrase. `words` None: any word at all."""

    words: frozenset[str] | None
    units: frozenset[Unit] = frozenset()
    skippable: bool = False


Phrase = tuple[Slot, ...]


class Written(NamedTuple):
    """A phrase and the language it was written in; `hint`: by itself it says too little."""

    language: str
    phrase: Phrase
    hint: bool = False


def words_of(written: Iterable[Written]) -> set[str]:
    """Every word that fills a slot, or a part of one."""
    slots = {slot for one in written for slot in one.phrase}
    units = {unit for slot in slots for unit in slot.units}
    return set[str]().union(*(slot.words or () for slot in slots), *(part for unit in units for part in unit))


def count_sayings(phrase: Phrase) -> int:
    """How many plain rows of words (each word in one form) a phrase stands for, the gaps left empty."""
    count = 1
    for slot in phrase:
        if slot.words is not None:
            ways = len(slot.words) + sum(prod(map(len, unit)) for unit in slot.units)
            count *= ways + slot.skippable
    return count
