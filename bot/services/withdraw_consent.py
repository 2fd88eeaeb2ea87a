"""A parent takes back what they agreed to: noted with its time, the call sheet follows, and staff are told."""

from datetime import datetime

from bot.domain.referral import NEEDED_TO_RING
from bot.services.desk import Desk
from bot.storage import calls, tasks
from bot.storage.calls import Call
from bot.storage.consents import note_consent
from bot.storage.transaction import Transaction

# What is withdrawn, by the last part of the act: withdraw_team takes back that the team reads the lines.
WITHDRAWN = {"team": "share_team", "health_visitor": "health_visitor", "midwife": "midwife", "gp": "gp"}


def withdraw_consent(desk: Desk, tx: Transaction, conversation_id: str, whom: str, now: datetime) -> None:
    """Takes back the consent about `whom` (a key of `WITHDRAWN`). Repeating it changes nothing.

    Without the team's, the sheets of calls to come keep only what ringing safely needs.
    """
    note_consent(tx, conversation_id, WITHDRAWN[whom], now, given=False)
    coming = [each for each in calls.every_of_conversation(tx, desk.vault, conversation_id) if each.state == "booked"]
    if whom == "team":
        for call in coming:
            _cut_sheet(desk, tx, call, now)
    tasks.open_task(tx, conversation_id, "consent_withdrawn", now)


def _cut_sheet(desk: Desk, tx: Transaction, call: Call, now: datetime) -> None:
    if call.sheet is None or not call.sheet.get("shared"):
        return
    needed = [line for line in call.sheet.get("lines", ()) if line["name"] in NEEDED_TO_RING]
    calls.keep_sheet(tx, desk.vault, call.id, {**call.sheet, "lines": needed, "shared": False, "offers": []}, now)
