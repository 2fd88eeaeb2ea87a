"""The lexicon: concerns as a safeguarding lead writes them, compiled so that every message can be read against all of them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from bot.domain.bank import Bank, build_bank
from bot.domain.phrases import PatternFault, Phrase, Slot, Vocabulary, phrase_of
from bot.domain.spelling import Spelling, build_spelling
from bot.domain.units import Branch, Unit, build_root

SEVERITIES = ("watch", "urgent", "immediate")
LANGUAGES = ("cy", "en")


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to listen for. `patterns` by language; `lowered_by_past`: said of the past, it is one step less severe."""

    id: str
    category: str
    severity: str
    patterns: Mapping[str, tuple[str, ...]]
    lowered_by_past: bool = True


@dataclass(frozen=True, slots=True)
class Everyday:
    """What is not a concern: sayings and plain denials (covered before looking), and words that tell past from now."""

    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    past: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    now: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Shelf(NamedTuple):
    """The concerns of one category and their phrases; `concern_of[n]` belongs to phrase n."""

    bank: Bank
    concern_of: tuple[Concern, ...]


class Clue(NamedTuple):
    """Seen a phrase's rarest word: it can only be there if each of `others` is met as well."""

    shelf: int
    others: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything `screen` needs, ready to use. `version` is a fingerprint of the content."""

    version: str
    concerns: tuple[Concern, ...]
    shelves: tuple[Shelf, ...]
    clues: Mapping[str, tuple[Clue, ...]]
    units: Branch
    covers: Bank
    past: Bank
    now: Bank
    spelling: Spelling
    sayings: int


def build_lexicon(
    concerns: Sequence[Concern], vocabulary: Vocabulary | None = None, everyday: Everyday | None = None
) -> Lexicon:
    """The lexicon of `concerns`; raises `PatternFault` naming the concern whose pattern cannot be read."""
    words = vocabulary or Vocabulary()
    daily = everyday or Everyday()
    by_category: dict[str, list[tuple[Concern, Phrase]]] = {}
    for concern in concerns:
        if concern.severity not in SEVERITIES:
            raise PatternFault(f"{concern.id}: severity is {', '.join(SEVERITIES)}, not {concern.severity}")
        shelf = by_category.setdefault(concern.category, [])
        shelf.extend((concern, phrase) for phrase in _phrases(concern.patterns, words, concern.id))
    covers = _phrases(daily.covers, words, "everyday words")
    if any(slot.words is None for phrase in covers for slot in phrase):
        raise PatternFault("everyday words: a saying is exact, it cannot have a gap in it")
    past, now = _phrases(daily.past, words, "words of the past"), _phrases(daily.now, words, "words of now")
    phrases = [phrase for shelf in by_category.values() for _, phrase in shelf]
    every_slot = [slot for phrase in (*phrases, *covers, *past, *now) for slot in phrase]
    units = sorted({unit for slot in every_slot for unit in slot.units}, key=lambda unit: [sorted(part) for part in unit])
    numbers = {unit: number for number, unit in enumerate(units)}
    known = {word for slot in every_slot for word in slot.words or ()}
    known.update(word for unit in units for part in unit for word in part)
    shelves = tuple(
        Shelf(build_bank([phrase for _, phrase in shelf], numbers), tuple(concern for concern, _ in shelf))
        for shelf in by_category.values()
    )
    return Lexicon(
        version=_fingerprint(concerns, words, daily),
        concerns=tuple(concerns),
        shelves=shelves,
        clues=_clues(shelves),
        units=build_root(units),
        covers=build_bank(covers, numbers, strict=True),
        past=build_bank(past, numbers, strict=True),
        now=build_bank(now, numbers, strict=True),
        spelling=build_spelling(
            known, {word: meant for word, meant in words.text_speak.items() if len(meant) > 1}, words.ordinary
        ),
        sayings=sum(map(_sayings, phrases)),
    )


def _phrases(patterns: Mapping[str, Iterable[str]], vocabulary: Vocabulary, owner: str) -> list[Phrase]:
    short: dict[str, set[str]] = {}
    for word, meant in vocabulary.text_speak.items():
        if len(meant) == 1:
            short.setdefault(meant[0], set()).add(word)
    phrases: list[Phrase] = []
    for language in LANGUAGES:
        for pattern in patterns.get(language, ()):
            try:
                phrase = phrase_of(pattern, language, vocabulary)
            except PatternFault as fault:
                raise PatternFault(f"{owner}: “{pattern}”: {fault}") from None
            phrases.append(tuple(_with_text_speak(slot, short) for slot in phrase))
    return phrases


def _with_text_speak(slot: Slot, short: Mapping[str, set[str]]) -> Slot:
    """A slot that "you" fills is filled by "u" as well."""
    if slot.words is None:
        return slot

    def texted(words: frozenset[str]) -> frozenset[str]:
        return words.union(*(short[word] for word in words if word in short))

    return slot._replace(
        words=texted(slot.words), units=frozenset(tuple(texted(part) for part in unit) for unit in slot.units)
    )


def _sayings(phrase: Phrase) -> int:
    """How many plain rows of words (each word in one form) a phrase stands for, the gaps left empty."""
    count = 1
    for slot in phrase:
        if slot.words is not None:
            ways = len(slot.words) + sum(prod(map(len, unit)) for unit in slot.units)
            count *= ways + slot.skippable
    return count


def _clues(shelves: tuple[Shelf, ...]) -> dict[str, tuple[Clue, ...]]:
    """Phrases by their rarest word; rare is measured by how many phrases a word is part of."""
    met = Counter(word for shelf in shelves for phrase in shelf.bank.phrases for slot in phrase for word in slot.words or ())
    met.update(
        word for shelf in shelves for phrase in shelf.bank.phrases for slot in phrase for word in _unit_words(slot)
    )
    clues: dict[str, dict[Clue, None]] = {}
    for number, shelf in enumerate(shelves):
        for phrase in shelf.bank.phrases:
            needed = [_signs(slot, met) for slot in phrase if slot.words is not None and not slot.skippable]
            needed.sort(key=lambda words: sum(met[word] for word in words))
            clue = Clue(number, tuple(needed[1:]))
            for word in needed[0]:
                clues.setdefault(word, {})[clue] = None
    return {word: tuple(found) for word, found in clues.items()}


def _unit_words(slot: Slot) -> set[str]:
    return {word for unit in slot.units for part in unit for word in part}


def _signs(slot: Slot, met: Counter[str]) -> frozenset[str]:
    """Words of which at least one is in every message that fills `slot`: its words, and of each unit the rarest part."""
    rarest = (min(unit, key=lambda part: sum(met[word] for word in part)) for unit in slot.units)
    return frozenset(slot.words or ()).union(*rarest)


def _fingerprint(concerns: Sequence[Concern], vocabulary: Vocabulary, everyday: Everyday) -> str:
    """Twelve hexadecimal figures that change with any change of content."""
    content = [
        [(c.id, c.category, c.severity, sorted(c.patterns.items()), c.lowered_by_past) for c in concerns],
        sorted((language, sorted(classes.items())) for language, classes in vocabulary.classes.items()),
        sorted(vocabulary.irregular.items()),
        sorted(vocabulary.text_speak.items()),
        sorted(vocabulary.ordinary),
        [sorted(part.items()) for part in (everyday.covers, everyday.past, everyday.now)],
    ]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12]
