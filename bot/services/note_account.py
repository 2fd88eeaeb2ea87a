"""Whether the provider lets us in at all. A token that was revoked, or an account that was suspended, stops every text:
so people hear of it at once, by the road that is left."""

from datetime import datetime

import structlog

from bot.domain.conversation import LANGUAGES
from bot.services.desk import Desk
from bot.storage import outbox, refusals
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage
from bot.storage.refusals import Asked

log = structlog.get_logger(__name__)

_HOUR = 3600


def note_account(desk: Desk, tx: Transaction, asked: Asked, refused: str | None, now: datetime) -> None:
    """Keeps what the provider said when it was `asked`: `refused` is its code, None means that it let us in.

    The first refusal makes us not ready and writes an e-mail to everybody who may be told of an alert, at most one an
    hour each: an account that comes and goes fills nobody's letter box. It must be the last thing of a transaction
    that holds an alert or a conversation: any two of these may meet here.
    """
    if refused is None:
        if refusals.end(tx, asked):
            log.warning("account_let_in_again", asked=asked)
        return
    if not refusals.begin(tx, asked, now):
        return
    log.critical("account_refused", asked=asked, code=refused)
    words = "\n".join(desk.catalogue.text(language, "alerts.mail.account_refused", {}) for language in LANGUAGES)
    for key, person in desk.team.people.items():
        if person.email and desk.settings.smtp_url:
            message = OutboundMessage(
                lane="alert",
                kind="alert_news",
                channel="email",
                recipient=person.email,
                body=f"{words}\n{desk.settings.public_url}/staff",
                dedupe_key=f"account_refused:{key}:{int(now.timestamp()) // _HOUR}",
                due_at=now,
            )
            outbox.put(tx, desk.vault, message, now)
