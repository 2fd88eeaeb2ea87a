"""A person booked, moved or brought back a parent's call: the parent is told by text, where one may be sent."""

from datetime import datetime

from bot.domain.contact import reason_to_hold
from bot.domain.conversation import Channel, Line, Text
from bot.services.book_call import spoken_call
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.put_into_words import put_into_words
from bot.storage import conversations, outbox, tasks
from bot.storage.calls import Call
from bot.storage.outbox import OutboundMessage
from bot.storage.transaction import Transaction

KIND = "call_changed"
BOOKED = Line("booking.booked.say").address
MOVED = Line("booking.moved.say").address


def tell_parent_of_call(desk: Desk, tx: Transaction, call: Call, words: str, now: datetime) -> bool:
    """Puts a text into the outbox, of the call as it stands now. `words` is `BOOKED` or `MOVED`.

    False where no text may leave (it is not safe, texts are off): then there is a task to tell the parent otherwise.
    """
    stored = conversations.load(tx, desk.vault, call.conversation_id)
    if stored is None:
        return False
    conversation = stored.conversation
    reason = reason_to_hold(
        KIND,
        channel=conversation.channel.value,
        status=conversation.status,
        loss=conversation.loss,
        unsafe=not look_up_safe_contact(desk, tx, stored),
    )
    if reason is not None or not stored.contact:
        tasks.open_task(tx, call.conversation_id, "tell_of_call", now)
        return False
    line = Line(words, spoken_call(desk, call))
    for place, text in enumerate(put_into_words(desk, conversation, [Text((line,))], now)):
        message = OutboundMessage(
            lane="reply",
            kind=KIND,
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=text.body,
            dedupe_key=f"{KIND}:{call.id}:{call.revision}:{place}",
            due_at=now,
            not_after=call.starts_at,
            conversation_id=call.conversation_id,
            language=text.language,
            # A page shows it at its next look; only a text has to be carried.
            state="waiting" if conversation.channel is Channel.SMS else "answered",
        )
        outbox.put(tx, desk.vault, message, now)
    return True
