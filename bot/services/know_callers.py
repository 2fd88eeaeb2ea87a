"""Who takes calls, and when: the team's file, what each keeps on the console, and their own calendars together."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.slots import Caller, Interval
from bot.services.desk import Desk
from bot.storage import call_times, callers
from bot.storage.transaction import Transaction


def know_callers(desk: Desk, tx: Transaction) -> Mapping[str, Caller]:
    """Everybody who takes calls, by key: as they keep it themselves, or else as flows/team.yaml has it."""
    names = {key: caller.name for key, caller in desk.team.callers.items()}
    kept = callers.kept(tx, names)
    return {
        key: replace(kept[key].caller, email=caller.email) if key in kept else caller
        for key, caller in desk.team.callers.items()
    }


def know_busy(desk: Desk, tx: Transaction, now: datetime) -> Mapping[str, Collection[Interval]]:
    """When each of them has something else: calls of ours, or whatever their own calendar says."""
    until = now + desk.team.rules.horizon + timedelta(days=1)
    busy: dict[str, list[Interval]] = call_times.busy(tx, now, until, now=now)
    for calendar in callers.own_calendars(tx, desk.vault):
        busy.setdefault(calendar.staff_key, []).extend(calendar.busy)
    return busy
