"""Words in several messages of which an earlier one becomes known last: it is read with what followed it as well."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.lexicon import Lexicon
from bot.domain.screening import LEVELS, Match, Screening, gravest_first, screen_after


def add_later(found: Screening, earlier: Sequence[str], text: str, later: Sequence[str], lexicon: Lexicon) -> Screening:
    """`found`, what `text` after `earlier` was found to say, and what the messages after it say only together with it.

    `earlier` and `later` are oldest first. What could be found in a later message without `text` was found when that
    message came. A match that is added covers the whole of `text`: where in it the words begin is not told.
    """
    added: list[Match] = []
    for place, last in enumerate(later):
        known = _ranks(screen_after((*earlier, *later[:place]), last, lexicon))
        together = screen_after((*earlier, text, *later[:place]), last, lexicon)
        added += [
            replace(match, start=0, end=len(text))
            for match in together.matches
            if LEVELS.index(match.severity) > known.get(match.rule, 0)
        ]
    return gravest_first([*found.matches, *added], lexicon) if added else found


def _ranks(found: Screening) -> dict[str, int]:
    """How grave each rule's match is, as its place in `LEVELS`; the gravest comes first and counts."""
    return {match.rule: LEVELS.index(match.severity) for match in reversed(found.matches)}
