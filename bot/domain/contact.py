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

    `after_loss`: its words may be read once a baby has died. `outlives_loss`: also where they were written before that
    was known: an answer of that time speaks of the baby, and what was dressed as from a baby group does too.
    `though_not_safe`: a person was warned, and said so.
    `in_hours`: by text it leaves only at hours that the parent said are safe, and never at night.
    """

    beside_person: bool
    after_loss: bool
    outlives_loss: bool = False
    though_not_safe: bool = False
    in_hours: bool = False


# Every kind of message to a parent. A kind that does not stand here does not leave.
KINDS: Mapping[str, Sending] = {
    # An answer, or a first safe text, that missed its HTTP answer and comes late.
    "reply": Sending(beside_person=False, after_loss=True),
    "again": Sending(beside_person=False, after_loss=True),
    "safety": Sending(beside_person=True, after_loss=True, outlives_loss=True),
    # The answer to a text that the provider handed over late.
    "late_reply": Sending(beside_person=False, after_loss=True),
    # What a member of staff writes; the second where they were told that texting is not safe, and sent it all the same.
    "person": Sending(beside_person=True, after_loss=True, outlives_loss=True),
    "person_confirmed": Sending(beside_person=True, after_loss=True, outlives_loss=True, though_not_safe=True),
    # The bot has the conversation again.
    "handed_back": Sending(beside_person=False, after_loss=True),
    # A person was promised, and did not come.
    "apology": Sending(beside_person=True, after_loss=True, in_hours=True),
    # How was the call? And: the call is tomorrow.
    "after_call": Sending(beside_person=False, after_loss=True, in_hours=True),
    "call_reminder": Sending(beside_person=False, after_loss=False, in_hours=True),
    # Nobody answered the call: another time is there.
    "call_missed": Sending(beside_person=False, after_loss=False, in_hours=True),
    # A person gave the call another time, or booked it for the parent who asked them; and what was agreed on it.
    "call_changed": Sending(beside_person=True, after_loss=True, in_hours=True),
    "next_step": Sending(beside_person=True, after_loss=True, in_hours=True),
    # Some days after an offer: did you get there?
    "offer_asked": Sending(beside_person=False, after_loss=False, in_hours=True),
}
# Kinds that go to staff: they obey the rota, not a parent's answers.
TO_STAFF = frozenset({"alert", "alert_news", "invitation", "offer_owner", "phone_test", "staff"})

# Answers that say: somebody else may see or hear. They stand until the question is answered anew.
UNSAFE_ANSWERS: Mapping[str, frozenset[str]] = {
    "about": frozenset({"not_now", "not_sure"}),
    "call_safety": frozenset({"no"}),
    "call_safety_answer": frozenset({"ring_off"}),
    "call_safety_texts": frozenset({"none"}),
}
# Answers by which a parent says, plainly and asked, that a text is safe now.
SAFE_ANSWERS: Mapping[str, frozenset[str]] = {
    "about": frozenset({"yes"}),
    "call_safety_texts": frozenset({"plain", "baby_group"}),
}
# How unasked texts look, as the parent chose it. Who chose has thought of who may see them: the answers about voices on
# the phone say nothing of texts then.
SKINS = ("plain", "baby_group")
# What a parent was asked about being reached safely, in the order of asking. The check words are kept apart.
SAFE_CONTACT = (
    "call_safety_phone",
    "call_safety",
    "call_safety_answer",
    "call_safety_hours",
    "call_safety_texts",
    "call_safety_ring",
)
# What later texts and times ask of the answers, also once the conversation began anew: kept with the call sheet.
KEPT_WITH_CALL = (
    "area",
    "call_language",
    "call_interpreter",
    "call_channel",
    "call_sleep",
    *SAFE_CONTACT,
)


def is_unsafe_to_text(answers: Mapping[str, str]) -> bool:
    """Whether any safe-contact answer says that a text may be seen by somebody else."""
    asked = ("about",) if answers.get("call_safety_texts") in SKINS else tuple(UNSAFE_ANSWERS)
    return any(answers.get(question) in UNSAFE_ANSWERS[question] for question in asked)


def with_answer(answers: Mapping[str, str], question: str, answer: str) -> Mapping[str, str]:
    """The answers with one more, or another. Who is asked how a text may look, and chooses, has said that one is safe:
    a "not now" or "not sure" of before is over. One that is said later counts again."""
    said = {**answers, question: answer}
    if question == "call_safety_texts" and answer in SKINS and said.get("about") in UNSAFE_ANSWERS["about"]:
        said["about"] = "yes"
    return said


def has_said_safe(step: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a message that was heard at `step`, and changed the answers from `before`, said that a text is safe."""
    return any(
        after.get(question) in answers and (step == question or before.get(question) != after[question])
        for question, answers in SAFE_ANSWERS.items()
    )


def skin_of(answers: Mapping[str, str], *, loss: bool) -> str:
    """How a text looks that arrives unasked: plain, or as from a baby group, which is never so after a loss."""
    chosen = answers.get("call_safety_texts")
    return "baby_group" if chosen == "baby_group" and not loss else "plain"


def safe_parts(answers: Mapping[str, str]) -> frozenset[str]:
    """The parts of the day in which the parent may be rung or texted unasked; none: they named none."""
    return frozenset(answers.get("call_safety_hours", "").split()) - {"any"}


def reason_to_hold(
    kind: str, *, channel: str, status: Status, loss: bool, unsafe: bool, written_before_loss: bool = False
) -> Reason | None:
    """Why a message of this kind must not leave for the parent now; None where it may.

    `unsafe` is about the phone: a page shows what waits only to who opens it, so that there it holds nothing back.
    """
    sending = KINDS.get(kind)
    if sending is None:
        return "unknown_kind"
    if status is Status.OPTED_OUT:
        return "opted_out"
    if loss and not (sending.outlives_loss if written_before_loss else sending.after_loss):
        return "loss"
    if unsafe and channel == Channel.SMS and not sending.though_not_safe:
        return "not_safe"
    if status is Status.WITH_PERSON and not sending.beside_person:
        return "with_person"
    return None
