"""What phrases are made of: their words, and how many plain rows of words they stand for."""

from collections.abc import Iterable
from math import prod

from bot.domain.phrases import Phrase, Written


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
