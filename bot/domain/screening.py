"""Reading one message against the lexicon: is there anything here that a person must see?

A gate, not a step: it is asked of every message, in every state, on every channel, and always in both languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import impression, resemblance
from bot.domain.answers import fold
from bot.domain.clues import live_shelves
from bot.domain.finding import Looked, Meant, find, look, meant_by
from bot.domain.lexicon import SEVERITIES, Lexicon
from bot.domain.signs import lines_of
from bot.domain.sounding import sounds
from bot.domain.text import LINE_END
from bot.domain.units import find_units

LEVELS = ("none", *SEVERITIES)
# The rule of a match that no pattern made: the words sound like the made-up disclosures in sentences/.
RESEMBLES = "resembles"
# Read in a sentence they are short for "to", "for" and "and", which end none. Alone they answer the question before: a
# parent who asked "will you take my baby" and then picks line 4 has not said "will you take my baby for".
_ANSWERS = frozenset({"2", "4", "n"})
_LONGEST_ANSWER = 10


@dataclass(frozen=True, slots=True)
class Match:
    """Which rule, and which words of the raw text, from `start` up to `end`.

    Where a disclosure was split over several messages, `words` begin in an earlier one; `start` and `end` cover what
    stands in this one.
    """

    rule: str
    category: str
    severity: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """What a message was found to say. `level` is the gravest severity among the matches, or "none"."""

    level: str
    matches: tuple[Match, ...]
    lexicon_version: str

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories found, the gravest first."""
        return tuple(dict.fromkeys(match.category for match in self.matches))


def screen(text: str, lexicon: Lexicon) -> Screening:
    """What `text` says, by `lexicon`. Never raises, whatever the text is."""
    if _plain_words(text, lexicon) is not None:
        return Screening("none", (), lexicon.version)
    meant = meant_by(text, lexicon)
    return _screen(text, meant, live_shelves(meant.words, lexicon.clues), lexicon)


def _plain_words(text: str, lexicon: Lexicon) -> list[str] | None:
    """The words of a plain answer, that says nothing alone; None for every other text."""

    def read(answer: str) -> list[str] | None:
        meant = meant_by(answer, lexicon)
        found = _screen(answer, meant, live_shelves(meant.words, lexicon.clues), lexicon)
        return None if found.matches else meant.words

    return lexicon.plain.words_of(text, read)


def _screen(text: str, meant: Meant, live: list[int], lexicon: Lexicon) -> Screening:
    """The same, of a text whose words are known, and the shelves that could have something for it."""
    words, points = meant.words, lexicon.points
    lines = list(lines_of(words, points.known))
    loudest = resemblance.loudest(lines, points)
    whole = impression.heard(lines, points.impressions)
    if not live and loudest is None and whole is None:
        return Screening("none", (), lexicon.version)
    looked = look(lexicon, live, words)
    if not looked.found and loudest is None and whole is None:
        return Screening("none", (), lexicon.version)
    spans = meant.spans()
    matches = _matches(text, spans, looked)
    for first, last, category, rank in sounds(lexicon, words, lines, looked, loudest, whole):
        start = spans[first][0]
        end = max(start, spans[last][1])
        matches.append(Match(RESEMBLES, category, SEVERITIES[rank], text[start:end], start, end))
    return gravest_first(matches, lexicon)


def screen_after(earlier: Sequence[str], text: str, lexicon: Lexicon) -> Screening:
    """What `text` says, read on its own and as the end of what was said just before: `earlier`, oldest first.

    Only what the messages say together is added: what stood whole in an earlier one, and counted there, was found then.
    """
    if not earlier or (len(text) <= _LONGEST_ANSWER and fold(text) in _ANSWERS):
        return screen(text, lexicon)
    if lexicon.plain.say_nothing((*earlier, text), lambda: not _screen_together(earlier, text, lexicon).matches):
        return Screening("none", (), lexicon.version)
    return _screen_together(earlier, text, lexicon)


def _screen_together(earlier: Sequence[str], text: str, lexicon: Lexicon) -> Screening:
    """The same, of a text that something was said before."""
    before = LINE_END.join((*earlier, ""))
    whole = meant_by(before + text, lexicon)
    live = live_shelves(whole.words, lexicon.clues)
    words, mine = _plain_words(text, lexicon), None
    if words is None:
        mine = meant_by(text, lexicon)
        words = mine.words
    # Whether the last message means the same words among the others as alone: nothing was glued or spaced over.
    alike = whole.words[len(whole.words) - len(words) :] == words
    # What no pattern finds in all of it together, hints and all, none finds in its end alone, if that reads the same.
    nothing = alike and not (live and _any(whole.words, live, lexicon))
    alone = Screening("none", (), lexicon.version)
    if mine is not None:
        possible = [] if nothing else live_shelves(words, lexicon.clues, live if alike else None)
        alone = _screen(text, mine, possible, lexicon)
    if nothing:
        return alone
    together = _patterns(before + text, whole, live, lexicon)
    if not together:
        return alone
    own = {match.rule for match in alone.matches}
    # A hint may stand whole in one message, and what makes it count in another.
    known = {match.rule for match in find_patterns(before, lexicon)}
    added = [
        replace(match, start=max(0, match.start - len(before)), end=max(0, match.end - len(before)))
        for match in together
        if match.start < len(before) < match.end or match.rule not in (own if match.end > len(before) else known)
    ]
    if not added:
        return alone
    return gravest_first([*alone.matches, *added], lexicon)


def _any(words: Sequence[str], live: list[int], lexicon: Lexicon) -> bool:
    """Whether a pattern on the `live` shelves is in the words at all, be it a hint or covered up."""
    return bool(find(lexicon, live, words, find_units(words, lexicon.units), every_hint=True))


def find_patterns(text: str, lexicon: Lexicon, concern: str | None = None) -> list[Match]:
    """What the patterns alone find in `text`, or those of one concern: as `screen` does, and quicker.

    It is enough where words stand in several messages: nothing sounds like a disclosure over the end of a line.
    """
    meant = meant_by(text, lexicon)
    live = live_shelves(meant.words, lexicon.clues, None if concern is None else lexicon.shelves_of[concern])
    return _patterns(text, meant, live, lexicon)


def _patterns(text: str, meant: Meant, live: list[int], lexicon: Lexicon) -> list[Match]:
    """What the patterns on the `live` shelves find in `text`."""
    if not live:
        return []
    looked = look(lexicon, live, meant.words)
    return _matches(text, meant.spans(), looked) if looked.found else []


def _matches(text: str, spans: Sequence[tuple[int, int]], looked: Looked) -> list[Match]:
    """Where in the raw text the patterns were found. `spans` are the places of its words in it."""
    matches: list[Match] = []
    for concern, rank, bank, hit in sorted(looked.found, key=lambda one: (-one.rank, one.hit.end, one.concern.id)):
        start = spans[bank.start(hit, looked.words, looked.standing)][0]
        end = max(start, spans[hit.end][1])
        matches.append(Match(concern.id, concern.category, SEVERITIES[rank], text[start:end], start, end))
    return matches


def gravest_first(matches: Sequence[Match], lexicon: Lexicon) -> Screening:
    """The screening that has these matches, of which there is one at least: the gravest first, and of two as grave what
    a pattern says before what a message sounds like."""
    order = sorted(matches, key=lambda match: (-SEVERITIES.index(match.severity), match.rule == RESEMBLES))
    return Screening(order[0].severity, tuple(order), lexicon.version)
