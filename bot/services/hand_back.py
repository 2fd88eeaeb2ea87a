"""A person gives a conversation back to the bot: a line to the parent, then the question where it stood."""

from datetime import datetime

from bot.domain import engine
from bot.domain.conversation import Channel
from bot.domain.turn import Turn, spoken
from bot.services.desk import Desk
from bot.services.dress_texts import dress_texts
from bot.services.fetch_wants import fetch_want, outside_facts
from bot.services.look_up_safe_contact import reason_not_to_text
from bot.services.put_into_words import Rendered, put_into_words
from bot.services.take_over import find, move_status, refuse_unless_mine
from bot.storage import conversations, outbox, promises
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

KIND = "handed_back"


def hand_back(desk: Desk, conversation_id: str, who: str, now: datetime) -> None:
    """Lets the bot speak again. Where texting is not safe the parent hears nothing until they write themselves.

    Raises `NoSuchConversation`, `SomebodyElseHasIt`; `MoveNotAllowed` where no person has it.
    """

    def work(tx: Transaction) -> None:
        stored = find(tx, desk, conversation_id)
        refuse_unless_mine(stored, who)
        stored = move_status(tx, desk, stored, "hand_back", who, now)
        conversations.give_to(tx, conversation_id, None)
        promises.keep(tx, conversation_id, who, now)
        if stored.contact and stored.conversation.step:
            _say_so(desk, tx, stored, now)

    desk.database.write(work)


def _say_so(desk: Desk, tx: Transaction, stored: Stored, now: datetime) -> None:
    conversation = stored.conversation
    if reason_not_to_text(desk, tx, stored, KIND):
        return
    turn = _same_question(desk, tx, stored, now)
    texts = (spoken("common.person.back"), *turn.texts)
    conversations.save(tx, desk.vault, turn.conversation, now, heard=False)
    times = len(conversations.history(tx, conversation.id))
    said = put_into_words(desk, turn.conversation, texts, now)
    for place, text in enumerate(dress_texts(desk, tx, conversation, said)):
        message = outbox.OutboundMessage(
            lane="reply",
            kind=KIND,
            channel=conversation.channel.value,
            recipient=stored.contact,
            body=_for_channel(conversation.channel, text),
            dedupe_key=f"{KIND}:{conversation.id}:{times}:{place}",
            due_at=now,
            conversation_id=conversation.id,
            language=text.language,
            # A page shows it at its next look; only a text has to be carried.
            state="waiting" if conversation.channel is Channel.SMS else "answered",
        )
        outbox.put(tx, desk.vault, message, now)


def _same_question(desk: Desk, tx: Transaction, stored: Stored, now: datetime) -> Turn:
    """The question once more. What was taken over in mid-question and not understood counts no more."""
    conversation = stored.conversation._replace(misunderstood=0)
    turn = engine.ask_again(conversation, desk.library.flow, outside_facts(desk, tx, conversation, now))
    while turn.want is not None:
        turn = engine.supply(turn, desk.library.flow, fetch_want(desk, tx, turn, stored.contact, now))
    return turn


def _for_channel(channel: Channel, text: Rendered) -> str:
    """On a page the choices are buttons already."""
    return text.body if channel is Channel.SMS else "\n".join(words for _, words in text.lines)
