"""A person changes a call: only as they saw it. Who is second is shown what the first did, and changes nothing."""

from bot.services.desk import Desk
from bot.storage.call_changes import load_locked
from bot.storage.calls import Call
from bot.storage.transaction import Transaction


class NoSuchCall(LookupError):
    """There is no call of this id."""


class StaleCall(Exception):
    """The call changed after the page was opened; `call` is how it stands now."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.id)
        self.call = call


def take_call_in_hand(desk: Desk, tx: Transaction, call_id: str, revision: int, *, state: str = "booked") -> Call:
    """The call, which nobody else changes before `tx` ends. Raises `NoSuchCall`.

    Raises `StaleCall` where it is not at `revision` any more, or not in `state`.
    """
    call = load_locked(tx, desk.vault, call_id)
    if call is None or call.state in {"held", "released"}:
        raise NoSuchCall(call_id)
    if call.revision != revision or call.state != state:
        raise StaleCall(call)
    return call
