"""Works out the points of `resemblance` from made-up messages. The same messages always give the same points."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from bot.domain.resemblance import heaviest
from bot.domain.signs import ANY, Signs, lines_of, signs_inside

# How often all messages are gone through, how far one of them moves the points, and how fast points fade.
ROUNDS = 20
STEP = 0.5
# In the first rounds whole messages count: no stretch of them is heavier yet than another.
WHOLE = 6
FADE = 0.88
# What counts in the end is the mean of so many last rounds: the points after one of them lean to what came last in it.
SETTLED = 4
# A sign that was met in fewer messages teaches nothing, and points smaller than these say nothing.
LEAST_MET = 2
LEAST = 0.22
HUNDRED = 100

# Primes: with one of them as the length of a step, a walk round the messages meets each once and neighbours never.
STRIDES = (7919, 104729, 1299709, 15485863, 32452843, 49979687, 67867967, 86028121, 104395301, 122949823)

Line = list[Signs]
Weights = dict[str, float]
Item = TypeVar("Item")


class Sentence(NamedTuple):
    """A made-up message as the patterns read it. `category` and `severity` are None for an ordinary one."""

    words: tuple[str, ...]
    language: str
    category: str | None = None
    severity: str | None = None


class Learned(NamedTuple):
    """Points by sign, in hundredths. What is as likely a disclosure as not has `level` points, by language; what is as
    likely to be unable to wait as not has `now_level`."""

    risk: dict[str, dict[str, int]]
    level: dict[str, int]
    now: dict[str, int]
    now_level: int
    categories: Mapping[str, Mapping[str, int]]


def learn(sentences: Sequence[Sentence]) -> Learned:
    """The points under which disclosures are heavy and ordinary messages light, and likewise what cannot wait.

    Each language learns from its own disclosures and from ordinary messages of all, so that words of the other weigh
    nothing in it.
    """
    lines = [([signs for line in lines_of(one.words) for signs in line], one) for one in sentences]
    lines = [(line, one) for line, one in lines if line]
    worries = [(line, one) for line, one in lines if one.category is not None]
    risk: dict[str, dict[str, int]] = {}
    level: dict[str, int] = {}
    for language in sorted({one.language for _, one in worries}):
        mine = [(line, one) for line, one in lines if one.category is None or one.language == language]
        weights, bias = _weigh([(line, one.category is not None) for line, one in mine])
        risk[language], level[language] = _kept(weights), -round(bias * HUNDRED)
    now, now_bias = _weigh([(line, one.severity == "immediate") for line, one in worries])
    return Learned(risk, level, _kept(now), -round(now_bias * HUNDRED), _categories(worries))


def _weigh(lines: Sequence[tuple[Line, bool]]) -> tuple[Weights, float]:
    """Logistic regression on the heaviest stretch of each line, with steps that shrink (AdaGrad)."""
    weights: Weights = dict.fromkeys(_often(signs_inside(line) for line, _ in lines), 0.0)
    grown = dict.fromkeys(weights, 1.0)
    bias, bias_grown = -1.0, 1.0
    settled, settled_bias = dict.fromkeys(weights, 0.0), 0.0
    for number, order in enumerate(_rounds(lines)):
        for line, wanted in order:
            if number < WHOLE:
                first, last = 0, len(line) - 1
                total = sum(weights.get(sign, 0.0) for sign in signs_inside(line))
            else:
                total, first, last = heaviest(line, weights)
            wrong = _chance_of(total + bias) - wanted
            for sign in signs_inside(line[first : last + 1]) & weights.keys():
                grown[sign] += wrong * wrong
                weights[sign] -= STEP * wrong / math.sqrt(grown[sign])
            bias_grown += wrong * wrong
            bias -= STEP * wrong / math.sqrt(bias_grown)
        for sign in weights:
            weights[sign] *= FADE
        if number >= ROUNDS - SETTLED:
            settled_bias += bias / SETTLED
            for sign, weight in weights.items():
                settled[sign] += weight / SETTLED
    return settled, settled_bias


def _categories(worries: Sequence[tuple[Line, Sentence]]) -> Mapping[str, Mapping[str, int]]:
    """The same for each category against the others (softmax), on whole messages."""
    names = sorted({one.category for _, one in worries if one.category is not None})
    if len(names) == 1:
        return {ANY: {names[0]: HUNDRED}}
    known = _often(signs_inside(line) for line, _ in worries)
    weights = {sign: dict.fromkeys(names, 0.0) for sign in known}
    grown = {sign: dict.fromkeys(names, 1.0) for sign in known}
    for order in _rounds([(sorted(signs_inside(line) & known), one.category) for line, one in worries]):
        for signs, category in order:
            totals = {name: sum(weights[sign][name] for sign in signs) for name in names}
            highest = max(totals.values())
            shares = {name: math.exp(total - highest) for name, total in totals.items()}
            whole = sum(shares.values())
            for name in names:
                wrong = shares[name] / whole - (name == category)
                for sign in signs:
                    grown[sign][name] += wrong * wrong
                    weights[sign][name] -= STEP * wrong / math.sqrt(grown[sign][name])
        for each in weights.values():
            for name in names:
                each[name] *= FADE
    kept = {sign: _kept(weights[sign]) for sign in sorted(weights)}
    # What every word carries speaks for each of them, if only a little, so that one is always named.
    kept[ANY] = {name: round(weight * HUNDRED) for name, weight in weights.get(ANY, dict.fromkeys(names, 0.0)).items()}
    return {sign: points for sign, points in kept.items() if points}


def _often(messages: Iterable[set[str]]) -> set[str]:
    met = Counter(sign for signs in messages for sign in signs)
    return {sign for sign, times in met.items() if times >= LEAST_MET}


def _rounds(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in another order each round, well mixed, and always in the same orders."""
    size = len(items)
    strides = [stride for stride in STRIDES if math.gcd(stride, size) == 1]
    for number in range(ROUNDS):
        stride = strides[number % len(strides)]
        yield [items[(number + place * stride) % size] for place in range(size)]


def _kept(weights: Weights) -> dict[str, int]:
    return {sign: round(weight * HUNDRED) for sign, weight in sorted(weights.items()) if abs(weight) >= LEAST}


def _chance_of(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
