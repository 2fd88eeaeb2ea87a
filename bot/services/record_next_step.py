"""After a call that took place: the one next step agreed is kept for staff, and texted to the parent once."""

from datetime import datetime, timedelta

from bot.domain.contact import SKINS
from bot.domain.conversation import LANGUAGES
from bot.domain.segments import Segments, count_segments, for_sms
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.take_call_in_hand import take_call_in_hand
from bot.services.text_parent import text_parent
from bot.storage import audit, call_lists, conversations
from bot.storage.transaction import Transaction

KIND = "next_step"
# Each has its sentence for the parent under unasked.step.<name>; "none": nothing was agreed.
CHOICES = ("ring_again", "near_you", "health_visitor", "gp", "rest", "none")
MOST_PARTS = 2
# What could not leave for so long is old news.
_TOO_LATE = timedelta(days=2)


class NotAStep(ValueError):
    """The words are none, hold a link, or travel in more than `MOST_PARTS` parts, unsigned. Nothing was kept."""


class AlreadyRecorded(Exception):
    """There is a next step already: there is one, and it was the other."""


def record_next_step(
    desk: Desk, call_id: str, revision: int, who: str, now: datetime, *, choice: str | None, words: str = ""
) -> bool:
    """Keeps the step with the call and puts its text, dressed as the parent chose, into the outbox, both or neither.

    `choice` is one of `CHOICES`, or None for a sentence of the writer's own. False where no text may leave: somebody
    must tell the parent. Raises `NoSuchCall`; `StaleCall` unless the call is done and at `revision`; `NotAStep`;
    `AlreadyRecorded`; `ValueError` for any other choice.
    """
    if choice is not None and choice not in CHOICES:
        raise ValueError(choice)
    if choice is None:
        for language in LANGUAGES:
            cost_of_step(desk, language, words)

    def work(tx: Transaction) -> bool:
        call = take_call_in_hand(desk, tx, call_id, revision, state="done")
        stored = conversations.load(tx, desk.vault, call.conversation_id)
        language = stored.conversation.language if stored else None
        step = "" if choice == "none" else step_of(desk, choice, language) if choice else _sentence(words)
        if not call_lists.keep_record(tx, desk.vault, call_id, KIND, step, who, now, choice=choice):
            raise AlreadyRecorded(call_id)
        audit.record(tx, who, KIND, "call", call_id, now)
        if not step:
            return True
        if stored is None or reason_not_to_text(desk, tx, stored, KIND):
            return False
        said, key = spoken("unasked.next_step", step=step), f"{KIND}:{call_id}"
        return text_parent(desk, tx, stored, said, now, kind=KIND, key=key, not_after=now + _TOO_LATE, author=who)

    return desk.database.write(work)


def step_of(desk: Desk, choice: str, language: str | None) -> str:
    """The sentence of a choice, as the parent would read it."""
    return desk.catalogue.text(language or "en", f"unasked.step.{choice}")


def cost_of_step(desk: Desk, language: str, words: str) -> Segments:
    """What the text around the sentence costs at its longest, in every skin. Raises `NotAStep`."""
    step = _sentence(words)
    bare = desk.catalogue.text(language, "unasked.next_step", {"step": step})
    if count_segments(for_sms(bare)).parts > MOST_PARTS:
        raise NotAStep
    return count_segments(for_sms(desk.catalogue.text(language, f"booking.signed.{SKINS[1]}", {"text": bare})))


def _sentence(words: str) -> str:
    bare = " ".join(words.split())
    if not bare or "http" in bare.lower() or "www." in bare.lower():
        raise NotAStep
    return bare if bare[-1] in ".!?" else f"{bare}."
