"""Words that stand together ("carry on", "my little one"), found in one walk over a message.

A unit is a row of places, each with the words that may stand there. All units are walked at once, from each word of the
message forward, and never further than the longest unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.text import LINE_END

Unit = tuple[frozenset[str], ...]
# For each word number at which units end: the word number each begins with, and the unit's own number.
Standing = Mapping[int, Sequence[tuple[int, int]]]
# These come and go between Welsh words; in English texts "n", "r" and "y" are "and", "are" and "why".
_MAY_BE_BETWEEN = frozenset(("yn", "n", "y", "yr", "r", LINE_END))


@dataclass(slots=True)
class Branch:
    """Where a walk stands: the units that end here, and the words that lead on."""

    ends: tuple[int, ...] = ()
    onward: dict[str, "Branch"] = field(default_factory=dict)


def find_units(words: Sequence[str], root: Branch) -> dict[int, list[tuple[int, int]]]:
    """Every unit in `words`, by the number of its last word."""
    found: dict[int, list[tuple[int, int]]] = {}
    roots = root.onward
    count = len(words)
    for begin, word in enumerate(words):
        branch = roots.get(word)
        place = begin
        while branch is not None:
            for unit in branch.ends:
                found.setdefault(place, []).append((begin, unit))
            place += 1
            while place < count and words[place] in _MAY_BE_BETWEEN and words[place] not in branch.onward:
                place += 1
            branch = branch.onward.get(words[place]) if place < count and branch.onward else None
    return found


def build_root(units: Sequence[Unit]) -> Branch:
    """Where every walk begins."""
    made: dict[frozenset[tuple[int, int]], Branch] = {}

    def branch_of(standing: frozenset[tuple[int, int]]) -> Branch:
        if standing in made:
            return made[standing]
        branch = made[standing] = Branch(tuple(sorted(unit for unit, place in standing if place == len(units[unit]))))
        by_words: dict[frozenset[str], set[tuple[int, int]]] = {}
        for unit, place in standing:
            if place < len(units[unit]):
                by_words.setdefault(units[unit][place], set()).add((unit, place + 1))
        onward: dict[str, frozenset[tuple[int, int]]] = {}
        for words, leads in by_words.items():
            all_lead = frozenset(leads)
            for word in words:
                onward[word] = onward[word] | all_lead if word in onward else all_lead
        branch.onward = {word: made.get(leads) or branch_of(leads) for word, leads in onward.items()}
        return branch

    return branch_of(frozenset((unit, 0) for unit in range(len(units))))
