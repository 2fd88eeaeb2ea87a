"""Short news of an alert for people who know of it: who has taken it, or that it is theirs, or anybody's, no more."""

from datetime import datetime

from bot.domain.alerts import QUIET
from bot.domain.conversation import LANGUAGES, Value
from bot.services.desk import Desk
from bot.services.match_accounts import match_accounts
from bot.services.page_person import link_to
from bot.storage import outbox, pages
from bot.storage.concerns import Alert
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage


def tell_paged(desk: Desk, tx: Transaction, alert: Alert, now: datetime) -> None:
    """Tells everybody who was paged, but for its owner, who has it: by the last road that did not fail."""
    who = match_accounts(desk.team, tx)
    owner, name = who.person_of(alert.owner), who.name_of(alert.owner)
    for key, channel, recipient in _paged(desk, tx, alert):
        if key != owner:
            _put(desk, tx, alert, "taken", f"{key}:{alert.acknowledged_at}", channel, recipient, {"name": name}, now)


def tell_owner(desk: Desk, tx: Transaction, alert: Alert, owner: str | None, now: datetime) -> None:
    """Tells whoever had the alert that their time has run out. Whoever is on call now is paged beside."""
    for channel, recipient in _roads(desk, tx, owner):
        _put(desk, tx, alert, "expired", f"{owner}:{channel}:{alert.stage}", channel, recipient, {}, now)


def tell_owner_passed_on(desk: Desk, tx: Transaction, alert: Alert, owner: str | None, by: str, now: datetime) -> None:
    """Tells whoever had the alert that a colleague passed it on. Who passes on their own knows it."""
    who = match_accounts(desk.team, tx)
    mine, theirs = who.person_of(by), who.person_of(owner)
    if owner == by or (mine is not None and mine == theirs):
        return
    for channel, recipient in _roads(desk, tx, owner):
        mark = f"{owner}:{channel}:{alert.stage}"
        _put(desk, tx, alert, "passed_on", mark, channel, recipient, {"name": who.name_of(by)}, now)


def tell_owner_more(desk: Desk, tx: Transaction, alert: Alert, severity: str, now: datetime) -> None:
    """Tells whoever has the alert that more was said, of this `severity`: at most once in the time an acknowledgement
    lasts, and where a life is at risk once in two minutes.

    Where there is no road to them but the console, everybody who was paged is told: somebody must hear of it.
    """
    often = QUIET.seconds if severity == "immediate" else desk.settings.acknowledgement_seconds
    period = int(now.timestamp()) // often
    known = [(alert.owner, *road) for road in _roads(desk, tx, alert.owner)]
    for whom, channel, recipient in known or _paged(desk, tx, alert):
        _put(desk, tx, alert, "more", f"{whom}:{channel}:{often}:{period}", channel, recipient, {}, now)


def tell_owner_it_rose(desk: Desk, tx: Transaction, alert: Alert, owner: str, now: datetime) -> None:
    """Tells whoever had the alert when graver words came, and it became nobody's; unless they have just been paged."""
    paged = {page.person for page in pages.of_alert(tx, alert.id) if page.stage == alert.stage}
    if match_accounts(desk.team, tx).person_of(owner) in paged:
        return
    for channel, recipient in _roads(desk, tx, owner):
        _put(desk, tx, alert, "more", f"{owner}:{channel}:rose:{alert.stage}", channel, recipient, {}, now)


def _paged(desk: Desk, tx: Transaction, alert: Alert) -> list[tuple[str, str, str]]:
    """Everybody who was paged, with the road by which it reached them last."""
    roads = {
        page.person: page.channel
        for page in pages.of_alert(tx, alert.id)
        if page.channel != "console" and page.state != "failed" and page.person in desk.team.people
    }
    found = []
    for key, channel in roads.items():
        person = desk.team.people[key]
        recipient = person.sms if channel == "sms" else person.email
        if recipient:
            found.append((key, channel, recipient))
    return found


def _roads(desk: Desk, tx: Transaction, owner: str | None) -> list[tuple[str, str]]:
    """By text and by e-mail, where there is a road: both, because nothing follows when one of them fails."""
    who = match_accounts(desk.team, tx)
    person = desk.team.people.get(who.person_of(owner) or "")
    both = (("sms", person.sms if person else None), ("email", who.mail_of(owner)))
    return [(channel, recipient) for channel, recipient in both if recipient]


def _put(
    desk: Desk,
    tx: Transaction,
    alert: Alert,
    what: str,
    mark: str,
    channel: str,
    recipient: str,
    more: dict[str, Value],
    now: datetime,
) -> None:
    values: dict[str, Value] = {"reference": alert.reference, **more}
    lines = [desk.catalogue.text(language, f"alerts.sms.{what}", values) for language in LANGUAGES]
    message = OutboundMessage(
        lane="alert",
        kind="alert_news",
        channel=channel,
        recipient=recipient,
        body="\n".join([*lines, link_to(desk, alert.id)]),
        dedupe_key=f"{what}:{alert.id}:{mark}"[:128],
        due_at=now,
        conversation_id=alert.conversation_id,
    )
    outbox.put(tx, desk.vault, message, now)
