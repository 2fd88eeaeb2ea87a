"""Whether everything that must work does: what `/readyz` and `/metrics` tell."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.content.bank_holidays import closed_days
from bot.content.team_file import Team
from bot.domain.chain import gaps
from bot.services.match_accounts import match_accounts
from bot.storage.database import Database, DatabaseAway
from bot.storage.vitals import take_vitals

# The provider's list is gone through every HELO_RECONCILE_SECONDS. So many times it may fail before we say so.
MISSED_ROUNDS = 3
# An alert this late, or a message waiting this long, means that nobody is sending: seconds.
LATE_ALERT = 60
LATE_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ages in whole seconds; None where nothing is known. `account_refused`: 1 while the provider refuses us."""

    database: bool
    oldest_overdue_alert_seconds: int
    open_alerts: int
    oldest_waiting_seconds: int
    waiting_messages: int
    rota_gaps: int
    unreached_alerts: int
    dropped_too_late: int = 0
    last_reconcile_seconds: int | None = None
    reconcile_within_seconds: int | None = None
    account_refused: int = 0

    @property
    def ready(self) -> bool:
        """False when a person could be waiting for something that is not happening."""
        return (
            self.database
            and self.oldest_overdue_alert_seconds <= LATE_ALERT
            and self.oldest_waiting_seconds <= LATE_MESSAGE
            and self.rota_gaps == 0
            and self.unreached_alerts == 0
            and not self.account_refused
            and not self._reconciles_too_seldom
        )

    @property
    def _reconciles_too_seldom(self) -> bool:
        if self.last_reconcile_seconds is None or self.reconcile_within_seconds is None:
            return False
        return self.last_reconcile_seconds > self.reconcile_within_seconds


def report_readiness(database: Database, team: Team, now: datetime, *, reconcile_seconds: int | None) -> Readiness:
    """The state of things at `now`. Never raises for a database that is away: that is its first news.

    `reconcile_seconds`: how often the provider is asked for what never reached us; None where there is no provider.
    """
    try:
        vitals, disabled = database.read(lambda tx: (take_vitals(tx, now), match_accounts(team, tx).disabled))
    except DatabaseAway:
        return Readiness(False, 0, 0, 0, 0, 0, 0)
    return Readiness(
        database=True,
        oldest_overdue_alert_seconds=_age(vitals.oldest_alert_due, now),
        open_alerts=vitals.open_alerts,
        oldest_waiting_seconds=_age(vitals.oldest_waiting, now),
        waiting_messages=vitals.waiting_messages,
        rota_gaps=len(rota_gaps(team, now, disabled=disabled)),
        unreached_alerts=vitals.unreached_alerts,
        dropped_too_late=vitals.dropped_too_late,
        last_reconcile_seconds=_age(vitals.reconciled_at, now) if vitals.reconciled_at and reconcile_seconds else None,
        account_refused=int(vitals.refused_since is not None),
        reconcile_within_seconds=MISSED_ROUNDS * reconcile_seconds + LATE_ALERT if reconcile_seconds else None,
    )


def rota_gaps(
    team: Team, now: datetime, *, days: int = 0, disabled: Collection[str] = ()
) -> tuple[tuple[int, datetime], ...]:
    """Levels (from 1) that are on duty with nobody in them, and from when: now, or within `days`.

    `disabled`: keys of people who are not told of alerts though the team's file names them (`Matches.disabled`).
    """
    people = {key: person.roads for key, person in team.people.items() if key not in disabled}
    found = gaps(team.chain, people, closed_days(team.closed, now), now, days=days)
    return tuple((gap.level + 1, gap.starts_at) for gap in found)


def _age(moment: datetime | None, now: datetime) -> int:
    return max(0, int((now - moment).total_seconds())) if moment else 0
