"""What became of telling one person: a road that failed makes the chain look for the next one at once."""

from datetime import datetime

import structlog

from bot.storage import chasing, concerns, pages
from bot.storage.database import Transaction
from bot.storage.pages import PageRow

log = structlog.get_logger(__name__)


def note_page(tx: Transaction, page: PageRow, state: str, code: str | None, now: datetime) -> None:
    """Moves the page to sent, delivered or failed. After a failure its alert is due now, so the chase looks at it.

    The same message is tried again meanwhile: what arrives late has arrived.
    """
    if not pages.move(tx, page.id, state, now, error_code=code):
        return
    if state == "failed":
        log.warning("page_failed", alert=page.alert_id, channel=page.channel, code=code)
        detail = f"{page.person} {page.channel} {code or 'unknown'}"
        concerns.note(tx, page.alert_id, now, who="bot", kind="not_reached", detail=detail)
        chasing.hurry(tx, page.alert_id, now)
    elif state == "delivered" or page.channel == "email":
        concerns.note(tx, page.alert_id, now, who="bot", kind="reached", detail=f"{page.person} {page.channel}")
        chasing.mark_reached(tx, page.alert_id)


def own_page(tx: Transaction, outbound_id: str) -> PageRow | None:
    """The page that this message is, with its alert ours first: everybody who holds both takes them in this order."""
    page = pages.of_message(tx, outbound_id)
    if page is not None:
        chasing.take(tx, page.alert_id)
    return page


def is_over(tx: Transaction, outbound_id: str) -> bool:
    """Whether this message would page somebody for an alert that is not open any more."""
    page = pages.of_message(tx, outbound_id)
    alert = concerns.load(tx, page.alert_id) if page else None
    return alert is not None and alert.state != "open"
