"""Takes an alert as far along its chain as it must go now: the one place where a chain moves by time."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.content.bank_holidays import closed_days
from bot.domain.alerts import Expire, GiveUp, MoveTo, Page, PageThem, Standing, Surroundings, Wait, next_step
from bot.domain.chain import Chain, unpack_chain
from bot.domain.slots import is_open
from bot.services.desk import Desk
from bot.services.match_accounts import match_accounts
from bot.services.page_person import page_person
from bot.services.tell_paged import tell_owner
from bot.storage import chasing, concerns, pages, tasks
from bot.storage.concerns import Alert
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

# What in an alert's history makes it somebody's, or nobody's.
_WHOSE = frozenset({"passed_on", "acknowledged", "expired", "closed", "reopened"})


class ChainWentRound(RuntimeError):
    """The rules of the chain did not come to rest. It is looked at again; nothing of this try is kept."""


def step_alert(desk: Desk, tx: Transaction, alert: Alert, now: datetime) -> Alert:
    """The alert as it stands after everything that is due at `now`; its next time is in its row.

    `alert` must be ours (`chasing.take`, or opened in this transaction).
    """
    if alert.state == "closed":
        return alert
    alert = _mend_clock(desk, tx, alert, now)
    chain = chain_of(desk, alert)
    around = _surroundings(desk, tx, now)
    for _ in range(8 * len(chain.levels) + 16):
        told = pages.of_alert(tx, alert.id)
        step = next_step(chain, _standing(tx, alert), [_page(row) for row in told], around, now)
        match step:
            case Wait(due_at, nobody):
                if nobody and chasing.mark_unreached(tx, alert.id, now):
                    log.critical("nobody_to_tell", alert=alert.id)
                    tasks.open_task(tx, alert.conversation_id, "alert_not_delivered", now)
                chasing.look_again(tx, alert.id, due_at)
                return concerns.load(tx, alert.id) or alert
            case PageThem(calls):
                knew = {row.person for row in told if row.state != "failed"}
                for person, channel in calls:
                    page_person(desk, tx, alert, desk.team.people[person], channel, now, again=person in knew)
            case GiveUp(silent):
                lost = {(page.person, page.channel, page.at) for page in silent}
                for row in told:
                    if (row.person, row.channel, row.at) in lost and pages.move(
                        tx, row.id, "failed", now, error_code="no_receipt"
                    ):
                        _note_failure(tx, alert, row, "no_receipt", now)
            case MoveTo(level, stage_at, reason):
                if reason in ("empty", "unreachable"):
                    log.error("alert_level_passed", alert=alert.id, level=alert.level, reason=reason)
                if reason == "empty" or (reason == "unreachable" and chasing.mark_unreached(tx, alert.id, now)):
                    tasks.open_task(tx, alert.conversation_id, "alert_not_delivered", now)
                alert = chasing.enter(tx, alert, level, stage_at, now, why=reason) or alert
            case Expire():
                owner = alert.owner
                alert = chasing.set_free(tx, alert, 0, now, who="bot", kind="expired", detail=owner) or alert
                tell_owner(desk, tx, alert, owner, now)
    raise ChainWentRound(alert.id)


def _note_failure(tx: Transaction, alert: Alert, row: pages.PageRow, code: str, now: datetime) -> None:
    concerns.note(tx, alert.id, now, who="bot", kind="not_reached", detail=f"{row.person} {row.channel} {code}")


def _mend_clock(desk: Desk, tx: Transaction, alert: Alert, now: datetime) -> Alert:
    """A clock that was put back makes times lie in the future: what had begun begins now."""
    if alert.stage_at is not None and alert.stage_at <= now:
        return alert
    chasing.set_clock(tx, alert.id, now)
    due_at = alert.due_at
    if alert.state == "acknowledged":
        due_at = now + timedelta(seconds=desk.settings.acknowledgement_seconds)
    return replace(alert, stage_at=now, due_at=due_at)


def chain_of(desk: Desk, alert: Alert) -> Chain:
    """The chain the alert was opened with. Where nobody of it is in the team any more, the team's chain of today."""
    if alert.chain is None:
        return desk.chain
    kept = unpack_chain(alert.chain)
    known = any(member.key in desk.team.people for level in kept.levels for member in level.members)
    return kept if known else desk.chain


def _surroundings(desk: Desk, tx: Transaction, now: datetime) -> Surroundings:
    disabled = match_accounts(desk.team, tx).disabled
    closed = closed_days(desk.team.closed, now)
    return Surroundings(
        people={key: person.roads for key, person in desk.team.people.items() if key not in disabled},
        closed=closed,
        office_open=is_open(desk.team.hours, closed, now),
        receipt=timedelta(seconds=desk.settings.receipt_seconds),
    )


def _standing(tx: Transaction, alert: Alert) -> Standing:
    return Standing(
        alert.state,
        alert.severity,
        alert.level,
        alert.stage,
        alert.stage_at or alert.opened_at,
        alert.due_at,
        # What is graver than a thing to read is told at once in any case.
        _passed_on(tx, alert) if alert.severity == "watch" else None,
    )


def _passed_on(tx: Transaction, alert: Alert) -> int | None:
    levels = 0
    for each in reversed(concerns.events(tx, alert.id)):
        if each.kind in _WHOSE:
            return alert.stage - levels if each.kind == "passed_on" else None
        levels += each.kind == "level"
    return None


def _page(row: pages.PageRow) -> Page:
    return Page(row.person, row.channel, row.level, row.stage, row.at, row.state)
