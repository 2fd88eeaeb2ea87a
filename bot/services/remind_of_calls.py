"""Reminds parents of booked calls: the day before and shortly before, each once, at an hour that is safe.

Nothing is stored ahead. What is due is worked out from the call as it stands, each time; the sender reads the call once
more. So a call that was moved or called off leaves no reminder behind, however the clocks went in between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.contact import reason_to_hold, safe_parts
from bot.domain.conversation import MAYBE_LOSS
from bot.domain.status import Status
from bot.domain.text_hours import last_moment, may_text_at
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.look_up_safe_contact import look_up_safe_contact
from bot.services.text_parent import text_parent
from bot.storage import calls, concerns, conversations, outbox, tasks
from bot.storage.calls import Call
from bot.storage.conversations import Stored
from bot.storage.outbox import OutboundMessage
from bot.storage.transaction import Transaction

KIND = "call_reminder"
# How much earlier than its time a reminder may leave, where its own time is not safe.
_REACH = {"call_day": timedelta(hours=24), "call_hour": timedelta(hours=12)}
# For so long after a call began staff are told that a reminder of it was missed.
_LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder of one call. `moment`: when it leaves, None where there is no safe hour for it; `until`: by when."""

    call: Call
    name: str
    target: datetime
    moment: datetime | None
    until: datetime

    @property
    def key(self) -> str:
        """What it is for: this call at this time. A call that was moved has another."""
        return f"{KIND}:{self.call.id}:{int(self.call.starts_at.timestamp())}:{self.name}"


def remind_of_calls(desk: Desk, now: datetime) -> int:
    """Sees to every reminder that is due or was missed; how many left. Safe to run twice, and by several workers."""
    furthest = timedelta(seconds=max(desk.settings.reminder_seconds, desk.settings.reminder_again_seconds))
    until = now + furthest + _REACH["call_day"]

    def look(tx: Transaction) -> list[Due]:
        coming = calls.coming(tx, desk.vault, now - _LOOK_BACK, until)
        due = (each for call in coming for each in _due(desk, call, _kept(call), now))
        return [each for each in due if not outbox.is_known(tx, each.key)]

    return sum(desk.database.write(partial(_see_to, desk, seen=each, now=now)) for each in desk.database.read(look))


def reason_not_to_remind(desk: Desk, tx: Transaction, dedupe_key: str, now: datetime) -> str | None:
    """Why a reminder must not leave after all, by the call as it stands now; None where it may."""
    call_id, _, starts_at = dedupe_key.removeprefix(f"{KIND}:").rpartition(":")[0].partition(":")
    call = calls.load(tx, desk.vault, call_id)
    if call is None or call.state != "booked" or str(int(call.starts_at.timestamp())) != starts_at:
        return "changed"
    if call.starts_at <= now:
        return "too_late"
    return "alert_open" if _alert_is_open(tx, call.conversation_id) else None


def _kept(call: Call) -> Mapping[str, str]:
    kept: Mapping[str, str] = (call.sheet or {}).get("kept_answers", {})
    return kept


def _due(desk: Desk, call: Call, kept: Mapping[str, str], now: datetime) -> Iterator[Due]:
    """The reminders of a call whose time has come; `kept` says which hours are safe."""
    first = timedelta(seconds=desk.settings.reminder_seconds)
    again = timedelta(seconds=desk.settings.reminder_again_seconds)
    for name, lead, until in (("call_day", first, again), ("call_hour", again, timedelta())):
        target = call.starts_at - lead
        if not lead or target < call.changed_at:
            continue  # booked or moved since: the parent has only just read the time
        moment = last_moment(target, safe_parts(kept), not_before=max(target - _REACH[name], call.changed_at))
        if (moment or target) <= now:
            yield Due(call, name, target, moment, call.starts_at - until)


def _see_to(desk: Desk, tx: Transaction, *, seen: Due, now: datetime) -> int:
    """Locks the conversation first, as whoever moves the call does, and then reads the call again."""
    stored = conversations.load(tx, desk.vault, seen.call.conversation_id)
    call = calls.load(tx, desk.vault, seen.call.id)
    if stored is None or not stored.contact or call is None or outbox.is_known(tx, seen.key):
        return 0
    kept = {**_kept(call), **stored.conversation.answers}
    due = next((each for each in _due(desk, call, kept, now) if each.key == seen.key), None)
    if due is None or call.state not in ("booked", "done", "no_answer"):
        return 0
    never = _never(desk, tx, stored)
    if never:
        return _let_go(desk, tx, stored, due, never, now)
    if now >= due.until or due.moment is None:
        sent_before = outbox.is_known(tx, due.key.replace(":call_hour", ":call_day"))
        if due.moment is None and due.name == "call_hour" and sent_before:
            return _let_go(desk, tx, stored, due, "no_safe_hour", now)
        tasks.open_task(tx, call.conversation_id, "reminder_missed", now)
        return _let_go(desk, tx, stored, due, "missed", now)
    told = stored.conversation
    busy = told.status is Status.WITH_PERSON or told.step == MAYBE_LOSS or _alert_is_open(tx, call.conversation_id)
    if call.state != "booked" or busy or not may_text_at(now, safe_parts(kept)):
        return 0
    address = "reminders.call_day" if due.name == "call_day" else "reminders.call_hour"
    words = spoken(address, time=call.starts_at)
    return int(text_parent(desk, tx, stored, words, now, kind=KIND, key=due.key, not_after=due.until))


def _never(desk: Desk, tx: Transaction, stored: Stored) -> str | None:
    """What forbids every reminder, and is known to staff already, or was the parent's own wish."""
    conversation = stored.conversation
    return reason_to_hold(
        KIND,
        channel=conversation.channel,
        # While a person has it a reminder waits: they may give it back in time.
        status=Status.WITH_BOT if conversation.status is Status.WITH_PERSON else conversation.status,
        loss=conversation.loss,
        unsafe=not look_up_safe_contact(desk, tx, stored),
    )


def _let_go(desk: Desk, tx: Transaction, stored: Stored, due: Due, reason: str, now: datetime) -> int:
    """Marks the reminder as dealt with, so that nothing brings it back: not a clock that steps, not a second worker."""
    conversation = stored.conversation
    mark = OutboundMessage(
        lane="reminder",
        kind=KIND,
        channel=conversation.channel.value,
        recipient=stored.contact,
        body=reason,
        dedupe_key=due.key,
        due_at=now,
        conversation_id=conversation.id,
        state="dropped",
    )
    outbox.put(tx, desk.vault, mark, now)
    return 0


def _alert_is_open(tx: Transaction, conversation_id: str) -> bool:
    return any(alert.state != "closed" for alert in concerns.of_conversation(tx, conversation_id))
