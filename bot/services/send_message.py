"""Sends one claimed message and writes down what became of it. No transaction is open while it travels."""

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog

from bot.domain.backoff import is_given_up, wait_seconds
from bot.domain.conversation import LANGUAGES, Channel
from bot.domain.phone import read_uk_mobile
from bot.gateways.invitations import invitation
from bot.gateways.ports import (
    Accepted,
    AccountRefused,
    ProviderAway,
    Refused,
    SendResult,
    SendsEmail,
    SendsTexts,
    Unknown,
)
from bot.gateways.roads import Roads
from bot.services.desk import Desk
from bot.services.note_account import note_account
from bot.services.note_page import note_page, own_page
from bot.services.note_unreachable import note_unreachable
from bot.services.tell_caller import KIND, invited_to
from bot.storage import outbox, tasks
from bot.storage.database import Database, Transaction
from bot.storage.outbox import Claimed, Result

log = structlog.get_logger(__name__)

_CLOCKS_DIFFER = timedelta(seconds=5)
# A provider that refuses our account refuses every text. Each process asks it again this often, with what is due first,
# and spares it all else.
_ASK_AGAIN = timedelta(seconds=60)
_refused: "WeakKeyDictionary[Database, tuple[datetime, str]]" = WeakKeyDictionary()


def send_message(desk: Desk, roads: Roads, claimed: Claimed) -> None:
    """Sends `claimed` by its road. Raises `DatabaseAway` when what came of it could not be kept: it is sent again."""
    try:
        result = _send(desk, roads, claimed)
    except Exception as fault:
        log.error("send_failed", message=claimed.id, fault=type(fault).__name__)
        result = Unknown(type(fault).__name__)
    now = desk.now()

    def work(tx: Transaction) -> bool:
        kept = _write_down(desk, tx, claimed, result, now)
        _note_account(desk, tx, claimed, result, now)
        return kept

    kept = desk.database.write(work)
    if not kept:
        # Another worker has it by now: its own record counts, and a parent may have got the message twice.
        log.warning("lease_lost", message=claimed.id, lane=claimed.lane)


def _send(desk: Desk, roads: Roads, claimed: Claimed) -> SendResult:
    match claimed.channel:
        case "email" if roads.email and claimed.kind == KIND:
            return _invite(desk, roads.email, claimed)
        case "email" if roads.email:
            title = "console.offer_mail.subject" if claimed.kind == "offer_owner" else "alerts.title"
            subject = " / ".join(desk.catalogue.text(language, title) for language in LANGUAGES)
            return roads.email.send(claimed.recipient, subject, claimed.body, dedupe=claimed.id)
        case "sms" if roads.texts:
            return _text(desk, roads.texts, claimed)
        case "sms" | "email":
            return Refused("no_road", permanent=True)
    # The web chat, the terminal and the console fetch what is written for them.
    return Accepted("")


def _text(desk: Desk, texts: SendsTexts, claimed: Claimed) -> SendResult:
    to = read_uk_mobile(claimed.recipient)
    if to is None:
        return Refused("not_uk_mobile", permanent=True)
    now = desk.now()
    refused_at, code = _refused.get(desk.database, (None, ""))
    if refused_at is not None and refused_at <= now < refused_at + _ASK_AGAIN:
        return Refused(code, permanent=False, retry_after=(refused_at + _ASK_AGAIN - now).total_seconds(), account=True)
    result = _ask(texts, to, claimed)
    if isinstance(result, Refused) and result.account:
        _refused[desk.database] = (now, result.code)
        return replace(result, retry_after=_ASK_AGAIN.total_seconds())
    if isinstance(result, Accepted):
        _refused.pop(desk.database, None)
    return result


def _ask(texts: SendsTexts, to: str, claimed: Claimed) -> SendResult:
    if claimed.lane != "alert" and claimed.attempts > 1:
        # An earlier try may have left after all: a parent is never texted twice for want of looking.
        try:
            sid = texts.find_sent(to, claimed.body, since=claimed.created_at - _CLOCKS_DIFFER)
        except AccountRefused as refused:
            return Refused(refused.code, permanent=False, account=True)
        except ProviderAway:
            return Refused("cannot_look_up", permanent=False)
        if sid:
            return Accepted(sid)
    return texts.send(to, claimed.body, dedupe=claimed.id)


def _invite(desk: Desk, email: SendsEmail, claimed: Claimed) -> SendResult:
    """An invitation says what is true when it leaves; about a call that is gone there is nothing left to say."""
    entry = desk.database.read(lambda tx: invited_to(desk, tx, claimed.body))
    if entry is None:
        return Accepted("")
    calendar = invitation(entry, organiser=email.sender, attendee=claimed.recipient)
    method = "REQUEST" if entry.stands else "CANCEL"
    return email.send(claimed.recipient, entry.title, entry.link, dedupe=claimed.id, calendar=(method, calendar))


def _write_down(desk: Desk, tx: Transaction, claimed: Claimed, result: SendResult, now: datetime) -> bool:
    outcome = _outcome(claimed, result, now)
    page = own_page(tx, claimed.id) if claimed.lane == "alert" else None
    if not outbox.record_result(tx, claimed, outcome, now):
        return False
    if page is not None:
        note_page(tx, page, "sent" if outcome.state == "sent" else "failed", outcome.error_code, now)
    if outcome.state == "failed":
        log.warning("message_not_sent", message=claimed.id, lane=claimed.lane, code=outcome.error_code)
        if isinstance(result, Refused) and result.permanent:
            _note_permanent(desk, tx, claimed, result.code, now)
        else:
            tasks.open_task(tx, claimed.conversation_id, "cannot_be_texted", now)
    return True


def _note_account(desk: Desk, tx: Transaction, claimed: Claimed, result: SendResult, now: datetime) -> None:
    if claimed.channel != "sms":
        return
    if isinstance(result, Accepted):
        note_account(desk, tx, "to_send", None, now)
    elif isinstance(result, Refused) and result.account:
        note_account(desk, tx, "to_send", result.code, now)


def _note_permanent(desk: Desk, tx: Transaction, claimed: Claimed, code: str, now: datetime) -> None:
    recipient = claimed.recipient if claimed.channel == Channel.SMS else None
    if code == "no_road" and claimed.channel == "email":
        return  # a house without e-mail has chosen so, and texts the same alert
    note_unreachable(
        desk, tx, conversation_id=claimed.conversation_id, lane=claimed.lane, code=code, recipient=recipient, now=now
    )


def _outcome(claimed: Claimed, result: SendResult, now: datetime) -> Result:
    match result:
        case Accepted(sid):
            return Result("sent", provider_sid=sid or None)
        case Refused(code, permanent=True):
            return Result("failed", error_code=code)
        case Refused(code):
            asked = result.retry_after or 0.0
        case Unknown(reason):
            code, asked = f"unknown_{reason}", 0.0
    if is_given_up(claimed.lane, claimed.attempts):
        return Result("failed", error_code=code)
    spread = zlib.crc32(claimed.id.encode()) / 0xFFFFFFFF
    wait = max(wait_seconds(claimed.lane, claimed.attempts, spread), asked)
    return Result("waiting", error_code=code, retry_at=now + timedelta(seconds=wait))
