"""Days on which nobody reads: bank holidays of Wales, and the team's own closed days."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache

import holidays

from bot.domain.slots import WALES


def closed_days(own: Collection[date], now: datetime) -> frozenset[date]:
    """Closed days of the year of `now` and the next."""
    year = now.astimezone(WALES).year
    return _of_wales(year) | _of_wales(year + 1) | frozenset(own)


def is_bank_holiday(day: date) -> bool:
    """Whether it is a bank holiday of Wales."""
    return day in _of_wales(day.year)


@lru_cache(maxsize=32)
def _of_wales(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="WLS", years=year))
