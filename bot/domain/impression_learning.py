"""Learns `impression` from made-up messages. The same messages always teach the same."""

import math
from collections import Counter
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from bot.domain.impression import HIDDEN, MOST, SIZE, STEP, signs_of
from bot.domain.learning import Sentence
from bot.domain.signs import lines_of

# How often all messages are gone through, and how far one of them moves the net: less and less, to this share of it.
ROUNDS = 5
FAR_SIGNS, FAR_LAYERS = 0.8, 0.05
IN_THE_END = 0.1
FADE = 0.8
AWAKE = 0.1
# What stands in fewer messages teaches nothing: a word, two words together.
LEAST_WORD, LEAST_PAIR = 2, 3
# What moves a sign by fewer steps than these is not kept.
LEAST_STEPS = 4
# Of an ordinary message up to so much is left out each time, and to this share of all messages one more is added, of
# ordinary words thrown together, so many and up to so many more: what says little is ordinary. Otherwise a few known
# words among unknown ones would weigh too much.
LEFT_OUT = 0.7
THROWN = 0.2
FEWEST, MORE = 2, 18
# So many of a message's numbers are left out each time, so that none is relied on alone.
DROPPED = 0.3
# The ordinary messages of the other language, every so many: its words are nothing here.
OTHERS = 4
# Nothing is ever quite certain.
UNSURE = 0.03

Row = list[float]


class Taught(NamedTuple):
    """What was learned of one language: as in `Impression`, what signs stand for in whole numbers."""

    signs: dict[str, tuple[int, ...]]
    hidden: tuple[tuple[float, ...], ...]
    out: tuple[tuple[float, ...], ...]
    categories: tuple[str, ...]


class Dice:
    """Throws that are the same in every run."""

    def __init__(self, state: int) -> None:
        self._state = state

    def throw(self) -> float:
        """A number from 0 up to 1, as good as any other."""
        self._state = (self._state * 0x5DEECE66D + 11) & 0xFFFFFFFFFFFF
        return self._state / 0x1000000000000

    def below(self, count: int) -> int:
        """A whole number from 0 up to `count`, without it."""
        return int(self.throw() * count)


def learn_impressions(sentences: Sequence[Sentence]) -> dict[str, Taught]:
    """What disclosures in each language sound like as a whole, beside the ordinary messages of all."""
    found: dict[str, Taught] = {}
    for language in sorted({one.language for one in sentences if one.category is not None}):
        mine = [one for one in sentences if one.language == language]
        others = [one for one in sentences if one.language != language and one.category is None][::OTHERS]
        found[language] = _learn([one for one in (*mine, *others) if one.words])
    return found


def _learn(sentences: Sequence[Sentence]) -> Taught:
    categories = sorted({one.category for one in sentences if one.category is not None})
    wanted = [len(categories) if one.category is None else categories.index(one.category) for one in sentences]
    met = Counter(sign for one in sentences for sign in set(_signs(one.words)))
    often = [sign for sign, times in met.items() if times >= (LEAST_PAIR if " " in sign else LEAST_WORD)]
    dice = Dice(len(sentences))
    net = _Net(often, len(categories) + 1, dice)
    pool = [word for one in sentences if one.category is None for word in one.words]
    order = list(range(len(sentences)))
    for number in range(ROUNDS):
        pace = 1 - (1 - IN_THE_END) * number / max(1, ROUNDS - 1)
        for place in range(len(order) - 1, 0, -1):
            other = dice.below(place + 1)
            order[place], order[other] = order[other], order[place]
        for place in order:
            words: Sequence[str] = sentences[place].words
            if sentences[place].category is None:
                share = dice.throw() * LEFT_OUT
                words = [word for word in words if dice.throw() >= share] or words
            net.move(_signs(words), len(words), wanted[place], pace)
            if pool and dice.throw() < THROWN:
                thrown = [pool[dice.below(len(pool))] for _ in range(FEWEST + dice.below(MORE))]
                net.move(_signs(thrown), len(thrown), len(categories), pace)
        net.fade()
    return Taught(net.whole_numbers(), _rounded(net.hidden), _rounded(net.out), tuple(categories))


