"""THE use case: one message from a parent. Store it, screen it, obey a word that works anywhere or advance, reply.

All of it happens in one transaction, so that what was acknowledged is kept whole. Whatever goes wrong in understanding
a message, the message stays stored and screened, and a person is told.
"""

from datetime import datetime
from typing import NamedTuple

import structlog

from bot.domain.contact import has_said_safe
from bot.domain.conversation import Channel, InboundMessage
from bot.domain.screening import Screening
from bot.domain.turn import Turn, spoken
from bot.services.answer_late import answer_late
from bot.services.answer_parent import answer_parent
from bot.services.book_call import keep_sheet_true
from bot.services.break_loop import break_loop, kind_of_reply
from bot.services.desk import Desk
from bot.services.forget import forget_within
from bot.services.hear_staff import hear_staff
from bot.services.hold_replies import hold_replies
from bot.services.note_loss import note_loss
from bot.services.note_safe_again import note_safe_again_within
from bot.services.note_waiting import note_waiting
from bot.services.pack_reply import pack_reply
from bot.services.put_into_words import Rendered, put_into_words
from bot.services.raise_concern import OUR_FAULTS, raise_concern
from bot.services.reply_late import reply_late
from bot.services.screen_message import screen_message
from bot.storage import concerns, conversations, losses, messages, outbox, outgoing, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction
from bot.storage.messages import StoredInbound
from bot.storage.outbox import OutboundMessage

log = structlog.get_logger()


class Answer(NamedTuple):
    """What to answer in the same HTTP answer: `texts` ready to send, maybe none. A repeat gets the first answer.

    A message that was fetched late has no HTTP answer: what it gets leaves by the outbox, so a repeat gets nothing.
    """

    inbound_id: str
    texts: tuple[str, ...]
    repeated: bool = False
    conflicting: bool = False
    erased: bool = False


class Understood(NamedTuple):
    """What the bot makes of a message, and how many replies by text the parent had today before (None: not known)."""

    turn: Turn
    rendered: tuple[Rendered, ...]
    given: int | None = None


def receive_message(desk: Desk, message: InboundMessage, now: datetime) -> Answer:
    """Takes in one message; `now` is aware UTC. Raises `DatabaseAway` when it could not be kept."""
    answer = desk.database.write(lambda tx: _receive(desk, tx, message, now))
    if answer.erased:
        desk.database.checkpoint()
    return answer


def _receive(desk: Desk, tx: Transaction, message: InboundMessage, now: datetime) -> Answer:
    kind = "message" if message.can_reply else "cannot_reply"
    known = conversations.find(tx, desk.vault, channel=message.channel, contact=message.contact)
    inbound = messages.store_inbound(
        tx, desk.vault, message, now, conversation_id=known.conversation.id if known else None, kind=kind
    )
    if not inbound.is_new:
        return _answer_again(desk, tx, inbound)
    screening = screen_message(desk, tx, known, message, inbound.id, now)
    stored = known or _begin(desk, tx, message, inbound.id, now)
    whose = stored.conversation.id
    messages.keep_screening(tx, desk.vault, inbound.id, whose, screening, now)
    if not message.can_reply:
        _leave_to_staff(desk, tx, stored, now)
        _raise(desk, tx, message, whose, inbound.id, screening, now)
        return Answer(inbound.id, ())
    told = hear_staff(desk, tx, stored, message, screening, now)
    if told is not None:
        return _answer_staff(desk, tx, stored, message, inbound.id, screening, told, now)
    turn, rendered, given = _understand(desk, tx, stored, message, screening, now)
    _raise(desk, tx, message, whose, inbound.id, screening, now)
    _write_down(desk, tx, stored, turn, message, now)
    note_waiting(desk, tx, turn.conversation, screening, rendered, message.sent_at or now, now)
    rendered = _answer(desk, tx, stored, turn, rendered, given, message, inbound.id, now)
    if message.channel is Channel.WEB:
        messages.keep_reply(tx, desk.vault, inbound.id, pack_reply(turn.conversation.step, rendered))
    erased = "forgot" in turn.acts
    if erased:
        forget_within(desk, tx, whose, who="parent", now=now)
    return Answer(inbound.id, tuple(text.body for text in rendered), erased=erased)


def _answer_again(desk: Desk, tx: Transaction, inbound: StoredInbound) -> Answer:
    """What was answered the first time, word for word."""
    whose = inbound.conversation_id
    texts = outgoing.said_in_answer(tx, desk.vault, whose, inbound.id) if whose else ()
    return Answer(inbound.id, texts, repeated=True, conflicting=not inbound.same_body, erased=inbound.erased)


def _begin(desk: Desk, tx: Transaction, message: InboundMessage, inbound_id: str, now: datetime) -> Stored:
    """A first message's conversation. Begun only now: a repeat of what somebody had erased brings nobody back."""
    flow = desk.library.flow
    begun = conversations.find_or_begin(
        tx,
        desk.vault,
        channel=message.channel,
        contact=message.contact,
        flow_version=flow.version,
        start=flow.start,
        now=now,
    )
    messages.attach(tx, inbound_id, begun.conversation.id)
    return begun


