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
    least = float("-inf")
    best, first, last = least, 0, 0
    one, two, more = (least, 0), (least, 0), (least, 0)  # the best that end here: of one word, of two, of more
    for number, signs in enumerate(line):
        alone = sum([get(sign, 0) for sign in signs.alone])
        pair = alone + get(signs.pair, 0)
        longer = max(two, more)
        more = (longer[0] + pair + get(signs.wide, 0), longer[1])
        two = (one[0] + pair, one[1])
        one = (alone, number)
        here = max(one, two, more)
        if here[0] > best:
            best, first, last = here[0], here[1], number
    return best, first, last


def weigh(words: Sequence[str], points: Mapping[str, int]) -> Stretch | None:
    """The heaviest stretch of a message; None where there are no words. `words` as the patterns read them."""
    found: Stretch | None = None
    for line in lines_of(words):
        total, first, last = heaviest(line, points)
        if found is None or total > found.points:
            found = Stretch(line[first].place, line[last].place, int(total))
    return found


def sounds_like(words: Sequence[str], points: Points) -> tuple[Net, Stretch] | None:
    """The stretch that sounds most like a disclosure, and by which net; None where none sounds enough like one."""
    found: tuple[Net, Stretch] | None = None
    for net in points.nets:
        stretch = weigh(words, net.points)
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
