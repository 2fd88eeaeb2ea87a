"""What a message sounds like as a whole: all its words together, where `resemblance` weighs its heaviest stretch.

A small net with one hidden layer. Every sign stands for some numbers, which are summed; from them the net tells how
much the message is like the disclosures of each category, and how much like ordinary ones. It hears what only many
words say together, none of them heavy. The words around can quieten it, so what it hears is added to what is found
otherwise, and takes nothing from it.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import NamedTuple

from bot.domain.signs import ITSELF, OfWord, Signs

# How many numbers a sign stands for: whole ones from -MOST to MOST, each a STEP; and how many the hidden layer has.
SIZE = 16
HIDDEN = 8
MOST = 127
STEP = 1 / 32
HUNDRED = 100
# Shorter messages have no whole: their words are all that is known of them, and the patterns know those better.
FEWEST_WORDS = 4
# The numbers of a sign, each with MOST added so that none is negative, and a 1 behind them, are the digits of one big
# number, those of every net side by side: adding up what many signs stand for, and how many they are, is then one
# addition for each of them. A digit holds the sum of seventeen million signs; no door takes in a text so long.
_DIGITS = SIZE + 1
_DIGIT_BITS = 32


@dataclass(frozen=True, slots=True)
class Impression:
    """What messages in one language sound like as a whole.

    A row of `hidden` and of `out` is weights, and what is added, last. `out` has a row for each of `categories`, and
    for ordinary messages last. A message is `watch` or `urgent` from so many points (hundredths of the logarithm of the
    odds) on.
    """

    hidden: tuple[tuple[float, ...], ...]
    out: tuple[tuple[float, ...], ...]
    categories: tuple[str, ...]
    watch: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Impressions:
    """The nets of all languages. Every message is weighed with each, whatever it is written in.

    `signs`: what each sign stands for in all of them, packed (`pack`); `by_itself`: the same of some words with all
    their signs, worked out once.
    """

    nets: tuple[Impression, ...] = ()
    signs: Mapping[str, int] = field(default_factory=dict)
    by_itself: Mapping[str, int] = field(default_factory=dict)


class Heard(NamedTuple):
    """How much like a disclosure a message sounds (hundredths; 0: as likely one as not), of which category, and to
    which net."""

    points: int
    category: str
    net: Impression


def pack(by_net: Sequence[Mapping[str, Sequence[int]]]) -> dict[str, int]:
    """What each sign stands for, from its numbers in each net; some nets may not know it."""
    packed: dict[str, int] = {}
    digits = struct.Struct(f"<{_DIGITS}I")
    for place, signs in enumerate(by_net):
        shift = place * _DIGITS * _DIGIT_BITS
        for sign, numbers in signs.items():
            own = int.from_bytes(digits.pack(*(number + MOST for number in numbers), 1), "little")
            packed[sign] = packed.get(sign, 0) + (own << shift)
    return packed


def signs_of(word: Signs) -> tuple[str, ...]:
    """What one word of a message is known by here: by itself, and with the word before it."""
    return (*word.alone[ITSELF:], word.pair)


def packed_by_itself(known: Mapping[str, OfWord], signs: Mapping[str, int]) -> dict[str, int]:
    """What each of the words `known` stands for, worked out once."""
    get = signs.get
    return {word: sum(get(sign, 0) for sign in one.signs[ITSELF:]) for word, one in known.items()}


def sounds(lines: Sequence[Sequence[Signs]], impressions: Impressions) -> list[Heard]:
    """What a message sounds like, by its lines, to each net that met a word of it before."""
    get, known = impressions.signs.get, impressions.by_itself.get
    total = words = 0
    for line in lines:
        words += len(line)
        for alone, pair, _, _ in line:
            itself = known(alone[ITSELF])
            if itself is None:
                itself = sum(get(sign, 0) for sign in alone[ITSELF:])
            total += itself + get(pair, 0)
    if not total:
        return []
    count = _DIGITS * len(impressions.nets)
    digits = struct.unpack(f"<{count}I", total.to_bytes(count * _DIGIT_BITS // 8, "little"))
    scale = STEP / math.sqrt(words)
    found = []
    for net, start in zip(impressions.nets, range(0, count, _DIGITS), strict=True):
        *sums, met = digits[start : start + _DIGITS]
        if not met:
            continue
        numbers = [(each - MOST * met) * scale for each in sums]
        hidden = [max(0.0, sum(map(mul, row, numbers), row[-1])) for row in net.hidden]
        *votes, ordinary = (sum(map(mul, row, hidden), row[-1]) for row in net.out)
        highest = max(votes)
        points = highest + math.log(sum(math.exp(vote - highest) for vote in votes)) - ordinary
        found.append(Heard(round(points * HUNDRED), net.categories[votes.index(highest)], net))
    return found


def heard(lines: Sequence[Sequence[Signs]], impressions: Impressions) -> Heard | None:
    """What a message as a whole is most heard to be, by its lines; None where it sounds too little like anything.

    A very short message is not heard here: too little of it is a whole.
    """
    if not impressions.nets or sum(map(len, lines)) < FEWEST_WORDS:
        return None
    loud = [one for one in sounds(lines, impressions) if one.points >= one.net.watch]
    return max(loud, key=lambda one: one.points - one.net.watch, default=None)
