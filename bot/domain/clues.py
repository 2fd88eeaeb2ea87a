"""Which shelves of the lexicon are worth reading for a message: most messages need none."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.domain.phrases import Phrase, Slot
from bot.domain.text import BREAKS


class Clue(NamedTuple):
    """Seen a phrase's rarest word: it can only be there if each of `others` is met as well, at most so many words
    `before` it or `after` it.

    Ends of sentences and lines are not counted: words may stand on both sides of them. `others` begins with the rarest.
    """

    shelf: int
    others: tuple[frozenset[str], ...]
    before: int
    after: int


_NO_WORDS = frozenset[str]()
_NO_CLUES: Mapping[frozenset[str], Sequence[Clue]] = {}


class Clues:
    """Clues by word. Those of a word are put together when it is first met: most words never are."""

    def __init__(self, by_words: Mapping[frozenset[str], Sequence[Clue]]) -> None:
        self._lists = tuple(by_words.values())
        self._lists_of: defaultdict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(by_words):
            for word in words:
                self._lists_of[word].append(number)
        self._met: dict[str, Mapping[frozenset[str], Sequence[Clue]]] = {}

    def of(self, word: str) -> Mapping[frozenset[str], Sequence[Clue]]:
        """The clues of `word` by the first of their others (no words: there are none), so that many fall at once.

        None for a word that no phrase has, and for one that is never its phrase's rarest.
        """
        found = self._met.get(word)
        if found is None:
            numbers = self._lists_of.get(word)
            if numbers is None:
                return _NO_CLUES
            by_first: defaultdict[frozenset[str], list[Clue]] = defaultdict(list)
            for clue in dict.fromkeys(clue for number in numbers for clue in self._lists[number]):
                by_first[clue.others[0] if clue.others else _NO_WORDS].append(clue)
            found = self._met[word] = dict(by_first)
        return found


def find_clues(shelves: Sequence[Sequence[Phrase]], common: Mapping[str, int] | None = None) -> Clues:
    """Clues by word: each phrase under its rarest words.

    Rare is what few messages have: `common` says in how many of some ordinary ones a word stands. Of equals, the fewest
    words.
    """
    messages = common or {}
    heard = frozenset(messages)

    @cache
    def how_common(words: frozenset[str]) -> tuple[int, int]:
        return sum(map(messages.__getitem__, words & heard)), len(words)

    @cache
    def signs_of(slot: Slot) -> frozenset[str]:
        """One of these words is in every message that fills `slot`: its words, and of each unit the most telling part.

        Long words tell most: "in the dark" is looked for where "dark" is, not wherever there is an "in".
        """
        words = slot.words or frozenset()
        return words.union(*(max(unit, key=telling) for unit in slot.units)) if slot.units else words

    @cache
    def telling(part: frozenset[str]) -> tuple[int, int, int]:
        in_messages, size = how_common(part)
        return min(map(len, part)), -in_messages, -size

    by_words: dict[frozenset[str], list[Clue]] = {}
    for number, shelf in enumerate(shelves):
        for phrase in shelf:
            needed = [
                (signs_of(slot), place)
                for place, slot in enumerate(phrase)
                if slot.words is not None and not slot.skippable
            ]
            (rarest, place), *others = sorted(needed, key=lambda each: how_common(each[0]))
            lengths = [max(1, *map(len, slot.units)) if slot.units else 1 for slot in phrase]
            before, after = sum(lengths[: place + 1]) - 1, sum(lengths[place:]) - 1
            clue = Clue(number, tuple(words for words, _ in others), before, after)
            by_words.setdefault(rarest, []).append(clue)
    return Clues(by_words)


def live_shelves(words: Sequence[str], clues: Clues, among: Collection[int] | None = None) -> list[int]:
    """The shelves worth reading: those with a phrase all of whose words are in the message, and near enough.

    Of all of them, or of some (`among`).
    """
    spoken = [word for word in words if word not in BREAKS]
    places: dict[str, list[int]] = {}
    for place, word in enumerate(spoken):
        places.setdefault(word, []).append(place)
    met = set(places)
    live: set[int] = set()
    for word, at in places.items():
        near: dict[tuple[int, int], set[str]] = {}
        for first, with_it in clues.of(word).items():
            if first and first.isdisjoint(met):
                continue
            for shelf, others, before, after in with_it:
                if shelf in live or (among is not None and shelf not in among) or any(map(met.isdisjoint, others)):
                    continue
                around = near.get((before, after))
                if around is None:
                    around = near[before, after] = set()
                    for place in at:
                        around.update(spoken[max(0, place - before) : place + after + 1])
                if not any(map(around.isdisjoint, others)):
                    live.add(shelf)
    return sorted(live)
