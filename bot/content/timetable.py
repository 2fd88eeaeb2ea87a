"""When something happens, by an iCalendar rule (RFC 5545), in wall time of Wales, without the days it does not.

`python-dateutil` reads and follows the rules: it is the best-kept reader of them in Python, and came with `holidays`
already. A rule is followed in wall time, so that half past nine stays half past nine when the clocks change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from dateutil.rrule import DAILY, rrule, rrulestr

from bot.content.bank_holidays import is_bank_holiday
from bot.domain.slots import WALES

# What a rule may hold. A group for parents does not meet every second.
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "UNTIL", "WKST"})
_OFTEN = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PART = re.compile(r"[A-Z]+=[A-Z0-9,+:-]+")
# A rule is not followed further: one that never comes true would be followed to the year 9999.
_YEARS = 20
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_A_DAY = timedelta(days=1)


class BadRule(ValueError):
    """The rule cannot be followed; the message says why, for whoever wrote it."""


@dataclass(frozen=True)
class Timetable:
    """`starts` (wall time, no zone) is the first time, `ends` the clock time at which each ends.

    `rule` is an RRULE without its name ("FREQ=WEEKLY;BYDAY=TU"), "" for something that happens once. On bank holidays
    of Wales it does not happen unless `bank_holidays`, nor on the days `not_on`.
    """

    starts: datetime
    ends: time
    rule: str = ""
    not_on: frozenset[date] = frozenset()
    bank_holidays: bool = False

    def __post_init__(self) -> None:
        first = next(iter(self._rule), None)
        if first is None:
            raise BadRule("never happens")
        if first != self.starts:
            raise BadRule(f"the first time is {self.starts:%A %d %B %Y}, which is not one of the rule's")
        if self.ends <= self.starts.time():
            raise BadRule("ends before it begins")

    def next_after(self, now: datetime) -> datetime | None:
        """When it next begins, strictly after `now`, as aware UTC; None when it never does again."""
        asked, answer = self.__dict__.get("_last", (now, now))
        if asked <= now < answer:
            found: datetime = answer
            return found
        return self._look(now)

    def end_of(self, starts_at: datetime) -> datetime:
        """When what begins then ends, as aware UTC."""
        day = starts_at.astimezone(WALES).date()
        return datetime.combine(day, self.ends, WALES).astimezone(UTC)

    def _look(self, now: datetime) -> datetime | None:
        wall = now.astimezone(WALES).replace(tzinfo=None)
        for each in self._from(wall - _A_DAY):
            if each.date() in self.not_on or (not self.bank_holidays and is_bank_holiday(each.date())):
                continue
            at = each.replace(tzinfo=WALES).astimezone(UTC)
            if at > now:
                # Remembered: the answer stays the same until then, and most questions come in between.
                self.__dict__["_last"] = (now, at)
                return at
        return None

    def _from(self, wall: datetime) -> Iterator[datetime]:
        # The rule keeps the times it has worked out, so that asking again costs nothing.
        return iter(self._rule.xafter(wall, inc=True))

    @cached_property
    def _rule(self) -> rrule:
        return read_rule(self.rule, self.starts)


def read_rule(text: str, starts: datetime) -> rrule:
    """The rule as dateutil follows it. Raises `BadRule`."""
    if not text:
        return rrule(DAILY, dtstart=starts, count=1, cache=True)
    parts = text.split(";")
    names = [part.partition("=")[0] for part in parts]
    if not all(_PART.fullmatch(part) for part in parts):
        raise BadRule(f"“{text}” is not a rule such as FREQ=WEEKLY;BYDAY=TU")
    strange = sorted(set(names) - _PARTS)
    if strange or len(set(names)) != len(names):
        raise BadRule(f"“{text}” holds {', '.join(strange) or 'a part twice'}, which has no place here")
    given = dict(part.split("=", 1) for part in parts)
    if not re.fullmatch(r"[1-9]\d?", given.get("INTERVAL", "1")):
        raise BadRule(f"“{text}”: INTERVAL is a number from 1 to 99")
    if given.get("FREQ") not in _OFTEN:
        raise BadRule(f"“{text}”: FREQ may be {', '.join(sorted(_OFTEN))}")
    if not _FIRST_YEAR <= starts.year <= _LAST_YEAR:
        raise BadRule(f"the year {starts.year} cannot be meant")
    if "UNTIL" in given and not re.fullmatch(r"\d{8}(T\d{6})?", given["UNTIL"]):
        raise BadRule(f"“{text}”: UNTIL is a day such as 20270331, in time of Wales")
    if re.fullmatch(r"\d{8}", given.get("UNTIL", "")):
        text = text.replace(f"UNTIL={given['UNTIL']}", f"UNTIL={given['UNTIL']}T235959")
    try:
        rule = rrulestr(text, dtstart=starts, cache=True)
        last = starts.replace(year=starts.year + _YEARS, day=min(starts.day, 28))
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError, IndexError):
        raise BadRule(f"“{text}” is not a rule such as FREQ=WEEKLY;BYDAY=TU") from None
    if not isinstance(rule, rrule):
        raise BadRule(f"“{text}” is not one rule")
    until = rule._until  # dateutil has no public name for it
    return rule.replace(until=last) if until is None or until > last else rule
