"""Days and times in words, as people in Wales say them: 24 hours, London time, no year.

Welsh begins small ("dydd Llun 23 Tachwedd am 14:30"), as it stands within a sentence.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names

LONDON = ZoneInfo("Europe/London")
_AT = {"en": "at", "cy": "am"}
_DAYS = {language: dict(get_day_names("wide", locale=language)) for language in _AT}
_MONTHS = {language: dict(get_month_names("wide", locale=language)) for language in _AT}


@lru_cache(maxsize=4096)
def moment_in_words(language: str, moment: datetime) -> str:
    """“Monday 23 November at 14:30”. A time without a zone is taken as UTC."""
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LONDON)
    return f"{day_in_words(language, local)} {_AT[language]} {local:%H:%M}"


def day_in_words(language: str, local: date) -> str:
    """“Monday 23 November”, of a day, or of a time that is London's already."""
    day, month = _DAYS[language][local.weekday()], _MONTHS[language][local.month]
    return f"{day[0].lower() + day[1:] if language == 'cy' else day} {local.day} {month}"
