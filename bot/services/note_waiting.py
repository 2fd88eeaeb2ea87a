"""Notes that a parent waits for a person, from their own message on, and by when they were told somebody reads."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.screening import Screening
from bot.domain.status import Status
from bot.services.desk import Desk
from bot.services.put_into_words import Rendered, promise_now
from bot.storage import promises
from bot.storage.database import Transaction

_GRAVE = ("urgent", "immediate")


def note_waiting(
    desk: Desk,
    tx: Transaction,
    conversation: Conversation,
    screening: Screening,
    said: Iterable[Rendered],
    since: datetime,
    now: datetime,
) -> None:
    """Starts the clock at this message, written at `since`, unless it runs already. What is promised counts from `now`.

    A parent waits who was told when a person reads (they asked for one, or disclosed something), who writes to a
    person, and whose words raised an alert. The first worry that is no danger names no time, and so cannot be late.
    """
    told = next((text.promised for text in said if text.promised), None)
    beside_person = conversation.status is Status.WITH_PERSON
    if told is None and (beside_person or screening.level in _GRAVE):
        told = promise_now(desk, now)
    if told or beside_person or screening.level != "none":
        due_at = told.due_at if told else None
        promises.wait_for_person(tx, conversation.id, since, due_at)
        if since < now and promises.of_conversation(tx, conversation.id) is None:
            # What a person did before a late message was known has not answered it: it waits from now on.
            promises.wait_for_person(tx, conversation.id, now, due_at)
