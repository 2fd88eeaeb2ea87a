"""What the nets behind the patterns add to what these found in a message."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain import resemblance
from bot.domain.finding import Looked, said_of_the_past
from bot.domain.impression import Heard
from bot.domain.lexicon import SEVERITIES, Lexicon
from bot.domain.signs import Signs


class Sounds(NamedTuple):
    """The places of the first and the last word that sound like a disclosure, of which category, and how grave: a place
    in `SEVERITIES`."""

    first: int
    last: int
    category: str
    rank: int


def sounds(
    lexicon: Lexicon,
    words: Sequence[str],
    lines: Sequence[Sequence[Signs]],
    looked: Looked,
    loudest: resemblance.Loudest | None,
    whole: Heard | None,
) -> Iterator[Sounds]:
    """What a message sounds like: its heaviest stretch, and all of it where that is graver than anything found before.

    Sayings are heard too: the nets were learned from messages that have them, and `words` are those of the message with
    nothing covered up. What is told of the past counts one less.
    """
    stretch = _of_stretch(lexicon, words, lines, looked, loudest)
    if stretch:
        yield stretch
    if whole is None:
        return
    places = [signs.place for line in lines for signs in line]
    grave = "urgent" if whole.points >= whole.net.urgent else "watch"
    past = said_of_the_past(lexicon, looked.words, looked.standing)
    rank = max(0, SEVERITIES.index(grave) - all(past[place] for place in places))
    if rank > max((one.rank for one in (*looked.found, *([stretch] if stretch else ()))), default=-1):
        yield Sounds(places[0], places[-1], whole.category, rank)


def _of_stretch(
    lexicon: Lexicon,
    words: Sequence[str],
    lines: Sequence[Sequence[Signs]],
    looked: Looked,
    loudest: resemblance.Loudest | None,
) -> Sounds | None:
    """The heaviest stretch. What a pattern found urgent needs fewer points to be unable to wait."""
    points = lexicon.points
    at_once = resemblance.weigh(lines, points.now) if points.now else None
    urgent = [one for one in looked.found if SEVERITIES[one.rank] != "watch"]
    cannot_wait = at_once is not None and at_once.points >= (points.immediate_too if urgent else points.immediate)
    if loudest is not None:
        net, stretch = loudest
        category = resemblance.category_of(words, stretch, points)
        grave = "immediate" if cannot_wait else "urgent" if stretch.points >= net.urgent else "watch"
    elif urgent and cannot_wait and at_once is not None:
        stretch, grave = at_once, "immediate"
        category = max(urgent, key=lambda one: one.rank).concern.category
    else:
        return None
    rank = SEVERITIES.index(grave) - said_of_the_past(lexicon, looked.words, looked.standing)[stretch.last]
    return Sounds(stretch.first, stretch.last, category, max(0, rank))
