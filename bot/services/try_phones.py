"""Once a week everybody who may be texted an alert gets a test and answers it like one; who has not is shown in red.

A phone that is dead, new or on silent is noticed on a quiet morning, and not by a parent at night.
"""

from datetime import datetime, timedelta

from bot.content.rota_file import OnCall
from bot.domain.ack_code import code_of
from bot.domain.conversation import LANGUAGES, Line
from bot.domain.slots import last_weekly
from bot.services.desk import Desk
from bot.services.match_accounts import TEAM, match_accounts
from bot.storage import audit, outbox
from bot.storage.database import Transaction
from bot.storage.outbox import OutboundMessage

KIND = "phone_test"
# A test that could not leave within this time is let go: the next one comes in a week.
SENT_WITHIN = timedelta(hours=4)
# How long a colleague may take before their phone counts as silent.
ANSWERED_WITHIN = timedelta(hours=2)
# note: The weekly test, a text to a colleague. {code} stands after the word, as in an alert.
ASK = Line("alerts.phone_test.ask").address
# note: The answer to a colleague who has answered the weekly test.
THANKS = Line("alerts.phone_test.thanks").address
_ASKED, _ANSWERED = "phone_test_asked", "phone_test_answered"


def try_phones(desk: Desk, now: datetime) -> int:
    """How many tests were written. Safe to run twice: each phone is tried once a week."""
    tested_at = _last_test(desk, now)
    if tested_at is None or now - tested_at > SENT_WITHIN:
        return 0
    return desk.database.write(lambda tx: sum(_try(desk, tx, one, tested_at, now) for one in _reachable(desk, tx)))


def answer_test(desk: Desk, tx: Transaction, key: str, code: str, now: datetime) -> bool:
    """Whether `code` answers this week's test of this person's phone; if so it is written down."""
    tested_at = _last_test(desk, now)
    if tested_at is None or code != _code(desk, key, tested_at):
        return False
    audit.record(tx, f"{TEAM}{key}", _ANSWERED, "phone", key, now)
    return True


def silent_phones(desk: Desk, tx: Transaction, now: datetime) -> tuple[OnCall, ...]:
    """Everybody who was sent the last test and has not answered it in time."""
    tested_at = _last_test(desk, now)
    if tested_at is None or now - tested_at < ANSWERED_WITHIN:
        return ()
    since = tested_at - timedelta(seconds=1)
    return tuple(
        one
        for one in _reachable(desk, tx)
        if audit.count_since(tx, _ASKED, "phone", one.key, since)
        and not audit.count_since(tx, _ANSWERED, "phone", one.key, since)
    )


def _last_test(desk: Desk, now: datetime) -> datetime | None:
    return last_weekly(desk.team.phone_test, now) if desk.team.phone_test else None


def _reachable(desk: Desk, tx: Transaction) -> list[OnCall]:
    """Everybody whom an alert could reach by text, whatever the hour."""
    disabled = match_accounts(desk.team, tx).disabled
    texted = {member.key for level in desk.team.chain.levels for member in level.members if "sms" in member.channels}
    return [one for key, one in desk.team.people.items() if one.mobile and key in texted - disabled]


def _try(desk: Desk, tx: Transaction, person: OnCall, tested_at: datetime, now: datetime) -> bool:
    code = _code(desk, person.key, tested_at)
    message = OutboundMessage(
        lane="reminder",
        kind=KIND,
        channel="sms",
        recipient=person.sms or "",
        body="\n".join(desk.catalogue.text(language, ASK, {"code": code}) for language in LANGUAGES),
        dedupe_key=f"{KIND}:{person.key}:{tested_at:%Y-%m-%d}",
        due_at=now,
        not_after=tested_at + SENT_WITHIN,
    )
    if outbox.put(tx, desk.vault, message, now) is None:
        return False
    audit.record(tx, "bot", _ASKED, "phone", person.key, now)
    return True


def _code(desk: Desk, key: str, tested_at: datetime) -> str:
    return code_of(desk.vault.fingerprint(f"phone test {key} {tested_at:%Y-%m-%d}"))
