"""Sends an answer that was written down and never left: the process died, or the line broke, before Twilio had it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.conversation import InboundMessage
from bot.domain.lateness import SAFE_TEXT_LASTS
from bot.gateways.ports import SendsTexts
from bot.services.break_loop import SAFETY
from bot.services.desk import Desk
from bot.storage import outgoing
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

_APART = timedelta(seconds=10)


def send_lost_answers(
    desk: Desk, texts: SendsTexts, listed: Sequence[tuple[InboundMessage, datetime]], now: datetime
) -> int:
    """How many of the texts `listed` (with the time the provider took each) had an answer that never left.

    That is so where the provider has texted the parent nothing since, and we have an answer on record. It goes to the
    outbox, which looks once more before it sends; a safe text for a day, all else for as long as late replies.
    Raises `ProviderAway` and `DatabaseAway`.
    """
    patience = timedelta(seconds=desk.settings.reconcile_after_seconds)
    longest = max(timedelta(seconds=desk.settings.late_reply_seconds), SAFE_TEXT_LASTS)
    waiting = [(message, at) for message, at in listed if message.can_reply and patience <= now - at <= longest]
    if not waiting:
        return 0
    last: dict[str, datetime] = {}
    for number, at in texts.texted_since(min(at for _, at in waiting)):
        last[number] = max(at, last.get(number, at))
    unanswered = [(message, at) for message, at in waiting if message.contact not in last or last[message.contact] < at]
    return sum(_send(desk, message, at, now) for message, at in unanswered)


def _send(desk: Desk, message: InboundMessage, sent_at: datetime, now: datetime) -> bool:
    longest = timedelta(seconds=desk.settings.late_reply_seconds)

    def work(tx: Transaction) -> bool:
        until = [
            (answer, sent_at + (max(longest, SAFE_TEXT_LASTS) if answer.kind == SAFETY else longest))
            for answer in outgoing.answers_to(tx, message.provider, message.sid)
        ]
        answers = [(answer, not_after) for answer, not_after in until if now <= not_after]
        for place, (answer, not_after) in enumerate(answers):
            # Should the text be handed to us once more, it is not answered by two roads: what waits is in no answer.
            outgoing.send_after_all(tx, answer.id, due_at=now + place * _APART, not_after=not_after)
        return bool(answers)

    sent = desk.database.write(work)
    if sent:
        log.warning("answer_lost", sid=message.sid)
    return sent
