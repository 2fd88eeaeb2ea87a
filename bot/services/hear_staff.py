"""A text from a phone of the on-call chain: "ACK 7K2MQ" takes an alert. Nothing else does, and a colleague is told how.

It has been stored and screened like every text. It begins no parent's journey and answers no question of one.
"""

from datetime import datetime, timedelta

import structlog

from bot.domain.ack_code import read_acknowledgement
from bot.domain.answers import fold
from bot.domain.conversation import LANGUAGES, Channel, InboundMessage, Value
from bot.domain.screening import Screening
from bot.services.acknowledge_alert import acknowledge_within
from bot.services.desk import Desk
from bot.services.match_accounts import TEAM, match_accounts
from bot.services.page_person import code_for
from bot.services.try_phones import THANKS, answer_test
from bot.storage import audit, pages, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction

log = structlog.get_logger(__name__)

WORDS = "alerts.ack.words"
# Guessing: after so many wrong codes in so long a time, no code of this phone is looked at.
MOST_WRONG, WRONG_WITHIN = 5, timedelta(minutes=10)
# Two machines answering each other: after so many hints in so long a time we are the one that stops.
MOST_HINTS, HINTS_WITHIN = 3, timedelta(hours=1)
_LONGEST = 40


def hear_staff(
    desk: Desk, tx: Transaction, stored: Stored, message: InboundMessage, screening: Screening, now: datetime
) -> tuple[str, ...] | None:
    """What to answer a colleague, maybe nothing; None where the message is a parent's."""
    if message.channel is not Channel.SMS:
        return None
    key = desk.team.phones.get(message.contact)
    if key is None or key in match_accounts(desk.team, tx).disabled:
        is_code = stored.heard_at is None and _code_in(desk, message) is not None
        return _refuse_stranger(tx, stored, now) if is_code else None
    if message.opt_out_type == "STOP" or fold(message.text) in desk.library.opt_out_words:
        tasks.open_task(tx, stored.conversation.id, "on_call_texts_off", now)
        return ()
    code = _code_in(desk, message)
    if code is not None:
        return _take(desk, tx, key, code, now)
    # A colleague may be a parent in danger: then the text is answered as anybody's.
    return None if screening.level in ("urgent", "immediate") else _hint(desk, tx, key, now)


def _code_in(desk: Desk, message: InboundMessage) -> str | None:
    if len(message.text) > _LONGEST:
        return None
    return read_acknowledgement(message.text, desk.catalogue.phrases(WORDS))


def _take(desk: Desk, tx: Transaction, key: str, code: str, now: datetime) -> tuple[str, ...]:
    if audit.count_since(tx, "ack_refused", "phone", key, now - WRONG_WITHIN) >= MOST_WRONG:
        log.warning("ack_rate_limited", person=key)
        return ()
    who = f"{TEAM}{key}"
    if answer_test(desk, tx, key, code, now):
        return _say(desk, THANKS, {})
    meant = [row for row in pages.live_alerts_of(tx, key) if code_for(desk, row.id, key, row.epoch) == code]
    if len(meant) != 1:  # none, or by a rare chance two with the same code: then the link decides
        audit.record(tx, who, "ack_refused", "phone", key, now)
        return _say(desk, "alerts.ack.wrong", {})
    (row,) = meant
    owner = row.owner
    if row.state == "open":
        owner = acknowledge_within(desk, tx, row.id, who, now).owner
    if owner == who:
        return _say(desk, "alerts.ack.yours", {"reference": row.reference})
    name = match_accounts(desk.team, tx).name_of(owner)
    return _say(desk, "alerts.ack.theirs", {"reference": row.reference, "name": name})


def _hint(desk: Desk, tx: Transaction, key: str, now: datetime) -> tuple[str, ...]:
    if audit.count_since(tx, "ack_hint", "phone", key, now - HINTS_WITHIN) >= MOST_HINTS:
        log.warning("ack_loop_broken", person=key)
        return ()
    audit.record(tx, f"{TEAM}{key}", "ack_hint", "phone", key, now)
    return _say(desk, "alerts.ack.how", {})


def _refuse_stranger(tx: Transaction, stored: Stored, now: datetime) -> tuple[str, ...]:
    """A code from a phone that is not in the chain: somebody who has left it, or somebody who guesses."""
    audit.record(tx, "stranger", "ack_refused", "conversation", stored.conversation.id, now)
    tasks.open_task(tx, stored.conversation.id, "ack_from_stranger", now)
    return ()


def _say(desk: Desk, address: str, values: dict[str, Value]) -> tuple[str, ...]:
    return ("\n".join(desk.catalogue.text(language, address, values) for language in LANGUAGES),)
