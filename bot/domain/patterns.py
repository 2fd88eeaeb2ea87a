"""The pattern language of flows/safeguarding: from a line a safeguarding lead can read to the phrase it stands for.

word          that word            word~         that English word in any of its forms
(a|b c|d)     one of these         [a|b]         one of these, or nothing
...           up to three other words              ...5   up to five
rope & neck   both, in either order, with up to eight other words between
{name}        a word class of words.yaml
? word        (first of all) a hint: it counts only where more of the message sounds like a disclosure
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, permutations

from bot.domain import english, welsh
from bot.domain.phrases import Phrase, Slot, Written
from bot.domain.text import fold_word
from bot.domain.units import Unit

LANGUAGES = ("cy", "en")
LONGEST_GAP = 8
MOST_TOGETHER = 3
MOST_UNITS = 600
HINT = "?"
# A whole bracket with nothing but words in it, as most have, is one piece.
_PIECES = re.compile(r"\{[a-z_]+\}|\([^()\[\]{}.]*\)|\[[^()\[\]{}.]*\]|[()\[\]|]|\.\.\.\d?|[^\s()\[\]|{}]+|\S")
_PLAIN = re.compile(r"[^()\[\]{}.]*")
# Small Welsh words that come and go between the others ("dwi'n marw", "dwi yn marw"; "niwed i'r babi").
SMALL_WELSH = frozenset(("yn", "n", "y", "yr", "r"))


class PatternFault(ValueError):
    """A pattern cannot be read; the message is a sentence for the person who wrote it."""


_GAP = Slot(None, skippable=True)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What patterns and texts share: word classes by language, irregular forms, text-speak, words never corrected.

    `met`: in how many made-up messages a word stands. `version` is a fingerprint of the words in files of their own.
    """

    classes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    irregular: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text_speak: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()
    met: Mapping[str, int] = field(default_factory=dict)
    version: str = ""
    # Worked out once: what patterns and classes stand for, the forms of words, and what is typed for a word.
    read: dict[tuple[str, str], tuple[Phrase, ...]] = field(default_factory=dict, compare=False, repr=False)
    expanded: dict[tuple[str, str], list[Unit]] = field(default_factory=dict, compare=False, repr=False)
    sayings: dict[tuple[str, str], Unit] = field(default_factory=dict, compare=False, repr=False)
    forms: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    slots: dict[tuple[str, str], Slot] = field(default_factory=dict, compare=False, repr=False)
    typed: dict[str, set[str]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Turns text-speak round: "you" is typed "u"."""
        for word, meant in self.text_speak.items():
            if len(meant) == 1:
                self.typed.setdefault(meant[0], set()).add(word)

    def texted(self, words: frozenset[str]) -> frozenset[str]:
        """`words`, and what is typed for them."""
        return words.union(*map(self.typed.__getitem__, words & self.typed.keys()))


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
    small = Slot(vocabulary.texted(SMALL_WELSH), skippable=True)
    if reader.pieces and (reader.pieces[0].startswith("[") or reader.pieces[-1].endswith("]")):
        raise PatternFault("optional words at the very beginning or end of a pattern change nothing; leave them out")
    while reader.pieces:
        for slot in reader.slots():
            if language == "cy" and phrase and slot.words is not None and phrase[-1].words is not None:
                phrase.append(small)
            phrase.append(slot)
    if all(slot.skippable for slot in phrase):
        raise PatternFault("a pattern needs at least one word that must be there")
    if phrase[0].words is None or phrase[-1].words is None:
        raise PatternFault("a pattern cannot begin or end with a gap")
    return tuple(phrase)


def write_out(patterns: Mapping[str, Iterable[str]], vocabulary: Vocabulary, owner: str) -> list[Written]:
    """The phrases of `patterns` by language; raises `PatternFault` that names `owner`."""
    written: list[Written] = []
    for language in LANGUAGES:
        for pattern in patterns.get(language, ()):
            try:
                phrases = phrases_of(pattern, language, vocabulary)
            except PatternFault as fault:
                raise PatternFault(f"{owner}: “{pattern}”: {fault}") from None
            hint = pattern.startswith(HINT)
            written += (Written(language, phrase, hint) for phrase in phrases)
    return written


def _slot_of(units: Sequence[Unit], *, skippable: bool = False) -> Slot:
    words = frozenset[str]().union(*(unit[0] for unit in units if len(unit) == 1))
    return Slot(words, frozenset(unit for unit in units if len(unit) > 1), skippable)


def _gathered(units: Iterable[Unit]) -> list[Unit]:
    """`units` with those of one word gathered in one."""
    words: set[str] = set()
    longer: dict[Unit, None] = {}
    for unit in units:
        if len(unit) == 1:
            words |= unit[0]
        else:
            longer[unit] = None
    return ([(frozenset(words),)] if words else []) + list(longer)


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
        if piece in ("(", "["):
            return (_slot_of(self._item(piece), skippable=piece == "["),)
        known = self._vocabulary.slots
        if (self._language, piece) not in known:
            known[self._language, piece] = _slot_of(self._item(piece), skippable=piece[0] == "[")
        return (known[self._language, piece],)

    def _item(self, piece: str) -> list[Unit]:
        """The ways to say one word, bracket or class."""
        if piece in ("(", "["):
            return self.alternatives(")" if piece == "(" else "]")
        if piece[0] in "([{" and len(piece) > 1:
            return self._class(piece[1:-1]) if piece[0] == "{" else _gathered(map(self._saying, piece[1:-1].split("|")))
        return [(self._forms(piece),)]

    def alternatives(self, closing: str = "") -> list[Unit]:
        """All alternatives up to `closing` (or to the end); those of one word are gathered in one."""
        units: list[Unit] = []
        while True:
            units += self._sequence()
            if not self.pieces or self.pieces[0] != "|":
                break
            self.pieces.pop(0)
        if closing:
            if not self.pieces or self.pieces[0] != closing:
                raise PatternFault(f"a bracket is opened and never closed with “{closing}”")
            self.pieces.pop(0)
        return _gathered(units)

    def _sequence(self) -> list[Unit]:
        units: list[Unit] = [()]
        while self.pieces and self.pieces[0] not in ("|", ")", "]"):
            piece = self.pieces.pop(0)
            if piece.startswith("..."):
                raise PatternFault("a gap cannot stand inside a bracket or a word class")
            options = self._item(piece)
            if piece[0] == "[":
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
        units: list[Unit] = []
        others: list[str] = []
        for member in members:
            if _PLAIN.fullmatch(member):
                units += map(self._saying, member.split("|"))
            else:
                others.append(member)
        if others:
            inner = _Reader("|".join(others), self._language, self._vocabulary, (*self._inside, name))
            units += inner.alternatives()
            if inner.pieces:
                raise PatternFault(f"the word class {{{name}}} closes a bracket that was never opened")
        return _gathered(units)

    def _saying(self, words: str) -> Unit:
        """Words that stand together, plain ones only."""
        known = self._vocabulary.sayings
        if (self._language, words) not in known:
            if not words.split():
                raise PatternFault("an alternative is empty")
            known[self._language, words] = tuple(map(self._forms, words.split()))
        return known[self._language, words]

    def _forms(self, piece: str) -> frozenset[str]:
        known = self._vocabulary.forms
        if (self._language, piece) not in known:
            known[self._language, piece] = self._vocabulary.texted(self._inflect(piece))
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
