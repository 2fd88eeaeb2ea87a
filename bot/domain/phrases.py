"""The pattern language of flows/safeguarding: from a line a safeguarding lead can read to the phrase it stands for.

    word          that word            word~         that English word in any of its forms
    (a|b c|d)     one of these         [a|b]         one of these, or nothing
    ...           up to three other words              ...5   up to five
    rope & neck   both, in either order, with up to eight other words between
    {name}        a word class of words.yaml
    ? word        (first of all) a hint: it counts only where more of the message sounds like a disclosure

A phrase is a row of slots. A slot is filled by one of its words, by one of its units (words that stand together, like
"carry on"), or, when it is part of a gap, by any word at all; and it may be skippable.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, permutations, takewhile
from typing import NamedTuple

from bot.domain import english, welsh
from bot.domain.text import fold_word
from bot.domain.units import Unit

LANGUAGES = ("cy", "en")
LONGEST_GAP = 8
MOST_TOGETHER = 3
MOST_UNITS = 600
HINT = "?"
_MARKS = frozenset("{()[]|.")
_PIECES = re.compile(r"\{[a-z_]+\}|[()\[\]|]|\.\.\.\d?|[^\s()\[\]|{}]+|\S")
# Small Welsh words that come and go between the others ("dwi'n marw", "dwi yn marw"; "niwed i'r babi").
SMALL_WELSH = frozenset(("yn", "n", "y", "yr", "r"))


class PatternFault(ValueError):
    """A pattern cannot be read; the message is a sentence for the person who wrote it."""


class Slot(NamedTuple):
    """One place in a phrase. `words` None: any word at all."""

    words: frozenset[str] | None
    units: frozenset[Unit] = frozenset()
    skippable: bool = False


Phrase = tuple[Slot, ...]


class Written(NamedTuple):
    """A phrase and the language it was written in; `hint`: by itself it says too little."""

    language: str
    phrase: Phrase
    hint: bool = False


_GAP = Slot(None, skippable=True)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What patterns and texts share: word classes by language, irregular forms, text-speak, words never corrected."""

    classes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    irregular: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text_speak: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()
    # Worked out once: what patterns and classes stand for, and the forms of words.
    read: dict[tuple[str, str], tuple[Phrase, ...]] = field(default_factory=dict, compare=False, repr=False)
    expanded: dict[tuple[str, str], list[Unit]] = field(default_factory=dict, compare=False, repr=False)
    forms: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    slots: dict[tuple[str, str], Slot] = field(default_factory=dict, compare=False, repr=False)


def phrases_of(pattern: str, language: str, vocabulary: Vocabulary) -> tuple[Phrase, ...]:
    """The phrases `pattern` stands for: one, or with & one for each order of its parts; raises `PatternFault`."""
    if (language, pattern) in vocabulary.read:
        return vocabulary.read[language, pattern]
    parts = [part.strip() for part in pattern.removeprefix(HINT).split("&")]
    if len(parts) > 1 and not all(parts):
        raise PatternFault("“&” stands between two things that must both be there")
    if len(parts) > MOST_TOGETHER:
        raise PatternFault(f"“&” may join {MOST_TOGETHER} things at most")
    phrases = [_phrase_of(part, language, vocabulary) for part in parts]
    between = (_GAP,) * LONGEST_GAP
    orders = tuple(tuple(chain(order[0], *(between + one for one in order[1:]))) for order in permutations(phrases))
    vocabulary.read[language, pattern] = orders
    return orders


def _phrase_of(pattern: str, language: str, vocabulary: Vocabulary) -> Phrase:
    phrase: list[Slot] = []
    reader = _Reader(pattern, language, vocabulary)
    if reader.pieces and (reader.pieces[0] == "[" or reader.pieces[-1] == "]"):
        raise PatternFault("optional words at the very beginning or end of a pattern change nothing; leave them out")
    while reader.pieces:
        for slot in reader.slots():
            if language == "cy" and phrase and slot.words is not None and phrase[-1].words is not None:
                phrase.append(Slot(SMALL_WELSH, skippable=True))
            phrase.append(slot)
    if all(slot.skippable for slot in phrase):
        raise PatternFault("a pattern needs at least one word that must be there")
    if phrase[0].words is None or phrase[-1].words is None:
        raise PatternFault("a pattern cannot begin or end with a gap")
    return tuple(phrase)


def write_out(patterns: Mapping[str, Iterable[str]], vocabulary: Vocabulary, owner: str) -> list[Written]:
    """The phrases of `patterns` by language, text-speak included; raises `PatternFault` that names `owner`."""
    short: dict[str, set[str]] = {}
    for word, meant in vocabulary.text_speak.items():
        if len(meant) == 1:
            short.setdefault(meant[0], set()).add(word)
    shortened = frozenset(short)
    texted = cache(lambda words: words.union(*map(short.__getitem__, words & shortened)))
    in_texts = cache(lambda slot: _with_text_speak(slot, texted))
    written: list[Written] = []
    for language in LANGUAGES:
        for pattern in patterns.get(language, ()):
            try:
                phrases = phrases_of(pattern, language, vocabulary)
            except PatternFault as fault:
                raise PatternFault(f"{owner}: “{pattern}”: {fault}") from None
            hint = pattern.startswith(HINT)
            for phrase in phrases:
                slots = tuple(slot if slot.words is None else in_texts(slot) for slot in phrase)
                written.append(Written(language, slots, hint))
    return written