def _understand(
    desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, screening: Screening, now: datetime
) -> Understood:
    """The turn for a message, in words. A fault of ours ends with a holding text and a person, never with silence."""
    try:
        held = hold_replies(desk, tx, stored, message, screening, now)
        if held.silent:
            return Understood(Turn(stored.conversation), (), held.given)
        with tx.savepoint():
            answer = answer_late if message.sent_at else answer_parent
            turn = answer(desk, tx, stored, message, screening, now)
            return Understood(turn, put_into_words(desk, turn.conversation, turn.texts, now), held.given)
    except OUR_FAULTS as fault:
        conversation = stored.conversation
        log.error("turn_failed", conversation=conversation.id, step=conversation.step, kind=type(fault).__name__)
        tasks.open_task(tx, conversation.id, "bot_failed", now)
        turn = Turn(conversation, (spoken("common.holding"),))
        return Understood(turn, put_into_words(desk, conversation, turn.texts, now))


def _write_down(
    desk: Desk, tx: Transaction, stored: Stored, turn: Turn, message: InboundMessage, now: datetime
) -> None:
    before, after = stored.conversation, turn.conversation
    if after.flow_version != desk.library.flow.version:
        after = after._replace(flow_version=desk.library.flow.version)
    # A late text that is left to staff has not been heard by the bot: the next one is greeted as it must be.
    heard = message.sent_at is None or bool(turn.texts)
    heard_at = max(message.sent_at, stored.heard_at or message.sent_at) if message.sent_at else now
    conversations.save(tx, desk.vault, after, now, heard=heard, heard_at=heard_at)
    if after.loss and not before.loss:
        note_loss(tx, after.id, losses.PARENT, now)
    if after.loss != before.loss or (turn.facts.get("call") == "booked" and after.answers != before.answers):
        keep_sheet_true(desk, tx, after, stored.contact, now)
    # Under today's names: an answer that was only renamed has not been said again.
    asked, known = desk.library.flow.current(before.step).name, desk.library.flow.current_answers(before.answers)
    if message.sent_at is None and has_said_safe(asked, known, after.answers):
        note_safe_again_within(tx, after.id, "parent", now)
    if before.step != after.step:
        conversations.note_event(tx, after.id, now, "parent", "step", before.step, after.step)
    if before.status != after.status:
        conversations.note_event(tx, after.id, now, "parent", "status", before.status, after.status)
    for door in turn.visited:
        conversations.note_event(tx, after.id, now, "parent", "visited", before.step, door)


def _answer(
    desk: Desk,
    tx: Transaction,
    stored: Stored,
    turn: Turn,
    rendered: tuple[Rendered, ...],
    given: int | None,
    message: InboundMessage,
    inbound_id: str,
    now: datetime,
) -> tuple[Rendered, ...]:
    """Writes down what is said; gives back what of it leaves inside the HTTP answer."""
    if message.sent_at is not None:
        reply_late(desk, tx, stored, turn, rendered, inbound_id=inbound_id, sent_at=message.sent_at, now=now)
        return ()
    kind = kind_of_reply(desk, stored, turn)
    if rendered and break_loop(desk, tx, stored, kind, given, now):
        return ()
    for place, text in enumerate(rendered):
        left = OutboundMessage(
            lane="reply",
            kind=kind,
            channel=turn.conversation.channel.value,
            recipient=stored.contact,
            body=text.body,
            dedupe_key=f"{inbound_id}:{place}",
            due_at=now,
            conversation_id=turn.conversation.id,
            inbound_id=inbound_id,
            language=text.language,
            state="answered",
        )
        outbox.put(tx, desk.vault, left, now)
    return rendered


def _raise(
    desk: Desk,
    tx: Transaction,
    message: InboundMessage,
    conversation_id: str,
    inbound_id: str,
    screening: Screening,
    now: datetime,
) -> None:
    if screening.level == "none":
        return
    alert = raise_concern(desk, tx, conversation_id=conversation_id, screening=screening, now=now)
    if message.sent_at is not None:
        concerns.note(tx, alert.id, now, who="bot", kind="received_late", detail=inbound_id)


def _answer_staff(
    desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, inbound_id: str, screening: Screening,
    told: tuple[str, ...], now: datetime,
) -> Answer:  # fmt: skip
    """A colleague's text moves no conversation of a parent's; what was found in it is heard all the same."""
    whose = stored.conversation.id
    conversations.save(tx, desk.vault, stored.conversation, now, heard=False)
    _raise(desk, tx, message, whose, inbound_id, screening, now)
    for place, body in enumerate(told):
        answer = OutboundMessage(
            lane="reply", kind="staff", channel="sms", recipient=stored.contact, body=body,
            dedupe_key=f"{inbound_id}:{place}", due_at=now, conversation_id=whose, inbound_id=inbound_id,
            state="answered",
        )  # fmt: skip
        outbox.put(tx, desk.vault, answer, now)
    return Answer(inbound_id, told)


def _leave_to_staff(desk: Desk, tx: Transaction, stored: Stored, now: datetime) -> None:
    """A landline, a foreign number or a name in letters is not answered. Staff read it, and hear of danger, all the
    same; and it is deleted when its time has come, like every other."""
    conversations.save(tx, desk.vault, stored.conversation, now, heard=False)
    tasks.open_task(tx, stored.conversation.id, "cannot_reply", now)
