"""The lexicon: concerns as a safeguarding lead writes them, compiled so that every message is read against them all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain.bank import Bank, build_bank
from bot.domain.clues import Clues, find_clues
from bot.domain.patterns import PatternFault, Vocabulary, write_out
from bot.domain.phrases import Phrase, Written, words_of
from bot.domain.plain import PlainAnswers
from bot.domain.resemblance import Points
from bot.domain.spelling import Spelling, build_spelling
from bot.domain.text import BREAKS
from bot.domain.units import Branch, Unit, build_root

SEVERITIES = ("watch", "urgent", "immediate")
# Small shelves: a message is read against the phrases of those shelves alone that could have something for it.
MOST_ON_A_SHELF = 32


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to listen for. `patterns` by language; `lowered_by_past`: told of the past, one step less severe.

    `meaning` says by language what it is, for staff.
    """

    id: str
    category: str
    severity: str
    patterns: Mapping[str, tuple[str, ...]]
    lowered_by_past: bool = True
    meaning: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Everyday:
    """What is not a concern: sayings and plain denials (covered before looking), and words that tell past from now."""

    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    past: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    now: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shelf:
    """Some phrases of one concern; `concern_of[n]` belongs to phrase n. Those numbered in `hints` are hints.

    `units` are the numbers of all units.
    """

    phrases: tuple[Phrase, ...]
    concern_of: tuple[Concern, ...]
    hints: frozenset[int]
    units: Mapping[Unit, int]

    @cached_property
    def bank(self) -> Bank:
        """Built when a message first has something for this shelf: a start need not wait for all of them."""
        return build_bank(self.phrases, self.units)


_NO_POINTS = Points()


@dataclass(frozen=True, slots=True, repr=False)
class Lexicon:
    """Everything `screen` needs, ready to use. `version` is a fingerprint of the content; `shelves_of` are the numbers
    of a concern's shelves; `words` are those of all patterns, and what stands between words; `plain` are answers that
    need no second reading."""

    version: str
    concerns: tuple[Concern, ...]
    shelves: tuple[Shelf, ...]
    shelves_of: Mapping[str, frozenset[int]]
    clues: Clues
    units: Branch
    covers: Bank
    past: Bank
    now: Bank
    spelling: Spelling
    words: frozenset[str]
    points: Points = _NO_POINTS
    plain: PlainAnswers = field(default_factory=PlainAnswers)

    def __repr__(self) -> str:
        """Short: written out in full, a failing test would take minutes to say so."""
        return f"<Lexicon {self.version}>"


def build_lexicon(
    concerns: Sequence[Concern],
    vocabulary: Vocabulary | None = None,
    everyday: Everyday | None = None,
    points: Points | None = None,
) -> Lexicon:
    """The lexicon of `concerns`, the net of `points` behind it.

    Raises `PatternFault` naming the concern whose pattern cannot be read.
    """
    shared = vocabulary or Vocabulary()
    daily = everyday or Everyday()
    by_shelf: dict[tuple[str, int], list[tuple[Concern, Written]]] = {}
    for concern in concerns:
        if concern.severity not in SEVERITIES:
            raise PatternFault(f"{concern.id}: severity is {', '.join(SEVERITIES)}, not {concern.severity}")
        for place, written in enumerate(write_out(concern.patterns, shared, concern.id)):
            by_shelf.setdefault((concern.id, place // MOST_ON_A_SHELF), []).append((concern, written))
    covers = write_out(daily.covers, shared, "everyday words")
    if any(slot.words is None for written in covers for slot in written.phrase):
        raise PatternFault("everyday words: a saying is exact, it cannot have a gap in it")
    past, now = write_out(daily.past, shared, "words of the past"), write_out(daily.now, shared, "words of now")
    everything = [*(written for shelf in by_shelf.values() for _, written in shelf), *covers, *past, *now]
    units = sorted(
        {unit for written in everything for slot in written.phrase for unit in slot.units},
        key=lambda unit: [sorted(part) for part in unit],
    )
    numbers = {unit: number for number, unit in enumerate(units)}
    shelves = tuple(
        Shelf(
            phrases=tuple(written.phrase for _, written in shelf),
            concern_of=tuple(concern for concern, _ in shelf),
            hints=frozenset(number for number, (_, written) in enumerate(shelf) if written.hint),
            units=numbers,
        )
        for shelf in by_shelf.values()
    )
    english, welsh = (
        words_of(written for written in everything if written.language == language) for language in ("en", "cy")
    )
    return Lexicon(
        version=_fingerprint(concerns, shared, daily, (points or _NO_POINTS).version),
        concerns=tuple(concerns),
        shelves=shelves,
        shelves_of={
            concern.id: frozenset(number for number, (owner, _) in enumerate(by_shelf) if owner == concern.id)
            for concern in concerns
        },
        clues=find_clues([shelf.phrases for shelf in shelves], (points or _NO_POINTS).common),
        units=build_root(units),
        covers=build_bank([written.phrase for written in covers], numbers, strict=True),
        past=build_bank([written.phrase for written in past], numbers, strict=True),
        now=build_bank([written.phrase for written in now], numbers, strict=True),
        spelling=build_spelling(
            english=english,
            welsh=welsh,
            expansions={word: meant for word, meant in shared.text_speak.items() if len(meant) > 1},
            ordinary=shared.ordinary,
            met=shared.met,
        ),
        words=BREAKS.union(english, welsh),
        points=points or _NO_POINTS,
    )


def _fingerprint(concerns: Sequence[Concern], vocabulary: Vocabulary, everyday: Everyday, points: str) -> str:
    """Twelve hexadecimal figures that change with any change of content."""
    content = [
        [(c.id, c.category, c.severity, sorted(c.patterns.items()), c.lowered_by_past) for c in concerns],
        sorted((language, sorted(classes.items())) for language, classes in vocabulary.classes.items()),
        sorted(vocabulary.irregular.items()),
        sorted(vocabulary.text_speak.items()),
        vocabulary.version or sorted(vocabulary.ordinary),
        [sorted(part.items()) for part in (everyday.covers, everyday.past, everyday.now)],
        points,
    ]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12]
