"""Tells whoever rings, by an invitation to their calendar, that a call was booked, moved, passed on or called off."""

from datetime import datetime

from bot.domain.conversation import LANGUAGES, Line
from bot.gateways.invitations import CalendarEntry
from bot.services.desk import Desk
from bot.storage import calls, outbox
from bot.storage.calls import Call
from bot.storage.outbox import OutboundMessage
from bot.storage.transaction import Transaction

KIND = "invitation"
# note: The title of a call in a practitioner's own calendar, which colleagues may see. It names nobody.
TITLE = Line("console.calendar.entry").address


def tell_caller(desk: Desk, tx: Transaction, call_id: str, now: datetime, *, before: str | None = None) -> None:
    """Puts an invitation in the outbox for whoever has the call now, and for `before`, who had it, if that changed.

    What it says is read from the call when it leaves, not now: a call moved twice sends no time that has passed.
    """
    call = calls.load(tx, desk.vault, call_id)
    if call is None:
        return
    for staff_key in dict.fromkeys((call.staff_key, before or call.staff_key)):
        caller = desk.team.callers.get(staff_key)
        if caller is None or caller.email is None:
            continue
        message = OutboundMessage(
            lane="reminder",
            kind=KIND,
            channel="email",
            recipient=caller.email,
            body=f"{call.id} {staff_key}",
            dedupe_key=f"{KIND}:{call.id}:{call.revision}:{staff_key}",
            due_at=now,
        )
        outbox.put(tx, desk.vault, message, now)


def invited_to(desk: Desk, tx: Transaction, body: str) -> CalendarEntry | None:
    """The call that an invitation is about, by its `body`, as it stands now for its reader; None where it is gone."""
    call_id, _, staff_key = body.partition(" ")
    call = calls.load(tx, desk.vault, call_id)
    return None if call is None else entry_of(desk, call, stands=call.state == "booked" and call.staff_key == staff_key)


def entry_of(desk: Desk, call: Call, *, stands: bool = True) -> CalendarEntry:
    """The call as a calendar shows it. The title is the same for every call."""
    return CalendarEntry(
        call_id=call.id,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        changed_at=call.changed_at,
        revision=call.revision,
        title=" / ".join(desk.catalogue.text(language, TITLE) for language in LANGUAGES),
        link=f"{desk.settings.public_url}/staff/calls/{call.id}",
        stands=stands,
    )
