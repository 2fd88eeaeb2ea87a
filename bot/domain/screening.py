"""Reading one message against the lexicon: is there anything here that a person must see?

A gate, not a step: it is asked of every message, in every state, on every channel, and always in both languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.domain.bank import Bank, Hit
from bot.domain.lexicon import SEVERITIES, Concern, Lexicon
from bot.domain.text import LINE_END, SENTENCE_ENDS, read
from bot.domain.units import Standing, find_units

LEVELS = ("none", *SEVERITIES)
_COVERED = "\0"


@dataclass(frozen=True, slots=True)
class Match:
    """Which rule, and which words of the raw text, from `start` up to `end`.

    Where a disclosure was split over several messages, `words` begin in an earlier one; `start` and `end` cover what
    stands in this one.
    """

    rule: str
    category: str
    severity: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """What a message was found to say. `level` is the gravest severity among the matches, or "none"."""

    level: str
    matches: tuple[Match, ...]
    lexicon_version: str

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories found, the gravest first."""
        return tuple(dict.fromkeys(match.category for match in self.matches))


class _Found(NamedTuple):
    concern: Concern
    rank: int
    bank: Bank
    hit: Hit


def screen(text: str, lexicon: Lexicon) -> Screening:
    """What `text` says, by `lexicon`. Never raises, whatever the text is."""
    reading = read(text)
    written = reading.words()
    words, origin = lexicon.spelling.words(written, reading.folded)
    live = _live_shelves(lexicon, set(words))
    if not live:
        return Screening("none", (), lexicon.version)
    standing = find_units(words, lexicon.units)
    found = _find(lexicon, live, words, standing)
    if found:
        covered = _cover(lexicon, words, standing)
        if covered is not None:
            words, standing = covered, find_units(covered, lexicon.units)
            found = _find(lexicon, live, words, standing)
    if not found:
        return Screening("none", (), lexicon.version)
    spans = reading.spans()
    matches: list[Match] = []
    for concern, rank, bank, hit in sorted(found, key=lambda one: (-one.rank, one.hit.end, one.concern.id)):
        first = bank.start(hit, words, standing)
        start = spans[first if origin is None else origin[first]][0]
        end = spans[hit.end if origin is None else origin[hit.end]][1]
        end = max(start, end)
        matches.append(Match(concern.id, concern.category, SEVERITIES[rank], text[start:end], start, end))
    return Screening(matches[0].severity, tuple(matches), lexicon.version)


def screen_after(earlier: Sequence[str], text: str, lexicon: Lexicon) -> Screening:
    """What `text` says, read on its own and as the end of what was said just before: `earlier`, oldest first.

    Only what reaches from an earlier message into this one is added: what stood whole in an earlier one was found then.
    """
    alone = screen(text, lexicon)
    if not earlier:
        return alone
    before = LINE_END.join((*earlier, ""))
    across = [
        replace(match, start=0, end=match.end - len(before))
        for match in screen(before + text, lexicon).matches
        if match.start < len(before) < match.end
    ]
    if not across:
        return alone
    matches = sorted((*alone.matches, *across), key=lambda match: -SEVERITIES.index(match.severity))
    return Screening(matches[0].severity, tuple(matches), lexicon.version)


def _live_shelves(lexicon: Lexicon, words: set[str]) -> list[int]:
    """The shelves worth reading: those with a phrase all of whose words are in the message."""
    live: set[int] = set()
    for word in words:
        for shelf, others in lexicon.clues.get(word, ()):
            if shelf not in live and not any(other.isdisjoint(words) for other in others):
                live.add(shelf)
    return sorted(live)


def _find(lexicon: Lexicon, live: list[int], words: Sequence[str], standing: Standing) -> list[_Found]:
    """For each concern in the message its gravest mention, the earliest of equals."""
    best: dict[str, _Found] = {}
    past: list[bool] | None = None
    for number in live:
        bank, concern_of = lexicon.shelves[number]
        done: set[int] = set()
        for hit in bank.hits(words, standing, done):
            concern = concern_of[hit.phrase]
            rank = SEVERITIES.index(concern.severity)
            if concern.lowered_by_past and rank:
                past = _said_of_the_past(lexicon, words, standing) if past is None else past
                rank -= past[hit.end]
            before = best.get(concern.id)
            if before is None or rank > before.rank:
                best[concern.id] = _Found(concern, rank, bank, hit)
            if SEVERITIES[rank] == concern.severity:
                done.update(other for other, owner in enumerate(concern_of) if owner is concern)
    return list(best.values())


def _said_of_the_past(lexicon: Lexicon, words: Sequence[str], standing: Standing) -> list[bool]:
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


def _cover(lexicon: Lexicon, words: Sequence[str], standing: Standing) -> list[str] | None:
    """The words with everyday sayings covered up; None when there are none."""
    covered: list[str] | None = None
    for hit in lexicon.covers.hits(words, standing):
        covered = covered or list(words)
        first = lexicon.covers.start(hit, words, standing)
        covered[first : hit.end + 1] = [_COVERED] * (hit.end + 1 - first)
    return covered
