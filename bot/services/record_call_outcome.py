"""A person notes how a listening call went. Two people at once: the second is shown what the first wrote."""

from datetime import datetime

from bot.services.desk import Desk
from bot.storage import audit, calls
from bot.storage.transaction import Transaction

# Each has its words under console.outcome.<name>.
OUTCOMES = ("talked", "no_answer")


class NoSuchCall(LookupError):
    """There is no call of this id."""


class StaleCall(Exception):
    """The call changed after the page was opened; `call` is how it stands now."""

    def __init__(self, call: calls.Call) -> None:
        super().__init__(call.id)
        self.call = call


def record_call_outcome(desk: Desk, call_id: str, outcome: str, revision: int, who: str, now: datetime) -> None:
    """Ends the call with one of `OUTCOMES`, if it still stands at `revision`. What follows comes later.

    Raises `NoSuchCall`, `StaleCall`, and `ValueError` for any other outcome.
    """
    if outcome not in OUTCOMES:
        raise ValueError(outcome)

    def work(tx: Transaction) -> None:
        call = calls.load(tx, desk.vault, call_id)
        if call is None:
            raise NoSuchCall(call_id)
        if call.revision != revision or not calls.finish(tx, call_id, now, answered=outcome == "talked"):
            raise StaleCall(call)
        audit.record(tx, who, f"outcome:{outcome}", "call", call_id, now)

    desk.database.write(work)
