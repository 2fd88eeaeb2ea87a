"""Reminds whoever keeps an offer, a fortnight before its check is too old: by e-mail, once for each check."""

from datetime import date, datetime, timedelta

from bot.content.moments import day_in_words
from bot.domain.conversation import LANGUAGES, Value
from bot.domain.freshness import Standing, stale_on
from bot.domain.offers import Offer
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer
from bot.services.know_offers import know_offers
from bot.storage import outbox
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

KIND = "offer_owner"
DUE = frozenset({Standing.SOON, Standing.STALE})


def remind_owners(desk: Desk, now: datetime) -> int:
    """How many reminders were written. Safe to run twice: each check of an offer is asked about once."""
    if not desk.settings.smtp_url:
        return 0
    directory = desk.database.read(lambda tx: know_offers(desk, tx))
    due = [offer for offer in directory.offers if offer.owner_email and judge_offer(desk, offer, now) in DUE]
    if not due:
        return 0
    return desk.database.write(lambda tx: sum(_remind(desk, tx, offer, now) for offer in due))


def _remind(desk: Desk, tx: Transaction, offer: Offer, now: datetime) -> bool:
    message = OutboundMessage(
        lane="reminder",
        kind=KIND,
        channel="email",
        recipient=offer.owner_email,
        body="\n\n".join(_words(desk, offer, language) for language in LANGUAGES),
        dedupe_key=f"{KIND}:{offer.id}:{offer.checked}",
        due_at=now,
    )
    return outbox.put(tx, desk.vault, message, now) is not None


def _words(desk: Desk, offer: Offer, language: str) -> str:
    ends = stale_on(offer, timedelta(seconds=desk.settings.offer_fresh_seconds))
    values: dict[str, Value] = {
        "name": offer.name,
        "team": desk.team.facts["team"],
        "checked": _day(language, offer.checked),
        "day": _day(language, ends),
    }
    return desk.catalogue.text(language, "console.offer_mail.body", values)


def _day(language: str, day: date | None) -> str:
    return day_in_words(language, day) if day else ""
