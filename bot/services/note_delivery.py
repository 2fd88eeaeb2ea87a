"""What became of a text of ours, as the provider reports it: late, twice and in any order."""

from datetime import datetime
from typing import Protocol

import structlog

from bot.services.desk import Desk
from bot.services.note_account import note_account
from bot.services.note_page import note_page, own_page
from bot.services.note_unreachable import note_unreachable
from bot.storage import deliveries
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

_FAILED = frozenset({"failed", "undelivered"})
_ARRIVED = frozenset({"delivered", "read"})
# Taken, and never sent: our account was suspended in between.
_SUSPENDED = "30002"


class Report(Protocol):
    """The provider's word: its id, its status, an error's number, and our own id where it came along."""

    @property
    def sid(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def error_code(self) -> str | None: ...
    @property
    def outbound_id(self) -> str | None: ...


def note_delivery(desk: Desk, report: Report, now: datetime) -> None:
    """Moves the message forward, never back; a failure becomes a task for staff. Unknown messages are no fault.

    Raises `DatabaseAway`.
    """

    def work(tx: Transaction) -> None:
        delivery = deliveries.move_status(
            tx, report.sid, report.status, report.error_code, outbound_id=report.outbound_id
        )
        if delivery is None or not delivery.moved:
            return
        page = own_page(tx, delivery.id) if delivery.lane == "alert" else None
        if page is not None and report.status in (*_FAILED, *_ARRIVED):
            arrived = report.status in _ARRIVED
            note_page(tx, page, "delivered" if arrived else "failed", report.error_code, now)
        if report.status not in _FAILED:
            return
        log.warning("not_delivered", message=delivery.id, lane=delivery.lane, code=report.error_code)
        note_unreachable(
            desk,
            tx,
            conversation_id=delivery.conversation_id,
            lane=delivery.lane,
            code=report.error_code or "unknown",
            recipient=None,
            now=now,
        )
        if report.error_code == _SUSPENDED:
            note_account(desk, tx, "to_send", _SUSPENDED, now)

    desk.database.write(work)
