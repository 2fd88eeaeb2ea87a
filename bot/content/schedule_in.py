"""A schedule of Open Referral UK as a timetable of ours, where it can be one; its own words where it cannot."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.content.timetable import BadRule, Timetable, read_rule

_FREQUENCIES = ("WEEKLY", "MONTHLY")
_LOOK_AHEAD = 400
_TEXTS = ("dtstart", "valid_from", "valid_to", "byday", "bymonthday", "opens_at", "closes_at", "description")


def read_schedule(schedules: list[Any], fault: Callable[[str, str], None]) -> tuple[dict[str, str], str]:
    """What an offer's `times` would hold, or {} and the schedule's own words. `fault` is told what is misshapen.

    One schedule is one timetable; several are told in words, and somebody makes entries of them.
    """
    words = []
    for number, schedule in enumerate(schedules):
        if not isinstance(schedule, dict):
            fault(f".schedules[{number}]", "must be a schedule.")
            continue
        for name in (
            "dtstart",
            "valid_from",
            "valid_to",
            "byday",
            "bymonthday",
            "opens_at",
            "closes_at",
            "description",
        ):
            if not isinstance(schedule.get(name, ""), str | None):
                fault(f".schedules[{number}].{name}", "must be text.")
                return {}, ""
        words.append(" ".join((schedule.get("description") or "").split()))
    if len(schedules) != 1 or not isinstance(schedules[0], dict):
        return {}, " ".join(filter(None, words))
    return _times(schedules[0]), words[0]


def _times(schedule: dict[str, Any]) -> dict[str, str]:
    opens, closes = _clock(schedule.get("opens_at")), _clock(schedule.get("closes_at"))
    begins = _day(schedule.get("dtstart")) or _day(schedule.get("valid_from"))
    if opens is None or closes is None or begins is None:
        return {}
    rule = _rule(schedule)
    try:
        for ahead in range(_LOOK_AHEAD if rule else 1):
            starts = datetime.combine(begins + timedelta(days=ahead), opens)
            first = next(iter(read_rule(rule, starts)), None)
            if first is None:
                return {}
            if first == starts:
                Timetable(starts, closes, rule)
                break
        else:
            return {}
    except (BadRule, OverflowError):
        return {}
    times = {"starts": starts.strftime("%Y-%m-%d %H:%M"), "ends": closes.strftime("%H:%M")}
    return times | ({"rule": rule} if rule else {})


def _rule(schedule: dict[str, Any]) -> str:
    freq = schedule.get("freq")
    if freq not in _FREQUENCIES:
        return ""
    parts = [f"FREQ={freq}"]
    interval = schedule.get("interval")
    if isinstance(interval, int | float) and not isinstance(interval, bool) and interval != 1:
        parts.append(f"INTERVAL={interval:g}")
    for name in ("byday", "bymonthday"):
        if value := (schedule.get(name) or "").replace(" ", ""):
            parts.append(f"{name.upper()}={value}")
    if until := _day(schedule.get("valid_to")):
        parts.append(f"UNTIL={until:%Y%m%d}")
    return ";".join(parts)


def _clock(text: Any) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if text else None
    except (TypeError, ValueError):
        return None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except (TypeError, ValueError):
        return None