def _with_text_speak(slot: Slot, texted: Callable[[frozenset[str]], frozenset[str]]) -> Slot:
    """A slot that "you" fills is filled by "u" as well."""
    units = frozenset(tuple(texted(part) for part in unit) for unit in slot.units)
    return slot._replace(words=texted(slot.words or frozenset()), units=units)


def _slot_of(units: Sequence[Unit], *, skippable: bool = False) -> Slot:
    words = frozenset[str]().union(*(unit[0] for unit in units if len(unit) == 1))
    return Slot(words, frozenset(unit for unit in units if len(unit) > 1), skippable)


class _Reader:
    """Reads the pieces of one pattern from left to right."""

    def __init__(self, pattern: str, language: str, vocabulary: Vocabulary, inside: tuple[str, ...] = ()) -> None:
        self.pieces = _PIECES.findall(pattern)
        self._language = language
        self._vocabulary = vocabulary
        self._inside = inside

    def slots(self) -> tuple[Slot, ...]:
        """The next slot; a gap is several."""
        piece = self.pieces.pop(0)
        if piece.startswith("..."):
            length = int(piece[3:] or 3)
            if not 1 <= length <= LONGEST_GAP:
                raise PatternFault(f"a gap is of 1 to {LONGEST_GAP} words, not {length}")
            return (_GAP,) * length
        if piece in (")", "]", "|"):
            raise PatternFault(f"“{piece}” stands outside any bracket")
        if piece.startswith("{"):
            known = self._vocabulary.slots
            if (self._language, piece) not in known:
                known[self._language, piece] = _slot_of(self._item(piece))
            return (known[self._language, piece],)
        return (_slot_of(self._item(piece), skippable=piece == "["),)

    def _item(self, piece: str) -> list[Unit]:
        """The ways to say one word, bracket or class."""
        if piece in ("(", "["):
            return self.alternatives(")" if piece == "(" else "]")
        if piece.startswith("{") and len(piece) > 1:
            return self._class(piece[1:-1])
        return [(self._forms(piece),)]

    def alternatives(self, closing: str = "") -> list[Unit]:
        """All alternatives up to `closing` (or to the end); those of one word are gathered in one."""
        words: set[str] = set()
        longer: dict[Unit, None] = {}
        while True:
            for unit in self._sequence():
                if len(unit) == 1:
                    words |= unit[0]
                else:
                    longer[unit] = None
            if not self.pieces or self.pieces[0] != "|":
                break
            self.pieces.pop(0)
        if closing:
            if not self.pieces or self.pieces[0] != closing:
                raise PatternFault(f"a bracket is opened and never closed with “{closing}”")
            self.pieces.pop(0)
        return ([(frozenset(words),)] if words else []) + list(longer)

    def _sequence(self) -> list[Unit]:
        plain = tuple(takewhile(lambda piece: piece[0] not in _MARKS, self.pieces))
        if plain and (len(plain) == len(self.pieces) or self.pieces[len(plain)] in ("|", ")", "]")):
            # Plain words only, as most are: there is one way to say them.
            del self.pieces[: len(plain)]
            return [tuple(map(self._forms, plain))]
        units: list[Unit] = [()]
        while self.pieces and self.pieces[0] not in ("|", ")", "]"):
            piece = self.pieces.pop(0)
            if piece.startswith("..."):
                raise PatternFault("a gap cannot stand inside a bracket or a word class")
            options = self._item(piece)
            if piece == "[":
                options = [(), *options]
            units = [before + after for before in units for after in options]
            if len(units) > MOST_UNITS:
                raise PatternFault(f"one bracket may stand for {MOST_UNITS} different sayings at most; make two of it")
        if () in units:
            raise PatternFault("an alternative is empty")
        return units

    def _class(self, name: str) -> list[Unit]:
        known = self._vocabulary.expanded
        if (self._language, name) not in known:
            known[self._language, name] = self._expand(name)
        return known[self._language, name]

    def _expand(self, name: str) -> list[Unit]:
        members = self._vocabulary.classes.get(self._language, {}).get(name)
        if members is None:
            raise PatternFault(f"there is no word class {{{name}}} for this language in words.yaml")
        if name in self._inside:
            raise PatternFault(f"the word class {{{name}}} contains itself")
        inner = _Reader("|".join(members), self._language, self._vocabulary, (*self._inside, name))
        units = inner.alternatives()
        if inner.pieces:
            raise PatternFault(f"the word class {{{name}}} closes a bracket that was never opened")
        return units

    def _forms(self, piece: str) -> frozenset[str]:
        known = self._vocabulary.forms
        if (self._language, piece) not in known:
            known[self._language, piece] = self._inflect(piece)
        return known[self._language, piece]

    def _inflect(self, piece: str) -> frozenset[str]:
        word = fold_word(piece.removesuffix("~"))
        if not word or (word.isascii() and not word.isalnum()):
            raise PatternFault(f"“{piece}” is not a word; write one word, a bracket, a gap or a {{class}}")
        if self._language == "cy":
            return welsh.verb_forms_of(word) if piece.endswith("~") else welsh.forms_of(word)
        if piece.endswith("~"):
            return english.forms_of(word, self._vocabulary.irregular)
        return frozenset((word,))
