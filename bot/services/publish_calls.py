"""A member of staff's booked calls as a calendar to subscribe to, at a secret address of their own."""

import secrets
from datetime import datetime, timedelta

from bot.domain.conversation import LANGUAGES
from bot.gateways.invitations import calendar_feed
from bot.services.desk import Desk
from bot.services.tell_caller import TITLE, entry_of
from bot.storage import audit, caller_feeds, calls
from bot.storage.transaction import Transaction

_BACK = timedelta(days=31)
# What took place, or will. Not a call that turned out not to be safe, nor one that is another team's now: whoever looks
# into the calendar must not ring.
_IN_A_CALENDAR = frozenset({"booked", "done", "no_answer"})


def publish_calls(desk: Desk, secret: str, now: datetime) -> bytes | None:
    """The calendar of whoever `secret` belongs to, as iCalendar; None where it belongs to nobody.

    Whoever left flows/team.yaml has no calendar any more.
    """

    def look(tx: Transaction) -> tuple[calls.Call, ...] | None:
        staff_key = caller_feeds.whose_feed(tx, secret)
        if staff_key not in desk.team.callers:
            return None
        found = calls.coming(tx, desk.vault, now - _BACK, now + desk.team.rules.horizon + timedelta(days=2))
        return tuple(call for call in found if call.staff_key == staff_key and call.state in _IN_A_CALENDAR)

    found = desk.database.read(look)
    if found is None:
        return None
    name = " / ".join(desk.catalogue.text(language, TITLE) for language in LANGUAGES)
    return calendar_feed([entry_of(desk, call) for call in found], name)


def new_feed_address(desk: Desk, staff_key: str, who: str, now: datetime) -> str:
    """A new secret address for somebody's calendar, shown once; the one before it ends. Who asked is in the audit."""
    secret = secrets.token_urlsafe(32)

    def work(tx: Transaction) -> None:
        caller_feeds.replace_feed(tx, staff_key, secret, now)
        audit.record(tx, who, "new_feed", "caller", staff_key, now)

    desk.database.write(work)
    return f"{desk.settings.public_url}/calendar/{secret}.ics"
