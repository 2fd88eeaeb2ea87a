"""Reading one message against the lexicon: is there anything here that a person must see?

A gate, not a step: it is asked of every message, in every state, on every channel, and always in both languages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from bot.domain import resemblance
from bot.domain.bank import Bank, Hit
from bot.domain.clues import live_shelves
from bot.domain.lexicon import SEVERITIES, Concern, Lexicon
from bot.domain.text import LINE_END, SENTENCE_ENDS, Reading, read
from bot.domain.units import Standing, find_units

LEVELS = ("none", *SEVERITIES)
# The rule of a match that no pattern made: the words sound like the made-up disclosures in sentences/.
RESEMBLES = "resembles"


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
    words, origin = lexicon.spelling.words(reading.words(), reading.folded)
    live = live_shelves(words, lexicon.clues)
    sounds = resemblance.sounds_like(words, lexicon.points)
    if not live and sounds.loudest is None:
        return Screening("none", (), lexicon.version)
    standing = find_units(words, lexicon.units)
    found = _find(lexicon, live, words, standing, lambda: sounds.hints)
    if found or sounds.loudest:
        covered = _cover(lexicon, words, standing)
        if covered is not None:
            words, standing = covered, find_units(covered, lexicon.units)
            sounds = resemblance.sounds_like(words, lexicon.points)
            found = _find(lexicon, live, words, standing, lambda: sounds.hints)
    if not found and sounds.loudest is None:
        return Screening("none", (), lexicon.version)
    spans = _spans(reading, origin)
    matches = _matches(text, spans, words, standing, found)
    heard = _heard(lexicon, words, standing, found, sounds.loudest)
    if heard:
        stretch, category, rank = heard
        start = spans[stretch.first][0]
        end = max(start, spans[stretch.last][1])
        matches.append(Match(RESEMBLES, category, SEVERITIES[rank], text[start:end], start, end))
    return gravest_first(matches, lexicon)


def screen_after(earlier: Sequence[str], text: str, lexicon: Lexicon) -> Screening:
    """What `text` says, read on its own and as the end of what was said just before: `earlier`, oldest first.

    Only what the messages say together is added: what stood whole in an earlier one, and counted there, was found then.
    """
    alone = screen(text, lexicon)
    if not earlier:
        return alone
    before = LINE_END.join((*earlier, ""))
    own = {match.rule for match in alone.matches}
    together = find_patterns(before + text, lexicon)
    # A hint may stand whole in one message, and what makes it count in another.
    known = {match.rule for match in find_patterns(before, lexicon)} if together else set()
    added = [
        replace(match, start=max(0, match.start - len(before)), end=max(0, match.end - len(before)))
        for match in together
        if match.start < len(before) < match.end or match.rule not in (own if match.end > len(before) else known)
    ]
    if not added:
        return alone
    return gravest_first([*alone.matches, *added], lexicon)


def find_patterns(text: str, lexicon: Lexicon, concern: str | None = None) -> list[Match]:
    """What the patterns alone find in `text`, or those of one concern: as `screen` does, and quicker.

    It is enough where words stand in several messages: nothing sounds like a disclosure over the end of a line.
    """
    reading = read(text)
    words, origin = lexicon.spelling.words(reading.words(), reading.folded)
    live = live_shelves(words, lexicon.clues)
    if concern is not None:
        live = [number for number in live if lexicon.shelves[number].concern_of[0].id == concern]
    if not live:
        return []
    standing = find_units(words, lexicon.units)
    hints = cache(lambda: resemblance.sounds_like(words, lexicon.points).hints)
    found = _find(lexicon, live, words, standing, hints)
    covered = _cover(lexicon, words, standing) if found else None
    if covered is not None:
        words, standing = covered, find_units(covered, lexicon.units)
        hints.cache_clear()
        found = _find(lexicon, live, words, standing, hints)
    return _matches(text, _spans(reading, origin), words, standing, found) if found else []


def _spans(reading: Reading, origin: Sequence[int] | None) -> list[tuple[int, int]]:
    """Where in the raw text each word stands; `origin` is the place in the reading that it came from."""
    spans = reading.spans()
    return spans if origin is None else [spans[place] for place in origin]


def _matches(
    text: str, spans: Sequence[tuple[int, int]], words: Sequence[str], standing: Standing, found: Sequence[_Found]
) -> list[Match]:
    """Where in the raw text the patterns were found. `spans` are the places of `words` in it."""
    matches: list[Match] = []
    for concern, rank, bank, hit in sorted(found, key=lambda one: (-one.rank, one.hit.end, one.concern.id)):
        start = spans[bank.start(hit, words, standing)][0]
        end = max(start, spans[hit.end][1])
        matches.append(Match(concern.id, concern.category, SEVERITIES[rank], text[start:end], start, end))
    return matches


def gravest_first(matches: Sequence[Match], lexicon: Lexicon) -> Screening:
    """The screening that has these matches, of which there is one at least: the gravest first, and of two as grave what
    a pattern says before what a message sounds like."""
    order = sorted(matches, key=lambda match: (-SEVERITIES.index(match.severity), match.rule == RESEMBLES))
    return Screening(order[0].severity, tuple(order), lexicon.version)


def _heard(
    lexicon: Lexicon,
    words: Sequence[str],
    standing: Standing,
    found: Sequence[_Found],
    loudest: tuple[resemblance.Net, resemblance.Stretch] | None,
) -> tuple[resemblance.Stretch, str, int] | None:
    """What the net behind the patterns adds: where, of which category, and its place in `SEVERITIES`.

    Told of the past it counts one less. What a pattern found urgent needs fewer points to be unable to wait.
    """
    points = lexicon.points
    at_once = resemblance.weigh(list(resemblance.lines_of(words, points.known)), points.now) if points.now else None
    urgent = [one for one in found if SEVERITIES[one.rank] != "watch"]
    cannot_wait = at_once is not None and at_once.points >= (points.immediate_too if urgent else points.immediate)
    if loudest is not None:
        net, stretch = loudest
        category = resemblance.category_of(words, stretch, points)
        grave = "immediate" if cannot_wait else "urgent" if stretch.points >= net.urgent else "watch"
    elif urgent and cannot_wait and at_once is not None:
        stretch, grave = at_once, "immediate"
        category = max(urgent, key=lambda one: one.rank).concern.category
    else:
        return None
    rank = SEVERITIES.index(grave) - _said_of_the_past(lexicon, words, standing)[stretch.last]
    return stretch, category, max(0, rank)


def _find(
    lexicon: Lexicon, live: list[int], words: Sequence[str], standing: Standing, hints: Callable[[], bool]
) -> list[_Found]:
    """For each concern in the message its gravest mention, the earliest of equals. `hints` says whether hints count."""
    best: dict[str, _Found] = {}
    only_hints: list[_Found] = []
    past: list[bool] | None = None
    for number in live:
        bank, concern_of, no_more_than_hints = lexicon.shelves[number]
        done: set[int] = set()
        for hit in bank.hits(words, standing, done):
            concern = concern_of[hit.phrase]
            rank = SEVERITIES.index(concern.severity)
            if concern.lowered_by_past and rank:
                past = _said_of_the_past(lexicon, words, standing) if past is None else past
                rank -= past[hit.end]
            if hit.phrase in no_more_than_hints and not hints():
                only_hints.append(_Found(concern, rank, bank, hit))
                continue
            _keep_graver(best, _Found(concern, rank, bank, hit))
            if SEVERITIES[rank] == concern.severity:
                done.update(other for other, owner in enumerate(concern_of) if owner is concern)
    if _stand_apart(only_hints, words, standing):
        for hint in only_hints:
            _keep_graver(best, hint)
    return list(best.values())


def _keep_graver(best: dict[str, _Found], one: _Found) -> None:
    before = best.get(one.concern.id)
    if before is None or one.rank > before.rank:
        best[one.concern.id] = one


def _stand_apart(hints: Sequence[_Found], words: Sequence[str], standing: Standing) -> bool:
    """Whether any two of them have no word in common: two hints are more than one."""
    first_end = min((one.hit.end for one in hints), default=0)
    # The last one is the likeliest to begin after the first has ended.
    from_the_end = sorted(hints, key=lambda one: -one.hit.end)
    return any(one.bank.start(one.hit, words, standing) > first_end for one in from_the_end)


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
        covered[first : hit.end + 1] = [resemblance.COVERED] * (hit.end + 1 - first)
    return covered
