"""Judges an offer: may a parent be told of it today, and if not, why not."""

from datetime import datetime, timedelta

from bot.domain.freshness import Standing, standing
from bot.domain.offers import Offer
from bot.domain.slots import WALES
from bot.services.desk import Desk


def judge_offer(desk: Desk, offer: Offer, now: datetime) -> Standing:
    """Where the offer stands today, by this house's settings. Only `SHOWN` may reach a parent."""
    return standing(
        offer,
        today=now.astimezone(WALES).date(),
        keeps=keeps_for(desk),
        production=desk.settings.is_production,
    )


def keeps_for(desk: Desk) -> timedelta:
    """How long a check counts, by this house's settings."""
    return timedelta(seconds=desk.settings.offer_fresh_seconds)
