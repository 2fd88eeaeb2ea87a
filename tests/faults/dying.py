"""A process that kills itself at its N-th step: a statement to the database, or a text to Twilio."""

import os
import signal
from typing import Any

from bot.gateways.ports import SendResult
from bot.storage.postgresql import PostgresDoor
from bot.storage.sqlite import SqliteDoor


class Fate:
    """Dies at half-step `at`: each step has a half before it and a half after it, counted from 1."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.halves = 0

    def half_step(self) -> None:
        """One more half; perhaps the last."""
        self.halves += 1
        if self.halves == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class _Cursor:
    """A cursor whose every statement is a step."""

    def __init__(self, real: Any, fate: Fate, *, transactions: bool) -> None:
        self._real = real
        self._fate = fate
        self._transactions = transactions

    def execute(self, *arguments: Any) -> Any:
        """Dies before it, dies after it, or does it."""
        if not self._transactions and arguments[0].startswith(("BEGIN", "COMMIT")):
            return self
        self._fate.half_step()
        done = self._real.execute(*arguments)
        self._fate.half_step()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class DyingTexts:
    """A road whose every text is a step."""

    def __init__(self, real: Any, fate: Fate) -> None:
        self._real = real
        self._fate = fate

    def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
        """Dies before it, dies after it, or sends."""
        self._fate.half_step()
        result: SendResult = self._real.send(to, body, dedupe=dedupe)
        self._fate.half_step()
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def doom(at: int, *, transactions: bool = True) -> Fate:
    """From here on this process (a child: there is no way back) counts its statements, and dies at `at`.

    Without `transactions` each statement is kept for itself: a defence taken out.
    """
    fate = Fate(at)
    for door in (SqliteDoor, PostgresDoor):
        real = door._open

        def opened(self: Any, real: Any = real) -> Any:
            cursor = real(self)
            return cursor if isinstance(cursor, _Cursor) else _Cursor(cursor, fate, transactions=transactions)

        door._open = opened  # type: ignore[method-assign]
    return fate
