"""The words that raised an alert, as its page shows them: in their messages, marked, and with what the bot answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.screening import RESEMBLES
from bot.domain.text import LINE_END
from bot.storage.findings import Finding
from bot.storage.messages import ThreadEntry

Pieces = tuple[tuple[str, bool], ...]
"""A text cut up, `True` where a piece matched."""

# A reply to a late text may wait, or never leave: then the bot has said nothing, and staff must not rely on it.
_HAS_LEFT = ("answered", "sent")
# A message is read together with so many before it, and a late one with so many after it (rule 13 of the guide).
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A parent's message that raised or fed the alert, and what the bot answered.

    `parts` are the messages in which the words stand, with their times and in their order: one, or all those over which
    a disclosure was split. `guessed` are those of the categories that no pattern found: the words only sound like them.
    `rules` are the concerns whose patterns found them.
    """

    entry: ThreadEntry
    parts: tuple[tuple[datetime, Pieces], ...]
    categories: tuple[str, ...]
    guessed: tuple[str, ...]
    rules: tuple[str, ...]
    answers: tuple[str, ...]


def what_was_said(thread: Sequence[ThreadEntry], matched: Mapping[str, tuple[Finding, ...]]) -> tuple[Said, ...]:
    """The messages in which something was found, newest first. `matched` are the findings by a message's id."""
    wrote = [(entry, entry.text) for entry in thread if entry.who == "parent" and entry.text is not None]
    found = []
    for place, (entry, _) in enumerate(wrote):
        matches = matched.get(entry.inbound_id or "", ())
        if not matches:
            continue
        near = wrote[max(0, place - _NEAR) : place + _NEAR + 1]
        texts = _marked([text for _, text in near], min(place, _NEAR), matches)
        ours = tuple(
            each.text or ""
            for each in thread
            if each.inbound_id == entry.inbound_id and each is not entry and each.state in _HAS_LEFT
        )
        categories = tuple(dict.fromkeys(match.category for match in matches))
        sure = {match.category for match in matches if match.rule != RESEMBLES}
        found.append(
            Said(
                entry,
                tuple((each.at, pieces) for (each, _), pieces in zip(near, texts, strict=True) if pieces),
                categories,
                tuple(category for category in categories if category not in sure),
                tuple(dict.fromkeys(match.rule for match in matches if match.rule != RESEMBLES)),
                ours,
            )
        )
    return tuple(reversed(found))


def cut(text: str, places: Sequence[tuple[int, int]]) -> Pieces:
    """`text` in pieces, `True` for those between a start and its end; places outside the text are left out."""
    covered = [False] * len(text)
    for start, end in places:
        start, end = max(0, start), min(len(text), end)
        covered[start:end] = [True] * max(0, end - start)
    pieces: list[tuple[str, bool]] = []
    for letter, inside in zip(text, covered, strict=True):
        if pieces and pieces[-1][1] == inside:
            pieces[-1] = (pieces[-1][0] + letter, inside)
        else:
            pieces.append((letter, inside))
    return tuple(pieces)


def _marked(texts: Sequence[str], own: int, matches: Sequence[Finding]) -> list[Pieces]:
    """Each of `texts` in pieces, where `matches` were found in that of number `own`. One in which none of the matches
    stands has no pieces; `own` always has.
    """
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + len(LINE_END))
    whole = LINE_END.join(texts)
    places = [
        place
        for match in matches
        for place in (_place(whole, match.words, starts[own], starts[own + 1]) or _of(match, starts[own]),)
    ]
    marked: list[Pieces] = []
    for number, text in enumerate(texts):
        here = [(start - starts[number], end - starts[number]) for start, end in places]
        inside = any(start < len(text) and end > 0 for start, end in here)
        marked.append(cut(text, here) if inside or number == own else ())
    return marked


def _of(match: Finding, start: int) -> tuple[int, int]:
    return start + match.start, start + match.end


def _place(whole: str, words: str, start: int, end: int) -> tuple[int, int] | None:
    """Where words that stand in several messages are, if they reach into the one from `start` up to `end`."""
    if LINE_END not in words:
        return None
    at = whole.find(words, max(0, start - len(words)))
    return (at, at + len(words)) if 0 <= at < end and at + len(words) > start else None
