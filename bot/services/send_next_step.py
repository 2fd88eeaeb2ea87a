"""After a call: one short text of the one next step agreed, which staff choose or write."""

from datetime import datetime, timedelta

from bot.domain.contact import SKINS, reason_to_hold
from bot.domain.conversation import Line, Value
from bot.domain.segments import Segments, count_segments, for_sms
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.record_call_outcome import NoSuchCall
from bot.services.text_parent import text_parent
from bot.storage import audit, calls, conversations
from bot.storage.transaction import Transaction

KIND = "next_step"
# Each has its words under unasked.step.<name>, as a sentence.
NEXT_STEPS = ("ring_again", "near_you", "rest")
MOST_PARTS = 2
# What could not leave for so long is old news.
_TOO_LATE = timedelta(days=2)


class StepNotSent(ValueError):
    """`reason`: empty, link, too_long (more than `MOST_PARTS` parts), not_done (the call did not take place), sent (one
    text a call), or why texting is not right now: not_safe, opted_out, erased."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send_next_step(desk: Desk, call_id: str, text_or_choice: str, who: str, now: datetime) -> Segments:
    """Puts the step in the outbox for the parent, dressed as they chose; gives back what it costs.

    `text_or_choice` is one of `NEXT_STEPS`, or a sentence of the writer's own. Raises `NoSuchCall`, `StepNotSent`.
    """

    def work(tx: Transaction) -> Segments:
        call = calls.load(tx, desk.vault, call_id)
        stored = conversations.load(tx, desk.vault, call.conversation_id) if call else None
        if call is None or stored is None:
            raise NoSuchCall(call_id)
        if call.state != "done":
            raise StepNotSent("not_done")
        conversation = stored.conversation
        held = reason_to_hold(
            KIND,
            channel=conversation.channel,
            status=conversation.status,
            loss=conversation.loss,
            unsafe=not look_up_safe_contact(desk, tx, stored),
        )
        if held or not stored.contact:
            raise StepNotSent(held or "erased")
        cost = cost_of_step(desk, conversation.language or "cy", text_or_choice)
        words = spoken("unasked.next_step", step=_step(text_or_choice))
        key = f"{KIND}:{call_id}"
        if not text_parent(desk, tx, stored, words, now, kind=KIND, key=key, not_after=now + _TOO_LATE, author=who):
            raise StepNotSent("sent")
        conversations.note_event(tx, conversation.id, now, who, "next_step")
        audit.record(tx, who, "next_step", "call", call_id, now)
        return cost

    return desk.database.write(work)


def cost_of_step(desk: Desk, language: str, text_or_choice: str) -> Segments:
    """What the text costs at its longest, in every skin: for the count beside the form. Raises `StepNotSent`."""
    bare = desk.catalogue.text(language, "unasked.next_step", {"step": _said(desk, language, text_or_choice)})
    dressed = desk.catalogue.text(language, f"booking.signed.{SKINS[1]}", {"text": bare})
    cost = count_segments(for_sms(dressed))
    if cost.parts > MOST_PARTS:
        raise StepNotSent("too_long")
    return cost


def _said(desk: Desk, language: str, text_or_choice: str) -> str:
    step = _step(text_or_choice)
    return desk.catalogue.text(language, step.address) if isinstance(step, Line) else str(step)


def _step(text_or_choice: str) -> Value:
    """The step as a sentence."""
    if text_or_choice in NEXT_STEPS:
        return Line(f"unasked.step.{text_or_choice}")
    words = " ".join(text_or_choice.split())
    if not words:
        raise StepNotSent("empty")
    if "http" in words.lower() or "www." in words.lower():
        raise StepNotSent("link")
    return words if words[-1] in ".!?" else f"{words}."
