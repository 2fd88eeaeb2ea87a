"""A sealed file opens whole, in order and with its key, or not at all."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.storage.sealed_file import SealedWriter, read_lines
from bot.storage.secrets import KeyMissing, Tampered, Vault

VAULT = Vault([("first", b"k" * 32)], b"i" * 32)


def write(path: Path, lines: list[str], vault: Vault = VAULT) -> Path:
    with SealedWriter(path, vault) as file:
        for line in lines:
            file.write_line(line)
    return path


def long_lines() -> list[str]:
    """Enough of what does not compress for several chunks."""
    return [VAULT.seal("x" * 999, table="t", column="c", row=str(number)).hex() for number in range(600)]


@pytest.mark.parametrize("lines", [[], [""], ["helo", "", "ŵ"], long_lines()], ids=["none", "empty", "few", "many"])
def test_what_was_written_is_read(tmp_path: Path, lines: list[str]) -> None:
    path = write(tmp_path / "file", lines)
    assert list(read_lines(path, VAULT)) == lines
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
def test_any_lines_come_back(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    assert list(read_lines(write(tmp_path_factory.mktemp("any") / "file", lines), VAULT)) == lines


def test_nothing_in_it_can_be_read_without_the_key(tmp_path: Path) -> None:
    path = write(tmp_path / "file", ["canary"] * 100)
    assert b"canary" not in path.read_bytes()
    with pytest.raises(KeyMissing, match="first"):
        list(read_lines(path, Vault([("second", b"2" * 32)], b"i" * 32)))
    with pytest.raises(Tampered):
        list(read_lines(path, Vault([("first", b"2" * 32)], b"i" * 32)))


def test_a_file_cut_off_anywhere_does_not_open_as_a_smaller_one(tmp_path: Path) -> None:
    whole = write(tmp_path / "file", long_lines()).read_bytes()
    first_chunk = whole.index(b"first") + 5 + 16
    length = int.from_bytes(whole[first_chunk : first_chunk + 4])
    for kept in (0, 5, first_chunk, first_chunk + 2, first_chunk + 4 + length, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:kept])
        with pytest.raises(Tampered):
            list(read_lines(tmp_path / "cut", VAULT))


def test_parts_cannot_change_places(tmp_path: Path) -> None:
    whole = write(tmp_path / "file", long_lines()).read_bytes()
    start = whole.index(b"first") + 5 + 16
    part = 4 + int.from_bytes(whole[start : start + 4])
    swapped = whole[:start] + whole[start + part : start + 2 * part] + whole[start : start + part]
    (tmp_path / "swapped").write_bytes(swapped + whole[start + 2 * part :])
    assert len(swapped) < len(whole)
    with pytest.raises(Tampered):
        list(read_lines(tmp_path / "swapped", VAULT))


def test_no_bit_of_a_small_file_can_be_flipped(tmp_path: Path) -> None:
    whole = write(tmp_path / "file", ["helo"]).read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        (tmp_path / "flipped").write_bytes(bytes(changed))
        with pytest.raises((Tampered, KeyMissing)):
            list(read_lines(tmp_path / "flipped", VAULT))


def test_a_writer_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with SealedWriter(tmp_path / "file", VAULT) as file:
            file.write_line("helo")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fail()
    assert list(tmp_path.iterdir()) == []
