"""Staff allow a parent a call beside the one they have: it stays as it is, and another may be booked."""

from datetime import datetime

from bot.services.desk import Desk
from bot.services.take_call_in_hand import StaleCall, take_call_in_hand
from bot.storage import audit, calls_beside
from bot.storage.transaction import Transaction


def allow_another_call(desk: Desk, call_id: str, revision: int, who: str, now: datetime) -> None:
    """Sets the booked call aside from the rule of one live call a parent, if it still stands at `revision`.

    The parent books the other one as any call; CHANGE is then about that one. Raises `NoSuchCall`, `StaleCall`.
    """

    def work(tx: Transaction) -> None:
        call = take_call_in_hand(desk, tx, call_id, revision)
        if not calls_beside.allow_beside(tx, call_id, who, now):
            raise StaleCall(call)
        audit.record(tx, who, "allow_another_call", "call", call_id, now)

    desk.database.write(work)
