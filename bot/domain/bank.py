"""Many phrases looked for at once, in one pass over the words, in a time that no text can stretch.

Each slot of each phrase is one bit of one large number; a word moves every phrase on by a shift and a mask (Navarro and
Raffinot, Flexible Pattern Matching in Strings, 2002, chapter 4: shift-and with optional characters). Nothing is ever
tried twice, so there is nothing to backtrack.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.phrases import Phrase
from bot.domain.text import BREAKS, LINE_END
from bot.domain.units import Standing, Unit

# Stands for every word that no pattern has.
UNKNOWN = ""


class Hit(NamedTuple):
    """Phrase number `phrase` of the bank ends with word number `end`."""

    phrase: int
    end: int


@dataclass(frozen=True, slots=True)
class Bank:
    """Phrases compiled together. `strict`: no phrase reaches across the end of a sentence or line."""

    phrases: tuple[Phrase, ...]
    unit_numbers: tuple[tuple[frozenset[int], ...], ...]
    strict: bool
    masks: Mapping[str, int]
    starts: Mapping[str, int]
    unit_masks: Mapping[int, int]
    unit_starts: Mapping[int, int]
    gaps: int
    skippable: int
    before_skippable: int
    last_skippable: int
    finals: int
    phrase_at: Mapping[int, int]
    final_of: tuple[int, ...]

    def hits(self, words: Sequence[str], standing: Standing, done: set[int] | None = None) -> Iterator[Hit]:
        """Every phrase found, by the word it ends with; a phrase put in `done` is not reported again."""
        masks, starts, gaps, finals = self.masks, self.starts, self.gaps, self.finals
        skippable, before, last = self.skippable, self.before_skippable, self.last_skippable
        state = 0
        states: list[int] = []
        last_break = -1
        closed = False
        for place, word in enumerate(words):
            if not state:
                # Nothing has begun: most words of most messages begin nothing either.
                state = starts[word]
                if not state and place not in standing:
                    if word in BREAKS:
                        last_break = place
                    closed = False
                    states.append(0)
                    continue
                if word in BREAKS:
                    last_break, state = place, 0
                closed = False
            elif word in BREAKS:
                last_break = place
                if self.strict:
                    state = 0
                elif word != LINE_END:
                    # A gap that has begun ends here, and none may begin with the next word.
                    state &= ~gaps
                    closed = True
            else:
                state = (state << 1) & masks[word]
                if closed:
                    state &= ~gaps
                state |= starts[word]
                closed = False
            for begin, unit in standing.get(place, ()):
                if self.strict and begin <= last_break:
                    continue
                state |= self.unit_starts.get(unit, 0)
                if begin and states[begin - 1]:
                    state |= (states[begin - 1] << 1) & self.unit_masks.get(unit, 0)
            if state:
                filled = state | last
                state |= skippable & (~(filled - before) ^ filled)
                ended = state & finals
                while ended and word not in BREAKS:
                    bit = ended & -ended
                    ended ^= bit
                    phrase = self.phrase_at[bit.bit_length()]
                    yield Hit(phrase, place)
                    if done and phrase in done:
                        finals &= ~self._finals(done)
                        done.clear()
            states.append(state)

    def _finals(self, phrases: set[int]) -> int:
        bits = 0
        for phrase in phrases:
            bits |= self.final_of[phrase]
        return bits

    def start(self, hit: Hit, words: Sequence[str], standing: Standing) -> int:
        """The number of the word a found phrase begins with: the nearest one that fits."""
        phrase, units = self.phrases[hit.phrase], self.unit_numbers[hit.phrase]
        awaited: dict[int, set[int]] = {hit.end: {len(phrase) - 1}}
        for place in range(hit.end, -1, -1):
            slots = awaited.pop(place, set())
            if words[place] in BREAKS:
                awaited.setdefault(place - 1, set()).update(slots)
                continue
            for slot in slots:
                filling = phrase[slot].words
                begins = [place] if filling is None or words[place] in filling else []
                begins += [begin for begin, unit in standing.get(place, ()) if unit in units[slot]]
                if slot == 0 and begins:
                    return max(begins)
                for begin in begins:
                    awaited.setdefault(begin - 1, set()).update(_before(phrase, slot))
        return hit.end


def _before(phrase: Phrase, slot: int) -> Iterator[int]:
    """The slots that can come right before `slot`."""
    while slot:
        slot -= 1
        yield slot
        if not phrase[slot].skippable:
            return


def build_bank(phrases: Sequence[Phrase], numbers: Mapping[Unit, int], *, strict: bool = False) -> Bank:
    """The bank of `phrases`, of which no first or last slot is skippable. `numbers` are those of all units."""
    # First by set of words: the same sets come back in many phrases, and each is gone through once.
    masks_of: dict[frozenset[str], int] = {}
    starts_of: dict[frozenset[str], int] = {}
    unit_masks: dict[int, int] = {}
    unit_starts: dict[int, int] = {}
    gaps = skippable = before = last = finals = 0
    phrase_at: dict[int, int] = {}
    final_of: list[int] = []
    bit = 1
    for number, phrase in enumerate(phrases):
        for place, slot in enumerate(phrase):
            if slot.words is None:
                gaps |= bit
            else:
                masks_of[slot.words] = masks_of.get(slot.words, 0) | bit
                if place == 0:
                    starts_of[slot.words] = starts_of.get(slot.words, 0) | bit
            for unit in slot.units:
                unit_masks[numbers[unit]] = unit_masks.get(numbers[unit], 0) | bit
                if place == 0:
                    unit_starts[numbers[unit]] = unit_starts.get(numbers[unit], 0) | bit
            if slot.skippable:
                skippable |= bit
                before |= 0 if phrase[place - 1].skippable else bit >> 1
                last |= 0 if phrase[place + 1].skippable else bit
            bit <<= 1
        final = bit >> 1
        finals |= final
        phrase_at[final.bit_length()] = number
        final_of.append(final)
    return Bank(
        phrases=tuple(phrases),
        unit_numbers=tuple(
            tuple(frozenset(numbers[unit] for unit in slot.units) for slot in phrase) for phrase in phrases
        ),
        strict=strict,
        masks=ByWord(masks_of, gaps, at_once=strict),
        starts=ByWord(starts_of, 0, at_once=strict),
        unit_masks=unit_masks,
        unit_starts=unit_starts,
        gaps=gaps,
        skippable=skippable,
        before_skippable=before,
        last_skippable=last,
        finals=finals,
        phrase_at=phrase_at,
        final_of=tuple(final_of),
    )


class ByWord(dict[str, int]):
    """Bits by word. `none` are those of a word that is in no set.

    Those of a word are put together when it is first met, and kept: most words never are. Whoever asks for words that
    no pattern has must ask for one and the same in their place (`UNKNOWN`), or each of them is kept. With `at_once` all
    are put together at the start, and nothing is kept later.
    """

    __slots__ = ("_none", "_sets")

    def __init__(self, by_words: Mapping[frozenset[str], int], none: int, *, at_once: bool) -> None:
        super().__init__()
        self._none = none
        self._sets = () if at_once else tuple(by_words.items())
        for words, bits in by_words.items() if at_once else ():
            for word in words:
                self[word] = self.get(word, none) | bits

    def __missing__(self, word: str) -> int:
        bits = self._none
        if self._sets:
            for words, each in self._sets:
                if word in words:
                    bits |= each
            self[word] = bits
        return bits
