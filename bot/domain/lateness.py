"""A text that was fetched late: what it may still do.

The question on the parent's phone when they wrote is the only one that they can have answered.
"""

from datetime import datetime, timedelta
from enum import StrEnum

# In danger, whom to ring is worth reading a day later, whatever is set for other late replies.
SAFE_TEXT_LASTS = timedelta(hours=24)


class Lateness(StrEnum):
    """How late. `OVERTAKEN`: the conversation went on meanwhile, so the words answer no question of now. `TOO_OLD`: a
    reply would come so long after that somebody else may hold the phone."""

    ON_TIME = "on_time"
    IN_TURN = "in_turn"
    OVERTAKEN = "overtaken"
    TOO_OLD = "too_old"


def how_late(sent_at: datetime | None, now: datetime, *, moved_at: datetime | None, longest: timedelta) -> Lateness:
    """The lateness of a text that the provider took at `sent_at` (None: it was handed to us at once).

    `moved_at` is when the conversation last moved, None before the parent's first text; `longest` how long after a text
    a reply may still leave.
    """
    if sent_at is None:
        return Lateness.ON_TIME
    if now - sent_at > longest:
        return Lateness.TOO_OLD
    return Lateness.IN_TURN if moved_at is None or moved_at <= sent_at else Lateness.OVERTAKEN
