"""Ids made by the application: 32 hex characters that sort by the time they were made."""

import os
import threading
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTER_LIMIT = 0xFFFF

_guard = threading.Lock()
_last_ms = 0
_count = 0


def new_id(now: datetime) -> str:
    """A new id: 12 hex digits of milliseconds since 1970, 4 of a counter, 16 of chance.

    Ids made by one process in one millisecond keep their order; the 64 random bits keep processes apart.
    `now` must be aware: a naive time raises `TypeError`.
    """
    global _last_ms, _count
    ms = (now - EPOCH) // _MILLISECOND
    with _guard:
        if ms != _last_ms:
            _last_ms, _count = ms, 0
        else:
            _count = min(_count + 1, _COUNTER_LIMIT)
        count = _count
    return f"{ms:012x}{count:04x}{os.urandom(8).hex()}"


def _fresh_guard() -> None:
    global _guard
    _guard = threading.Lock()


os.register_at_fork(after_in_child=_fresh_guard)
