"""The ledger of erasures is only added to, survives a crash, and refuses to be read wrongly."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import ledger
from bot.storage.ledger import Entry, LedgerDamaged
from tests.storage.parents import NOW

ONE, TWO = Entry(NOW, "a" * 64), Entry(NOW + timedelta(days=1), "b" * 64)


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "erasures.log"
    assert ledger.read(path) == ()
    ledger.append(path, ONE)
    ledger.append(path, TWO)
    assert ledger.read(path) == (ONE, TWO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kept", [1, 20, 40, 97])
def test_a_line_that_a_crash_cut_short_is_passed_over_for_ever(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "erasures.log"
    ledger.append(path, ONE)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:kept].rstrip(b"\n")[:kept])
    before = ledger.read(path)
    assert before[0] == ONE
    ledger.append(path, TWO)
    assert ledger.read(path) == (ONE, TWO)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "rubbish",
        f"2026-11-23T09:00:00 {'a' * 64}",
        f"{NOW.isoformat()} {'a' * 63}",
        f"{NOW.isoformat()} {'x' * 64}",
    ],
)
def test_a_damaged_line_stops_the_start_and_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "erasures.log"
    ledger.append(path, ONE)
    path.write_text(path.read_text() + line + "\n")
    ledger.append(path, TWO)
    with pytest.raises(LedgerDamaged, match="line 2"):
        ledger.read(path)
