"""Which side door a parent's own words open: read from the categories that flows/hears.yaml found in them."""

from collections.abc import Iterable

from bot.domain.conversation import MAYBE_LOSS
from bot.domain.screening import RESEMBLES, Screening

HONEST_ANSWER = "honest_answer"


def doors_of(categories: Iterable[str]) -> frozenset[str]:
    """The doors that were asked for: honest_answer, move_call, and loss where that is certain, or maybe_loss.

    A loss switches off all that is said of a baby, for good: words that may mean something else are asked about first.
    Certain words count at once, unless the same message makes them doubtful (somebody else's, long ago, only feared).
    Those, and words that are likely, are asked about. Likely words in a doubtful message are nothing.
    """
    heard = frozenset(categories)
    certain, likely, doubted = (name in heard for name in ("loss", "likely_loss", "doubted_loss"))
    doors = heard & {HONEST_ANSWER, "move_call"}
    if certain and not doubted:
        return doors | {"loss"}
    return doors | {MAYBE_LOSS} if certain or (likely and not doubted) else doors


def only_sounds_like(found: Screening, category: str) -> bool:
    """Whether no pattern found this category: the message only sounds like it."""
    return all(match.rule == RESEMBLES for match in found.matches if match.category == category)
