"""Shuts somebody out: from their next request on, nothing of theirs opens anything."""

from datetime import datetime

from bot.services.desk import Desk
from bot.storage import accounts, audit, staff_sessions
from bot.storage.transaction import Transaction


class NoSuchStaff(LookupError):
    """No account has this address."""


def disable_staff(desk: Desk, email: str, now: datetime) -> int:
    """Ends every session and link of the account; how many there were. Raises `NoSuchStaff`."""

    def work(tx: Transaction) -> int:
        account = accounts.by_email(tx, email.strip())
        if account is None:
            raise NoSuchStaff(email)
        accounts.switch(tx, account.id, now, active=False)
        audit.record(tx, "system", "disable_staff", "staff", str(account.id), now)
        return staff_sessions.end_all(tx, account.id, now)

    return desk.database.write(work)
