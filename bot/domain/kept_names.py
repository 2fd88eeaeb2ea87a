"""The steps and choices that the program itself knows by name: what it obeys, goes to unasked, or shows to staff.

Whoever renames one of them in the flow must tell the developers: an answer under another name would not be obeyed.
"""

from collections.abc import Mapping

from bot.domain.contact import KEPT_WITH_CALL, SAFE_ANSWERS, UNSAFE_ANSWERS
from bot.domain.conversation import MAYBE_LOSS
from bot.domain.engine import PERSON
from bot.domain.hearing import HONEST_ANSWER
from bot.domain.referral import LINES, OTHER_WORD

_DOORS = ("loss", MAYBE_LOSS, HONEST_ANSWER, "change_call", "paused", "info", PERSON, "after_call", "offer_asked")
_CHOICES: tuple[Mapping[str, frozenset[str]], ...] = (
    UNSAFE_ANSWERS,
    SAFE_ANSWERS,
    {
        "stage": frozenset({"loss"}),
        "call_safety_phone": frozenset({"no"}),
        "call_safety_word": frozenset(OTHER_WORD),
        "share_summary": frozenset({"no"}),
        "call_language": frozenset({"other"}),
    },
)
_STEPS = (
    *_DOORS,
    *KEPT_WITH_CALL,
    *LINES,
    "baby_age",
    "slot",
    "call_number_other",
    *(step for each in _CHOICES for step in each),
)

KEPT_NAMES: Mapping[str, frozenset[str]] = {
    step: frozenset().union(*(each.get(step, frozenset()) for each in _CHOICES)) for step in dict.fromkeys(_STEPS)
}
"""The choices that are known by name, by the step that must have them; none, where only the step is."""
