"""Which shelves of the lexicon are worth reading for a message: most messages need none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.domain.phrases import Phrase, Slot
from bot.domain.text import BREAKS


class Clue(NamedTuple):
    """Seen a phrase's rarest word: it can only be there if each of `others` is met as well, at most so many words
    `before` it or `after` it.

    Ends of sentences and lines are not counted: words may stand on both sides of them.
    """

    shelf: int
    others: tuple[frozenset[str], ...]
    before: int
    after: int


def find_clues(
    shelves: Sequence[Sequence[Phrase]], common: Mapping[str, int] | None = None
) -> dict[str, tuple[Clue, ...]]:
    """Clues by word: each phrase under its rarest words.

    Rare is what few messages have: `common` says in how many of some ordinary ones a word stands. Of equals, what few
    phrases have.
    """
    heard = (common or {}).get
    # The same slots come back in many phrases (word classes; the orders of "&").
    times_met = Counter(slot for shelf in shelves for phrase in shelf for slot in phrase if slot.words is not None)
    met: dict[str, int] = {}
    for slot, times in times_met.items():
        for word in _all_words(slot):
            met[word] = met.get(word, 0) + times

    @cache
    def how_common(words: frozenset[str]) -> tuple[int, int]:
        return sum(heard(word, 0) for word in words), sum(met[word] for word in words)

    @cache
    def signs_of(slot: Slot) -> frozenset[str]:
        """One of these words is in every message that fills `slot`: its words, and of each unit the most telling part.

        Long words tell most: "in the dark" is looked for where "dark" is, not wherever there is an "in".
        """
        words = slot.words or frozenset()
        return words.union(*(max(unit, key=telling) for unit in slot.units)) if slot.units else words

    def telling(part: frozenset[str]) -> tuple[int, int, int]:
        in_messages, in_phrases = how_common(part)
        return min(map(len, part)), -in_messages, -in_phrases

    words_of: dict[Clue, set[str]] = {}
    for number, shelf in enumerate(shelves):
        for phrase in shelf:
            needed = [
                (signs_of(slot), place)
                for place, slot in enumerate(phrase)
                if slot.words is not None and not slot.skippable
            ]
            (rarest, place), *others = sorted(needed, key=lambda each: how_common(each[0]))
            before, after = sum(map(_longest, phrase[: place + 1])), sum(map(_longest, phrase[place:]))
            clue = Clue(number, tuple(words for words, _ in others), before - 1, after - 1)
            words_of.setdefault(clue, set()).update(rarest)
    clues: dict[str, list[Clue]] = {}
    for clue, words in words_of.items():
        for word in words:
            clues.setdefault(word, []).append(clue)
    return {word: tuple(found) for word, found in clues.items()}


def live_shelves(words: Sequence[str], clues: Mapping[str, tuple[Clue, ...]]) -> list[int]:
    """The shelves worth reading: those with a phrase all of whose words are in the message, and near enough."""
    spoken = [word for word in words if word not in BREAKS]
    places: dict[str, list[int]] = {}
    for place, word in enumerate(spoken):
        places.setdefault(word, []).append(place)
    met = set(places)
    live: set[int] = set()
    for word, at in places.items():
        near: dict[tuple[int, int], set[str]] = {}
        for shelf, others, before, after in clues.get(word, ()):
            if shelf in live:
                continue
            for other in others:
                if other.isdisjoint(met):
                    break
            else:
                around = near.get((before, after))
                if around is None:
                    around = near[before, after] = set()
                    for place in at:
                        around.update(spoken[max(0, place - before) : place + after + 1])
                for other in others:
                    if other.isdisjoint(around):
                        break
                else:
                    live.add(shelf)
    return sorted(live)


def _longest(slot: Slot) -> int:
    return max(1, *map(len, slot.units)) if slot.units else 1


def _all_words(slot: Slot) -> frozenset[str]:
    words = slot.words or frozenset()
    return words.union(*(part for unit in slot.units for part in unit)) if slot.units else words
