"""May this message leave for a parent now? The one rule that every sender asks, just before it sends.

What answers a parent's own text in the same HTTP answer is not asked about here: they are holding the phone. All else
arrives unasked, on a screen that somebody else may be looking at. Sources: journey principle 8 (safe contact) and
principle 11 (a loss); NNEDV's safe-contact advice: never in a way the person has not said is safe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.domain.conversation import Channel
from bot.domain.status import Status

Reason = Literal["opted_out", "not_safe", "loss", "with_person", "unknown_kind"]


@dataclass(frozen=True, slots=True)
class Sending:
    """What a kind of message may do. `beside_person`: it may arrive while a person has the conversation.

    `after_loss`: its words may be read once a baby has died. `though_not_safe`: a person was warned, and said so.
    """

    beside_person: bool
    after_loss: bool
    though_not_safe: bool = False


# Every kind of message to a parent. A kind that does not stand here does not leave.
KINDS: Mapping[str, Sending] = {
    # An answer, or a first safe text, that missed its HTTP answer and comes late.
    "reply": Sending(beside_person=False, after_loss=True),
    "safety": Sending(beside_person=True, after_loss=True),
    # The answer to a text that the provider handed over late.
    "late_reply": Sending(beside_person=False, after_loss=True),
    # What a member of staff writes; the second where they were told that texting is not safe, and sent it all the same.
    "person": Sending(beside_person=True, after_loss=True),
    "person_confirmed": Sending(beside_person=True, after_loss=True, though_not_safe=True),
    # The bot has the conversation again.
    "handed_back": Sending(beside_person=False, after_loss=True),
    # A person was promised, and did not come.
    "apology": Sending(beside_person=True, after_loss=True),
    # How was the call? And: the call is tomorrow.
    "after_call": Sending(beside_person=False, after_loss=True),
    "call_reminder": Sending(beside_person=False, after_loss=False),
    # A person gave the call another time, or booked it for the parent who asked them.
    "call_changed": Sending(beside_person=True, after_loss=True),
    # Some days after an offer: did you get there?
    "offer_asked": Sending(beside_person=False, after_loss=False),
}
# Kinds that go to staff: they obey the rota, not a parent's answers.
TO_STAFF = frozenset({"alert", "alert_news", "invitation", "offer_owner", "staff"})

# Answers that say: somebody else may see or hear. They stand until the question is answered anew.
UNSAFE_ANSWERS: Mapping[str, frozenset[str]] = {
    "about": frozenset({"not_now", "not_sure"}),
    "call_safety": frozenset({"no"}),
    "call_safety_answer": frozenset({"ring_off"}),
}


def is_unsafe_to_text(answers: Mapping[str, str]) -> bool:
    """Whether any safe-contact answer says that a text may be seen by somebody else."""
    return any(answers.get(question) in unsafe for question, unsafe in UNSAFE_ANSWERS.items())


def reason_to_hold(kind: str, *, channel: str, status: Status, loss: bool, unsafe: bool) -> Reason | None:
    """Why a message of this kind must not leave for the parent now; None where it may.

    `unsafe` is about the phone: a page shows what waits only to who opens it, so that there it holds nothing back.
    """
    sending = KINDS.get(kind)
    if sending is None:
        return "unknown_kind"
    if status is Status.OPTED_OUT:
        return "opted_out"
    if loss and not sending.after_loss:
        return "loss"
    if unsafe and channel == Channel.SMS and not sending.though_not_safe:
        return "not_safe"
    if status is Status.WITH_PERSON and not sending.beside_person:
        return "with_person"
    return None
