"""Sends what is due in one lane of the outbox: claims it, reads the truth again, and lets go of what must not leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from bot.domain.contact import KINDS, reason_to_hold, safe_parts
from bot.domain.conversation import Channel, speaks_of_no_baby
from bot.domain.freshness import Standing
from bot.domain.status import Status
from bot.domain.text_hours import may_text_at
from bot.gateways.roads import Roads
from bot.services import (
    ask_after_offers,
    offer_again,
    remind_of_calls,
    remind_owners,
    tell_caller,
    try_phones,
)
from bot.services.apologise_for_waiting import APOLOGY
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer
from bot.services.judge_question import judge_question
from bot.services.know_offers import with_known_offers
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.note_loss import STAFF_TELL
from bot.services.note_page import is_over
from bot.services.recall_answers import recall_answers
from bot.services.remind_of_calls import reason_not_to_remind
from bot.services.reply_late import LATE
from bot.services.send_message import send_message
from bot.storage import calls, conversations, losses, outbox, promises, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction
from bot.storage.outbox import Claimed, Result

log = structlog.get_logger(__name__)

# Claimed together and sent side by side, so that one road that hangs does not keep the others waiting, and every one of
# them ends well within its lease.
BATCH = 4
# What nobody misses when its time is over.
LATE_IN_SILENCE = frozenset({ask_after_offers.KIND, try_phones.KIND})


def send_due(desk: Desk, roads: Roads, lane: str, now: datetime) -> int:
    """How many messages of `lane` (alert, reply or reminder) were handled; `BATCH` of them mean that more may wait.

    Raises `DatabaseAway`; what was claimed is then claimed again when its lease ends.
    """
    handled, leaving = desk.database.write(lambda tx: _claim(desk, tx, lane, now))
    if len(leaving) == 1:
        send_message(desk, roads, leaving[0])
    elif leaving:
        with ThreadPoolExecutor(len(leaving), thread_name_prefix=f"send-{lane}") as side_by_side:
            list(side_by_side.map(lambda claimed: send_message(desk, roads, claimed), leaving))
    return handled


def _claim(desk: Desk, tx: Transaction, lane: str, now: datetime) -> tuple[int, list[Claimed]]:
    claims = outbox.claim(tx, desk.vault, lane=lane, now=now, lease_seconds=desk.settings.lease_seconds, limit=BATCH)
    leaving = []
    for claimed in claims:
        reason = _reason_to_drop(desk, tx, claimed, now)
        if reason is None:
            leaving.append(claimed)
            continue
        outbox.record_result(tx, claimed, Result("dropped", error_code=reason), now)
        log.info("message_dropped", message=claimed.id, lane=lane, kind=claimed.kind, reason=reason)
        if (reason == "too_late" and claimed.kind not in LATE_IN_SILENCE) or reason == "unsafe_hour":
            tasks.open_task(tx, claimed.conversation_id, "message_too_late", now)
        elif reason == "loss" and claimed.kind in STAFF_TELL:
            tasks.open_task(tx, claimed.conversation_id, STAFF_TELL[claimed.kind], now)
        elif reason in ("not_safe", "unknown_kind"):
            tasks.open_task(tx, claimed.conversation_id, "not_safe_to_text", now)
    return len(claims), leaving


def _reason_to_drop(desk: Desk, tx: Transaction, claimed: Claimed, now: datetime) -> str | None:
    """Why the message must not leave now, whatever was true when it was written. An alert to staff always leaves,
    unless somebody has taken it in the meantime."""
    if claimed.lane == "alert":
        return "taken" if is_over(tx, claimed.id) else None
    if claimed.kind == try_phones.KIND:
        return "too_late" if claimed.not_after is not None and now > claimed.not_after else None
    if claimed.kind == remind_owners.KIND:
        return _reason_not_to_remind_owner(with_known_offers(desk, tx), claimed, now)
    if claimed.kind == tell_caller.KIND:
        return None  # it says what is true when it leaves, and there is always something to say
    if claimed.not_after is not None and now > claimed.not_after:
        return "too_late"
    stored = conversations.load(tx, desk.vault, claimed.conversation_id) if claimed.conversation_id else None
    if claimed.conversation_id and (stored is None or not stored.contact):
        return "erased"
    # The parent wrote again meanwhile and was answered: this would put an old question after a new one.
    if claimed.kind == LATE and stored and stored.heard_at and stored.heard_at > claimed.created_at:
        return "overtaken"
    if claimed.kind == APOLOGY and promises.load(tx, claimed.dedupe_key.rpartition(":")[2]) is None:
        return "answered"
    if held := _held(desk, tx, claimed, stored):
        return held
    reason = _reason_of_its_kind(desk, tx, claimed, stored, now) or _unsafe_hour(desk, tx, claimed, stored, now)
    if reason is None and claimed.channel == Channel.SMS:
        # A parent of the web chat may have switched off texts on their phone.
        by_text = conversations.find(tx, desk.vault, channel=Channel.SMS, contact=claimed.recipient)
        if by_text is not None and by_text.conversation.status is Status.OPTED_OUT:
            return "opted_out"
    return reason


def _reason_of_its_kind(
    desk: Desk, tx: Transaction, claimed: Claimed, stored: Stored | None, now: datetime
) -> str | None:
    """What it is about may have changed since it was written."""
    if claimed.kind == remind_of_calls.KIND:
        return reason_not_to_remind(desk, tx, claimed.dedupe_key, now)
    if claimed.kind == offer_again.KIND:
        return offer_again.reason_not_to_offer(tx, stored, calls.load(tx, desk.vault, _named_in(claimed)))
    if claimed.kind == ask_after_offers.KIND:
        return judge_question(tx, stored, _named_in(claimed))
    return None


def _held(desk: Desk, tx: Transaction, claimed: Claimed, stored: Stored | None) -> str | None:
    """What the one rule of safe contact says, by the truth of this moment. A message to nobody we know obeys it too."""
    conversation = stored.conversation if stored else None
    told = losses.known(tx, conversation.id) if conversation and conversation.loss else None
    return reason_to_hold(
        claimed.kind,
        channel=claimed.channel,
        status=conversation.status if conversation else Status.WITH_BOT,
        loss=speaks_of_no_baby(conversation) if conversation else False,
        unsafe=stored is not None and not look_up_safe_contact(desk, tx, stored),
        written_before_loss=told is not None and claimed.created_at < told.at,
    )


def _unsafe_hour(desk: Desk, tx: Transaction, claimed: Claimed, stored: Stored | None, now: datetime) -> str | None:
    """Not at night, nor at an hour that the parent did not name as safe, where the text is no answer to them."""
    if stored is None or claimed.channel != Channel.SMS or not KINDS[claimed.kind].in_hours:
        return None
    return None if may_text_at(now, safe_parts(recall_answers(desk, tx, stored.conversation))) else "unsafe_hour"


def _reason_not_to_remind_owner(desk: Desk, claimed: Claimed, now: datetime) -> str | None:
    """The offer may have been checked, or taken out, since the reminder to its owner was written."""
    offer = desk.directory.get(_named_in(claimed))
    standing = judge_offer(desk, offer, now) if offer else Standing.OPEN
    same_check = offer is not None and claimed.dedupe_key.endswith(f":{offer.checked}")
    return None if same_check and standing in remind_owners.DUE else "checked"


def _named_in(claimed: Claimed) -> str:
    """What the message is about: the second part of its key."""
    return claimed.dedupe_key.split(":")[1]
