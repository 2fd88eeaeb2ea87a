"""What happens to a message while a person has the conversation: the bot is silent, but for one holding line.

STOP and danger are answered before anybody comes here. Here a loss is still known, FORGET ME is still the parent's own
to say, and all else is the person's to read.
"""

from datetime import datetime

from bot.domain import engine
from bot.domain.conversation import Conversation, InboundMessage
from bot.domain.turn import Turn, spoken
from bot.services.desk import Desk
from bot.services.fetch_wants import fetch_want, outside_facts
from bot.services.put_into_words import promise_now
from bot.storage import conversations
from bot.storage.conversations import Stored
from bot.storage.database import Transaction

HELD = "held"
_FORGET = "forget"


def hear_beside_person(
    desk: Desk, tx: Transaction, stored: Stored, conversation: Conversation, message: InboundMessage, now: datetime
) -> Turn:
    """The turn: no text, the holding line once a take-over, or what FORGET ME asks and does."""
    if conversation.step == _FORGET:
        answered = _turn(desk, tx, stored, conversation, message, now)
        if "forgot" in answered.acts or answered.conversation.step == "not_erased":
            return answered
        # They keep it, or speak to the person: the bot's question is over, and nothing more is said.
        here = desk.library.flow.current(conversation.resume or desk.library.flow.restart).name
        conversation = conversation._replace(step=here, resume=None, misunderstood=0)
        return Turn(conversation) if answered.understood else _hold(desk, tx, conversation, now)
    command = desk.reader.command(message.text)
    if command is not None and _FORGET in command.go.targets() and conversation.language:
        return _turn(desk, tx, stored, conversation, message, now)
    return _hold(desk, tx, conversation, now)


def _turn(
    desk: Desk, tx: Transaction, stored: Stored, conversation: Conversation, message: InboundMessage, now: datetime
) -> Turn:
    flow = desk.library.flow
    turn = engine.advance(conversation, flow, outside_facts(desk, tx, conversation, now), desk.reader, message.text)
    while turn.want is not None:
        turn = engine.supply(turn, flow, fetch_want(desk, tx, turn, stored.contact, now))
    return turn


def _hold(desk: Desk, tx: Transaction, conversation: Conversation, now: datetime) -> Turn:
    """One agreed line a take-over: within hours, unless the person has written already; else when they are back."""
    since = _since_take_over(tx, conversation.id)
    look = promise_now(desk, now)
    is_there = look is not None and look.kind == "before"
    if HELD in since or (is_there and "replied" in since):
        return Turn(conversation)
    line = "common.person.reading" if is_there else "common.person.later"
    return Turn(conversation, (spoken(line),), visited=(HELD,))


def _since_take_over(tx: Transaction, conversation_id: str) -> set[str]:
    """What has happened since the bot last fell silent: codes of the conversation's history."""
    happened: set[str] = set()
    for event in conversations.history(tx, conversation_id):
        if event.kind == "take_over":
            happened.clear()
        happened.add(event.to_state if event.kind == "visited" and event.to_state else event.kind)
    return happened
