"""What the patterns of the lexicon find in the words of one message, and which words those are."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain import resemblance
from bot.domain.bank import UNKNOWN, Bank, Hit
from bot.domain.lexicon import SEVERITIES, Concern, Lexicon
from bot.domain.signs import COVERED
from bot.domain.text import LINE_END, SENTENCE_ENDS, Reading, read
from bot.domain.units import Standing, find_units


class Meant(NamedTuple):
    """The words that a text means, and the place in its reading that each came from (None: one for one)."""

    reading: Reading
    words: list[str]
    origin: list[int] | None

    def spans(self) -> list[tuple[int, int]]:
        """Where in the raw text each word stands: one that was broken or s p a c e d out, from its first part to its
        last."""
        spans = self.reading.spans()
        if self.origin is None:
            return spans
        written = self.reading.words()
        found: list[tuple[int, int]] = []
        for place, following in zip(self.origin, (*self.origin[1:], len(spans)), strict=True):
            last = place
            while last + 1 < following and written[last + 1].isalnum():
                last += 1
            found.append((spans[place][0], spans[last][1]))
        return found


def meant_by(text: str, lexicon: Lexicon) -> Meant:
    """What `text` means, by the spellings that `lexicon` can read. Never raises."""
    reading = read(text)
    return Meant(reading, *lexicon.spelling.words(reading.words(), reading.folded))


class Found(NamedTuple):
    """A mention of a concern: the place of its severity in `SEVERITIES`, and the phrase that was found."""

    concern: Concern
    rank: int
    bank: Bank
    hit: Hit


def find(
    lexicon: Lexicon, live: list[int], words: Sequence[str], standing: Standing, *, every_hint: bool = False
) -> list[Found]:
    """For each concern in the message its gravest mention, the earliest of equals. A hint counts where the words around
    it lean towards a disclosure, where another hint stands near by, or always (`every_hint`).
    """
    best: dict[str, Found] = {}
    only_hints: list[Found] = []
    leaning: dict[tuple[int, int], bool] = {}
    past: list[bool] | None = None
    to_read = [word if word in lexicon.words else UNKNOWN for word in words] if live else []
    for number in live:
        shelf = lexicon.shelves[number]
        bank = shelf.bank
        done: set[int] = set()
        for hit in bank.hits(to_read, standing, done):
            concern = shelf.concern_of[hit.phrase]
            rank = SEVERITIES.index(concern.severity)
            if concern.lowered_by_past and rank:
                past = said_of_the_past(lexicon, words, standing) if past is None else past
                rank -= past[hit.end]
            if hit.phrase in shelf.hints and not every_hint:
                place = bank.start(hit, words, standing), hit.end
                if place not in leaning:
                    leaning[place] = resemblance.leans(words, *place, lexicon.points)
                if not leaning[place]:
                    only_hints.append(Found(concern, rank, bank, hit))
                    continue
            _keep_graver(best, Found(concern, rank, bank, hit))
            if SEVERITIES[rank] == concern.severity:
                done.update(other for other, owner in enumerate(shelf.concern_of) if owner is concern)
    if _stand_apart(only_hints, words, standing):
        for hint in only_hints:
            _keep_graver(best, hint)
    return list(best.values())


def _keep_graver(best: dict[str, Found], one: Found) -> None:
    before = best.get(one.concern.id)
    if before is None or one.rank > before.rank:
        best[one.concern.id] = one


def _stand_apart(hints: Sequence[Found], words: Sequence[str], standing: Standing) -> bool:
    """Whether any two of them are near each other and have no word in common: two hints are more than one."""
    ends = {one.hit.end for one in hints}
    starts = {one.bank.start(one.hit, words, standing) for one in hints}
    return any(not ends.isdisjoint(range(start - resemblance.AROUND, start)) for start in starts)


def said_of_the_past(lexicon: Lexicon, words: Sequence[str], standing: Standing) -> list[bool]:
    """For each word, whether its sentence is told of the past and not of now as well."""
    sentence_of: list[int] = []
    sentence = 0
    for word in words:
        sentence_of.append(sentence)
        sentence += word in SENTENCE_ENDS or word == LINE_END
    past = {sentence_of[hit.end] for hit in lexicon.past.hits(words, standing)}
    if past:
        past -= {sentence_of[hit.end] for hit in lexicon.now.hits(words, standing)}
    return [sentence in past for sentence in sentence_of]


def cover(lexicon: Lexicon, words: Sequence[str], standing: Standing) -> list[str] | None:
    """The words with everyday sayings covered up; None when there are none."""
    covered: list[str] | None = None
    for hit in lexicon.covers.hits(words, standing):
        covered = covered or list(words)
        first = lexicon.covers.start(hit, words, standing)
        covered[first : hit.end + 1] = [COVERED] * (hit.end + 1 - first)
    return covered


class Looked(NamedTuple):
    """What the patterns found, and in which words and units: everyday sayings are covered up in them."""

    words: Sequence[str]
    standing: Standing
    found: list[Found]


def look(lexicon: Lexicon, live: list[int], words: Sequence[str]) -> Looked:
    """What the patterns on the `live` shelves find outside everyday sayings."""
    standing = find_units(words, lexicon.units)
    found = find(lexicon, live, words, standing)
    covered = cover(lexicon, words, standing) if found else None
    if covered is None:
        return Looked(words, standing, found)
    standing = find_units(covered, lexicon.units)
    return Looked(covered, standing, find(lexicon, live, covered, standing))
