"""A person was promised and nobody came: staff are told at once, and the parent hears that we are sorry, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.contact import safe_parts
from bot.domain.conversation import Channel
from bot.domain.text_hours import may_text_at
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.dress_texts import dress_texts
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.put_into_words import put_into_words
from bot.services.recall_answers import recall_answers
from bot.storage import conversations, outbox, promises, tasks
from bot.storage.conversations import Stored
from bot.storage.promises import Waiting
from bot.storage.transaction import Transaction

APOLOGY = "apology"
_AT_ONCE = 20
# The time it names grows old: later than this it is not sent any more, and staff see that it was not.
_FRESH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Apology:
    """What became of one broken promise: "sent", or why nothing was said."""

    conversation_id: str
    sorry: str


def apologise_for_waiting(desk: Desk, now: datetime) -> tuple[Apology, ...]:
    """Sees to promises that have just been broken. Safe to run twice, and by several workers.

    A promise that a person has kept meanwhile is not among them; the sender looks once more before it leaves.
    """
    broken = desk.database.read(lambda tx: promises.broken(tx, now, _AT_ONCE))
    settled = (desk.database.write(partial(_apologise, desk, seen=each, now=now)) for each in broken)
    return tuple(apology for apology in settled if apology)


def _apologise(desk: Desk, tx: Transaction, *, seen: Waiting, now: datetime) -> Apology | None:
    """Locks the conversation first, as whoever answers does, and then reads the promise again."""
    stored = conversations.load(tx, desk.vault, seen.conversation_id)
    waiting = promises.load(tx, seen.id)
    if waiting is None or waiting.sorry is not None:
        return None
    tasks.open_task(tx, waiting.conversation_id, "promise_missed", now)
    held = reason_not_to_text(desk, tx, stored, APOLOGY)
    if held is None and stored is not None:
        safe = safe_parts(recall_answers(desk, tx, stored.conversation))
        if stored.conversation.channel is Channel.SMS and not may_text_at(now, safe):
            return None
        _say_sorry(desk, tx, stored, waiting, now)
    promises.settle_apology(tx, waiting.id, held or "sent", now)
    return Apology(waiting.conversation_id, held or "sent")


def _say_sorry(desk: Desk, tx: Transaction, stored: Stored, waiting: Waiting, now: datetime) -> None:
    conversation = stored.conversation
    said = put_into_words(desk, conversation, (spoken("common.person.sorry"),), now)
    (text,) = dress_texts(desk, tx, conversation, said)
    message = outbox.OutboundMessage(
        lane="reminder",
        kind=APOLOGY,
        channel=conversation.channel.value,
        recipient=stored.contact,
        body=text.body,
        dedupe_key=f"{APOLOGY}:{waiting.id}",
        due_at=now,
        not_after=now + _FRESH,
        conversation_id=conversation.id,
        language=text.language,
        # A page shows it at its next look; only a text has to be carried.
        state="waiting" if conversation.channel is Channel.SMS else "answered",
    )
    outbox.put(tx, desk.vault, message, now)
