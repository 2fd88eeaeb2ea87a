"""Dresses texts that arrive unasked as the parent chose: plain, or as if they came from a baby group."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.contact import skin_of
from bot.domain.conversation import Channel, Conversation
from bot.domain.segments import for_sms
from bot.services.desk import Desk
from bot.services.put_into_words import Rendered
from bot.services.recall_answers import recall_answers
from bot.storage.transaction import Transaction


def dress_texts(
    desk: Desk, tx: Transaction, conversation: Conversation, texts: Iterable[Rendered]
) -> tuple[Rendered, ...]:
    """The texts as they arrive on the phone. Their beginning stays as it is: a lock screen shows it. A page shows its
    texts to whoever opens it, and is not dressed."""
    if conversation.channel is not Channel.SMS:
        return tuple(texts)
    skin = skin_of(recall_answers(desk, tx, conversation), loss=conversation.loss)
    return tuple(texts) if skin == "plain" else tuple(_signed(desk, text) for text in texts)


def _signed(desk: Desk, text: Rendered) -> Rendered:
    words = desk.catalogue.text(text.language, "booking.signed.baby_group", {"text": text.body})
    return replace(text, body=for_sms(words))
