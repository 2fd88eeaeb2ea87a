"""Takes in every text that the provider has and we have not, and sends what we answered and the provider never got.

A push that failed is never pushed again: without this, whoever wrote while we were away would be heard by nobody.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.conversation import InboundMessage
from bot.gateways.ports import AccountRefused, SendsTexts
from bot.services.desk import Desk
from bot.services.note_account import note_account
from bot.services.receive_message import receive_message
from bot.services.send_lost_answers import send_lost_answers
from bot.storage import messages, progress
from bot.storage.database import DatabaseAway, Transaction

log = structlog.get_logger(__name__)

# The name of this chore's mark.
RECONCILE = "reconcile"
_LOOKED_UP_TOGETHER = 200

Listed = tuple[InboundMessage, datetime]


def reconcile(desk: Desk, texts: SendsTexts, now: datetime) -> int:
    """How many texts it took in. Each goes through the same door as any other, once, whoever else takes it in.

    Goes on from the newest text the provider listed last time, less an overlap; so hours of being away are covered,
    whatever our clock did meanwhile. A text that cannot be taken in keeps the mark before it, and stops no other.
    Raises `ProviderAway` and `DatabaseAway`; the mark then stays where it was.
    """
    overlap = timedelta(seconds=desk.settings.reconcile_overlap_seconds)
    desk.database.write(lambda tx: progress.begin(tx, RECONCILE, now - overlap, now))
    known = desk.database.read(lambda tx: progress.load(tx, RECONCILE))
    mark = min(known.up_to, now) if known else now
    # The provider lists the newest first and knows whole seconds only: what came in one second stays in its order.
    try:
        listed = list(texts.received_since(mark - overlap))
    except AccountRefused as refused:
        code = refused.code
        desk.database.write(lambda tx: note_account(desk, tx, "to_list", code, now))
        raise
    listed.reverse()
    listed.sort(key=lambda each: each[1])
    taken, left_over = _take_in(desk, _missing(desk, listed), now)
    send_lost_answers(desk, texts, listed, now)
    newest = min([*left_over, max([mark, *(at for _, at in listed)])])

    def work(tx: Transaction) -> None:
        progress.move(tx, RECONCILE, newest, now, done=not left_over)
        note_account(desk, tx, "to_list", None, now)

    desk.database.write(work)
    return taken


def _missing(desk: Desk, listed: Sequence[Listed]) -> Iterable[Listed]:
    for start in range(0, len(listed), _LOOKED_UP_TOGETHER):
        yield from _unknown(desk, listed[start : start + _LOOKED_UP_TOGETHER])


def _unknown(desk: Desk, listed: Sequence[Listed]) -> list[Listed]:
    return desk.database.read(
        lambda tx: [each for each in listed if not messages.is_known(tx, each[0].provider, each[0].sid)]
    )


def _take_in(desk: Desk, missing: Iterable[Listed], now: datetime) -> tuple[int, list[datetime]]:
    """How many were taken in, and the times of those that could not be."""
    patience = timedelta(seconds=desk.settings.reconcile_after_seconds)
    taken, left_over = 0, []
    for message, sent_at in missing:
        # Twilio may still be handing it over. One from the future says that our clock is wrong, and waits for nothing.
        if abs(now - sent_at) < patience:
            continue
        try:
            answer = receive_message(desk, message._replace(sent_at=sent_at), now)
        except DatabaseAway:
            raise
        except Exception as fault:
            log.error("reconcile_failed", sid=message.sid, fault=type(fault).__name__)
            left_over.append(sent_at)
            continue
        if not answer.repeated:
            taken += 1
            log.warning("received_late", message=answer.inbound_id, seconds=int((now - sent_at).total_seconds()))
    return taken, left_over
