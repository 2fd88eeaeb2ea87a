"""Switching texts off and on. Twilio itself blocks the number and says the farewell; we mirror it and say nothing."""

from datetime import datetime

from bot.domain import engine
from bot.domain.conversation import Conversation
from bot.domain.status import Status, move
from bot.domain.turn import Turn
from bot.services.desk import Desk
from bot.services.recall_answers import recall_answers
from bot.storage import calls, concerns, promises, tasks
from bot.storage.database import Transaction


def opt_out(desk: Desk, tx: Transaction, conversation: Conversation, now: datetime) -> Turn:
    """Nothing more is sent. With a booked call, an open alert, or a person they talk to or wait for, staff must decide
    what to do about it."""
    if conversation.status is Status.OPTED_OUT:
        return Turn(conversation)
    alerts = concerns.of_conversation(tx, conversation.id)
    if (
        _has_call(desk, tx, conversation.id)
        or any(alert.state != "closed" for alert in alerts)
        or conversation.status is Status.WITH_PERSON
        or promises.of_conversation(tx, conversation.id)
    ):
        _tell_staff(desk, tx, conversation, now)
    return Turn(conversation._replace(status=move(conversation.status, "opt_out")), visited=("stopped",))


def _has_call(desk: Desk, tx: Transaction, conversation_id: str) -> bool:
    every = calls.every_of_conversation(tx, desk.vault, conversation_id)
    return any(call.state in ("held", "booked") for call in every)


def _tell_staff(desk: Desk, tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """The task says what the parent answered to "if texts are off, shall we still ring?"; texts_off: not asked."""
    match recall_answers(desk, tx, conversation).get("call_safety_ring"):
        case "yes":
            tasks.open_task(tx, conversation.id, "texts_off_ring", now)
        case "no":
            tasks.open_task(tx, conversation.id, "texts_off_no_ring", now)
        case _:
            tasks.open_task(tx, conversation.id, "texts_off", now)


def opt_in(desk: Desk, conversation: Conversation) -> Turn:
    """Texts are on again: a neutral question that repeats nothing of before."""
    back = conversation._replace(status=move(conversation.status, "opt_in"))
    flow = desk.library.flow
    if flow.current(back.step).end or not back.language:
        return engine.begin(back._replace(step=flow.start), flow, {})
    return engine.enter(back, flow, {}, "paused")
