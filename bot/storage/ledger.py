"""The ledger of erasures: a file beside the database, only ever added to, so that no backup brings back who was erased.

A line is a time and a keyed mark that matches no column; without the index key it says nothing.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_TORN = b" torn\n"  # ends a line that a crash cut short


@dataclass(frozen=True, slots=True)
class Entry:
    """Whoever has this mark was erased at this moment."""

    at: datetime
    mark: str


class LedgerDamaged(ValueError):
    """A line cannot be read. Restore the file from where it is kept twice; do not serve without it."""


def append(path: Path, entry: Entry) -> None:
    """Adds the entry and waits until it is on the disk. Called before the erasure is committed: a line too many erases
    somebody who asked for it, a line too few brings somebody back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        line = (_TORN if torn else b"") + f"{entry.at.isoformat()} {entry.mark}\n".encode()
        if os.write(file, line) != len(line):
            raise OSError("the ledger of erasures could not be written whole")
        os.fsync(file)
    finally:
        os.close(file)


def read(path: Path) -> tuple[Entry, ...]:
    """All entries; none where there is no file. Raises `LedgerDamaged`.

    A line that a crash cut short is passed over: its erasure was never committed.
    """
    if not path.exists():
        return ()
    lines = path.read_text("ascii", errors="replace").split("\n")
    whole, last = lines[:-1], lines[-1]
    torn = _TORN.decode().rstrip()
    entries = [_entry(number, line) for number, line in enumerate(whole, start=1) if not line.endswith(torn)]
    if last:
        with suppress(LedgerDamaged):
            entries.append(_entry(len(lines), last))
    return tuple(entries)


def _entry(number: int, line: str) -> Entry:
    at, space, mark = line.partition(" ")
    try:
        moment = datetime.fromisoformat(at)
        int(mark, 16)
    except ValueError:
        raise LedgerDamaged(f"line {number} of the ledger of erasures") from None
    if not space or moment.tzinfo is None or len(mark) != 64:
        raise LedgerDamaged(f"line {number} of the ledger of erasures")
    return Entry(moment, mark)
