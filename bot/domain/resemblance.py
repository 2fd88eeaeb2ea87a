"""How much a message sounds like the made-up disclosures in flows/safeguarding/sentences: a net behind the patterns.

Every word, and every two words near each other, carries points: more than none where such words stand in disclosures,
less than none where they stand in ordinary messages. What counts is the stretch of a line with the most points, so
nothing that stands before or after it can hide it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.impression import Impressions
from bot.domain.signs import ITSELF, OfWord, Signs, lines_of, signs_inside

# As many words on either side of a hint tell whether it counts; what stands far away in a long message does not.
AROUND = 12


@dataclass(frozen=True, slots=True)
class Net:
    """What disclosures in one language sound like: points by sign (hundredths), and how many are how grave.

    `hint` is how many let a hint of the patterns count. `by_itself` are those of a word alone, worked out once for the
    words that were learned.
    """

    points: Mapping[str, int]
    hint: int
    watch: int
    urgent: int
    by_itself: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Points:
    """All that was learned. Every message is weighed with the net of every language, whatever it is written in.

    `now` are the points of what cannot wait, `immediate` how many of them make it so, `immediate_too` how many where a
    pattern has found it urgent; `categories` those of a sign for each category. `known` is what the words in them are
    known by, worked out once; `common` in how many of some ordinary messages a word stands. `impressions` are what
    messages sound like as a whole.
    """

    nets: tuple[Net, ...] = ()
    now: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    immediate: int = 0
    immediate_too: int = 0
    impressions: Impressions = field(default_factory=Impressions)
    version: str = ""
    known: Mapping[str, OfWord] = field(default_factory=dict)
    common: Mapping[str, int] = field(default_factory=dict)


class Stretch(NamedTuple):
    """The places of its first and last word in the message, and its points."""

    first: int
    last: int
    points: int


class Loudest(NamedTuple):
    """The stretch of a message that sounds most like a disclosure, and by which net."""

    net: Net
    stretch: Stretch


def points_by_itself(known: Mapping[str, OfWord], points: Mapping[str, float]) -> dict[str, float]:
    """How many points each of the words `known` carries where it stands alone."""
    get = points.get
    return {word: sum(get(sign, 0) for sign in one.signs) for word, one in known.items()}


def heaviest(
    line: Sequence[Signs], points: Mapping[str, float], by_itself: Mapping[str, float] | None = None
) -> tuple[float, int, int]:
    """The points of the heaviest stretch of a line, and the numbers of its first and last word.

    A stretch counts only what lies wholly inside it: a pair of words, one of which stands before it, does not.
    `by_itself`: the points of some words alone, worked out before.
    """
    get, known = points.get, (by_itself or {}).get
    best = one = two = more = float("-inf")  # the heaviest of all; those that end here: of one word, of two, of more
    first = last = since_one = since_two = since_more = 0
    for number, (alone, pair, wide, _) in enumerate(line):
        weight = known(alone[ITSELF])
        if weight is None:
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


def weigh(
    lines: Sequence[Sequence[Signs]], points: Mapping[str, int], by_itself: Mapping[str, float] | None = None
) -> Stretch | None:
    """The heaviest stretch of a message, by its lines; None where there are no words."""
    found: Stretch | None = None
    for line in lines:
        total, first, last = heaviest(line, points, by_itself)
        if found is None or total > found.points:
            found = Stretch(line[first].place, line[last].place, int(total))
    return found


def loudest(lines: Sequence[Sequence[Signs]], points: Points) -> Loudest | None:
    """Where a message sounds most like a disclosure, by its lines; None where nothing sounds enough like one."""
    best: Loudest | None = None
    for net in points.nets:
        stretch = weigh(lines, net.points, net.by_itself)
        if stretch is None or stretch.points < net.watch:
            continue
        if best is None or stretch.points - net.urgent > best.stretch.points - best.net.urgent:
            best = Loudest(net, stretch)
    return best


def leans(words: Sequence[str], first: int, last: int, points: Points) -> bool:
    """Whether the words from `first` to `last`, with those around them, lean towards a disclosure: a hint counts there.

    Where nothing was learned they do: rather a needless alarm than a disclosure that nobody hears.
    """
    if not points.nets:
        return True
    lines = list(lines_of(words[max(0, first - AROUND) : last + 1 + AROUND], points.known))
    stretches = ((net, weigh(lines, net.points, net.by_itself)) for net in points.nets)
    return any(stretch is not None and stretch.points >= net.hint for net, stretch in stretches)


def category_of(words: Sequence[str], stretch: Stretch, points: Points) -> str:
    """The category that a stretch sounds like most."""
    votes: dict[str, int] = {}
    lines = lines_of(words[stretch.first : stretch.last + 1], points.known)
    for sign in signs_inside([signs for line in lines for signs in line]):
        for category, weight in points.categories.get(sign, {}).items():
            votes[category] = votes.get(category, 0) + weight
    return max(sorted(votes), key=lambda category: votes[category], default="")
