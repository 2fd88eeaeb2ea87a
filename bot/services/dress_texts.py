"""Dresses texts that arrive unasked as the parent chose: plain, or as if they came from a baby group."""

from collections.abc import Iterable

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
    skin = skin_on(desk, tx, conversation)
    return tuple(text._replace(body=dressed(desk, skin, text.language, text.body)) for text in texts)


def skin_on(desk: Desk, tx: Transaction, conversation: Conversation) -> str:
    """How this parent's texts look: one of `contact.SKINS`; on a page always plain."""
    if conversation.channel is not Channel.SMS:
        return "plain"
    return skin_of(recall_answers(desk, tx, conversation), loss=conversation.loss)


def dressed(desk: Desk, skin: str, language: str | None, words: str) -> str:
    """The words in that skin, ready to be sent by text where it adds anything."""
    if skin == "plain":
        return words
    return for_sms(desk.catalogue.text(language or "en", f"booking.signed.{skin}", {"text": words}))