class _Net:
    """The net while it is taught. Each row of a layer, and each sign, takes smaller steps the more it has moved
    (AdaGrad)."""

    def __init__(self, signs: Sequence[str], classes: int, dice: Dice) -> None:
        self._dice = dice
        self.numbers: dict[str, Row] = {sign: [0.0] * SIZE for sign in signs}
        self._grown = dict.fromkeys(signs, 1.0)
        # Signs begin as nothing: what is hidden needs a little added, or it would never wake.
        self.hidden, self._hidden_grown = self._layer(HIDDEN, SIZE, added=AWAKE), [1.0] * HIDDEN
        self.out, self._out_grown = self._layer(classes, HIDDEN, added=0.0), [1.0] * classes

    def _layer(self, rows: int, size: int, added: float) -> list[Row]:
        reach = math.sqrt(6 / size)
        return [[*((2 * self._dice.throw() - 1) * reach for _ in range(size)), added] for _ in range(rows)]

    def move(self, signs: Sequence[str], words: int, wanted: int, pace: float) -> None:
        """One step towards knowing a message of these signs for what it is."""
        known = [sign for sign in signs if sign in self.numbers]
        if not known:
            return
        scale = 1 / math.sqrt(words)
        kept = [scale / (1 - DROPPED) if self._dice.throw() >= DROPPED else 0.0 for _ in range(SIZE)]
        columns = zip(*map(self.numbers.__getitem__, known), strict=True)
        numbers = [sum(each) * share for each, share in zip(columns, kept, strict=True)]
        hidden = [max(0.0, sum(map(mul, row, numbers), row[-1])) for row in self.hidden]
        votes = [sum(map(mul, row, hidden), row[-1]) for row in self.out]
        highest = max(votes)
        shares = [math.exp(vote - highest) for vote in votes]
        whole = sum(shares)
        wrong = [share / whole - UNSURE / len(votes) for share in shares]
        wrong[wanted] -= 1 - UNSURE
        # A row is longer by what is added than what comes to it.
        back = zip(zip(*self.out, strict=True), hidden, strict=False)
        wrong_hidden = [sum(map(mul, column, wrong)) if value > 0 else 0.0 for column, value in back]
        back = zip(zip(*self.hidden, strict=True), kept, strict=False)
        wrong_numbers = [sum(map(mul, column, wrong_hidden)) * share for column, share in back]
        _step(self.out, self._out_grown, wrong, hidden, pace)
        _step(self.hidden, self._hidden_grown, wrong_hidden, numbers, pace)
        moved = sum(map(mul, wrong_numbers, wrong_numbers))
        for sign in known:
            self._grown[sign] += moved
            step = FAR_SIGNS * pace / math.sqrt(self._grown[sign])
            pairs = zip(self.numbers[sign], wrong_numbers, strict=True)
            self.numbers[sign] = [value - step * error for value, error in pairs]

    def fade(self) -> None:
        """What signs stand for grows less: so what came once, long ago, is forgotten."""
        for sign, numbers in self.numbers.items():
            self.numbers[sign] = [value * FADE for value in numbers]

    def whole_numbers(self) -> dict[str, tuple[int, ...]]:
        """What each sign stands for in steps, without those that stand for next to nothing."""
        found = {
            sign: tuple(max(-MOST, min(MOST, round(value / STEP))) for value in numbers)
            for sign, numbers in sorted(self.numbers.items())
        }
        return {sign: numbers for sign, numbers in found.items() if max(map(abs, numbers)) >= LEAST_STEPS}


def _step(rows: list[Row], grown: Row, wrong: Sequence[float], came: Sequence[float], pace: float) -> None:
    for number, error in enumerate(wrong):
        if error:
            grown[number] += error * error
            step = FAR_LAYERS * pace * error / math.sqrt(grown[number])
            row = rows[number]
            rows[number] = [*(weight - step * value for weight, value in zip(row, came, strict=False)), row[-1] - step]


def _signs(words: Sequence[str]) -> list[str]:
    return [sign for line in lines_of(words) for signs in line for sign in signs_of(signs)]


def _rounded(rows: Sequence[Row]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(weight, 4) for weight in row) for row in rows)
