"""Writers who wait share one commit: whoever writes also carries out the errands of those who came meanwhile.

A commit is the dearest part of a turn, and bringing eight turns to the disk costs little more than bringing one. So
those who wait do not each commit in their turn; the one in front does their work with its own, in the order they came,
and nobody is answered before the commit. With nobody waiting, nothing is different.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from bot.storage.transaction import DatabaseAway, Transaction

T = TypeVar("T")

MOST_TOGETHER = 16


class Errand(Generic[T]):
    """Work that somebody wants done in a transaction, and what came of it."""

    __slots__ = ("_result", "_woken", "fault", "leads", "work")

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self.work = work
        self.fault: BaseException | None = None
        self.leads = False
        self._woken = threading.Lock()
        self._woken.acquire()

    def carry_out(self, tx: Transaction) -> None:
        """Does the work; what it raises is raised."""
        self._result: T = self.work(tx)

    def wait(self, timeout: float) -> bool:
        """True once somebody woke us."""
        return self._woken.acquire(timeout=timeout)

    def wake(self) -> None:
        """It was carried out, or it is in front now."""
        self._woken.release()

    def outcome(self) -> T:
        """What the work returned, or what went wrong."""
        if self.fault is not None:
            raise self.fault
        return self._result


class Waiting:
    """Those who want to write, in the order they came. One of them is in front and writes."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[Errand[Any]] = deque()
        self._led = False

    def __len__(self) -> int:
        return len(self._queue)

    def join(self, errand: Errand[T], timeout: float) -> bool:
        """True when `errand` is in front: write, then `hand_on`. False when another has carried it out.

        Raises `DatabaseAway` after `timeout` seconds in the queue.
        """
        with self._guard:
            if not self._led:
                self._led = True
                return True
            self._queue.append(errand)
        if not errand.wait(timeout):
            with self._guard:
                if errand in self._queue:
                    self._queue.remove(errand)
                    raise DatabaseAway("waited too long to write")
            errand.wait(-1)  # somebody has it in hand, and wakes us whatever happens
        return errand.leads

    def next(self) -> Errand[Any] | None:
        """The one who has waited longest, now in the hands of whoever asks, who must wake it."""
        with self._guard:
            return self._queue.popleft() if self._queue else None

    def hand_on(self) -> None:
        """The one in front has finished."""
        with self._guard:
            if not self._queue:
                self._led = False
                return
            front = self._queue.popleft()
            front.leads = True
        front.wake()
