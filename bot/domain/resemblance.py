"""How much a message sounds like the made-up disclosures in flows/safeguarding/sentences: a net behind the patterns.

Every word, and every two words near each other, carries points: more than none where such words stand in disclosures,
less than none where they stand in ordinary messages. What counts is the stretch of a line with the most points, so
nothing that stands before or after it can hide it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.text import LINE_END, SENTENCE_ENDS

COVERED = "\0"
# Longer words are also known by how they begin: "suffocating" by "suff~".
_BEGINNING = 4
# What every word carries, known or not: a long stretch of words that say nothing grows lighter.
ANY = "*"


@dataclass(frozen=True, slots=True)
class Net:
    """What disclosures in one language sound like: points by sign (hundredths), and how many are how grave."""

    points: Mapping[str, int]
    watch: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Points:
    """All that was learned. Every message is weighed with the net of every language, whatever it is written in.

    `now` are the points of what cannot wait, `immediate` how many of them make it so, `immediate_too` how many where a
    pattern has found it urgent; `categories` those of a sign for each category.
    """

    nets: tuple[Net, ...] = ()
    now: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    immediate: int = 0
    immediate_too: int = 0
    version: str = ""


class Stretch(NamedTuple):
    """The places of its first and last word in the message, and its points."""

    first: int
    last: int
    points: int


class Signs(NamedTuple):
    """What one word carries: by itself, with the word before it, with the one before that; and its place."""

    alone: tuple[str, ...]
    pair: str
    wide: str
    place: int


def lines_of(words: Sequence[str]) -> Iterator[list[Signs]]:
    """The signs of each line of a message. Ends of sentences are passed by; what is covered up ends a line too."""
    line: list[Signs] = []
    before = wider = ""
    for place, word in enumerate(words):
        if word in SENTENCE_ENDS:
            continue
        if word in (LINE_END, COVERED):
            if line:
                yield line
            line, before, wider = [], "", ""
            continue
        alone = (ANY, word, f"{word[:_BEGINNING]}~") if len(word) > _BEGINNING else (ANY, word)
        line.append(Signs(alone, f"{before} {word}", f"{wider} _ {word}", place))
        before, wider = word, before
    if line:
        yield line


def heaviest(line: Sequence[Signs], points: Mapping[str, float]) -> tuple[float, int, int]:
    """The points of the heaviest stretch of a line, and the numbers of its first and last word.

    A stretch counts only what lies wholly inside it: a pair of words, one of which stands before it, does not.
    """
    get = points.get
    best = one = two = more = float("-inf")  # the heaviest of all; those that end here: of one word, of two, of more
    first = last = since_one = since_two = since_more = 0
    for number, (alone, pair, wide, _) in enumerate(line):
        weight = 0.0
        for sign in alone:
            weight += get(sign, 0)
        with_pair = weight + get(pair, 0)
        if two >= more:
            more, since_more = two, since_two
        more += with_pair + get(wide, 0)
        two, since_two = one + with_pair, since_one
        one, since_one = weight, number
        # Of equals the shortest.
        if one > best:
            best, first, last = one, number, number
        if two > best:
            best, first, last = two, since_two, number
        if more > best:
            best, first, last = more, since_more, number
    return best, first, last


def weigh(lines: Sequence[Sequence[Signs]], points: Mapping[str, int]) -> Stretch | None:
    """The heaviest stretch of a message, by its lines; None where there are no words."""
    found: Stretch | None = None
    for line in lines:
        total, first, last = heaviest(line, points)
        if found is None or total > found.points:
            found = Stretch(line[first].place, line[last].place, int(total))
    return found


def sounds_like(words: Sequence[str], points: Points) -> tuple[Net, Stretch] | None:
    """The stretch that sounds most like a disclosure, and by which net; None where none sounds enough like one.

    `words` are those that the patterns read.
    """
    lines = list(lines_of(words)) if points.nets else []
    found: tuple[Net, Stretch] | None = None
    for net in points.nets:
        stretch = weigh(lines, net.points)
        if stretch is None or stretch.points < net.watch:
            continue
        if found is None or stretch.points - net.urgent > found[1].points - found[0].urgent:
            found = net, stretch
    return found


def category_of(words: Sequence[str], stretch: Stretch, points: Points) -> str:
    """The category that a stretch sounds like most."""
    votes: dict[str, int] = {}
    for sign in signs_inside([signs for line in lines_of(words[stretch.first : stretch.last + 1]) for signs in line]):
        for category, weight in points.categories.get(sign, {}).items():
            votes[category] = votes.get(category, 0) + weight
    return max(sorted(votes), key=lambda category: votes[category], default="")


def signs_inside(line: Sequence[Signs]) -> set[str]:
    """Every sign that lies wholly inside a stretch."""
    inside: set[str] = set()
    for number, signs in enumerate(line):
        inside.update(signs.alone)
        if number:
            inside.add(signs.pair)
        if number > 1:
            inside.add(signs.wide)
    return inside
