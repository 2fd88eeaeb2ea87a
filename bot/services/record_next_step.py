"""After a call that took place: the one next step that parent and caller agreed, kept with the call for staff."""

from datetime import datetime

from bot.domain.segments import LONGEST_MESSAGE, for_sms
from bot.services.desk import Desk
from bot.services.take_call_in_hand import take_call_in_hand
from bot.storage import audit, call_lists, conversations
from bot.storage.transaction import Transaction

# Ready wordings, in the parent's language, under console.next_step.words.<name>; "none": nothing was agreed.
CHOICES = ("ring_again", "think_it_over", "go_to_offer", "health_visitor", "gp", "none")


class NoWords(ValueError):
    """Nothing was written, or more than one text holds."""


class AlreadyRecorded(Exception):
    """There is a next step already: there is one, and it was the other."""


def words_of(desk: Desk, choice: str, language: str | None) -> str:
    """A ready wording as the parent would read it."""
    return for_sms(desk.catalogue.text(language or "en", f"console.next_step.words.{choice}"))


def record_next_step(
    desk: Desk, call_id: str, revision: int, who: str, now: datetime, *, choice: str | None, words: str = ""
) -> str:
    """Keeps the step with the call; gives back its words as a text would have them, "" where none was agreed.

    `choice` is one of `CHOICES`, or None for the caller's own `words`. Raises `NoSuchCall`; `StaleCall` unless the call
    is done and at `revision`; `NoWords`; `AlreadyRecorded`; `ValueError` for any other choice.
    """
    if choice is not None and choice not in CHOICES:
        raise ValueError(choice)
    own = for_sms("\n".join(line.rstrip() for line in words.splitlines()).strip())
    if choice is None and not 0 < len(own) <= LONGEST_MESSAGE:
        raise NoWords

    def work(tx: Transaction) -> str:
        call = take_call_in_hand(desk, tx, call_id, revision, state="done")
        stored = conversations.load(tx, desk.vault, call.conversation_id)
        language = stored.conversation.language if stored else None
        agreed = "" if choice == "none" else own if choice is None else words_of(desk, choice, language)
        if not call_lists.keep_record(tx, desk.vault, call_id, "next_step", agreed, who, now, choice=choice):
            raise AlreadyRecorded(call_id)
        audit.record(tx, who, "next_step", "call", call_id, now)
        return agreed

    return desk.database.write(work)
