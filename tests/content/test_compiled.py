"""What an earlier start compiled is used where nothing has changed, and never otherwise."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from bot.content.compiled import MOST_KEPT, compiled
from bot.content.lexicon_files import example_sentences, load_hears, load_lexicon
from bot.domain.lexicon import Lexicon, build_lexicon
from bot.domain.screening import screen
from bot.services.desk import open_desk
from bot.settings import ROOT
from tests.factories import make_settings


class Start:
    """Starts, each of which counts how often it had to build."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.code, self.built = folder / "kept", folder / "code", 0
        self.code.mkdir()
        (self.code / "one.py").write_text("one = 1\n")

    def __call__(self, content: bytes = b"words", *, code: Path | None = None) -> list[str]:
        def build() -> list[str]:
            self.built += 1
            return ["built", content.decode()]

        return compiled("lexicon", content, build, folder=self.folder, code=code or self.code)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*"))


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return Start(tmp_path)


def test_the_second_start_builds_nothing(start: Start) -> None:
    assert start() == start() == ["built", "words"]
    assert start.built == 1
    assert [file.stat().st_mode & 0o777 for file in start.files] == [0o600]


def test_other_words_are_built(start: Start) -> None:
    start()
    assert start(b"others") == ["built", "others"]
    assert start.built == 2


def test_other_code_builds_it_itself(start: Start, tmp_path: Path) -> None:
    start()
    changed = tmp_path / "changed"
    shutil.copytree(start.code, changed)
    start(code=changed)
    assert start.built == 1
    for number, change in enumerate((lambda: (changed / "one.py").write_text("one = 2\n"),
                                     lambda: (changed / "two.py").write_text("")), 1):  # fmt: skip
        change()
        again = tmp_path / f"changed {number}"
        shutil.copytree(changed, again)
        start(code=again)
        assert start.built == 1 + number


def test_what_is_damaged_is_built(start: Start) -> None:
    start()
    (file,) = start.files
    whole = file.read_bytes()
    for damage in (*(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))),
                   *(whole[:end] for end in range(len(whole)))):  # fmt: skip
        file.write_bytes(damage)
        before = start.built
        assert start() == ["built", "words"]
        assert start.built == before + 1


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_may_write_is_not_read(start: Start, mode: int) -> None:
    start()
    start.files[0].chmod(mode)
    start()
    assert start.built == 2
    start()
    assert start.built == 2, "and it is ours alone again"


def test_what_another_wrote_is_not_read(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    nobody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: nobody)
    start()
    assert start.built == 2


def test_nothing_is_kept_where_python_keeps_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    start()
    assert start.files == []


def test_a_folder_that_cannot_be_written_is_no_fault(start: Start) -> None:
    start.folder.write_text("a file in its place")
    assert start() == ["built", "words"]


def test_the_last_few_are_kept(start: Start) -> None:
    for number in range(MOST_KEPT + 3):
        start(str(number).encode())
    assert len(start.files) == MOST_KEPT
    built = start.built
    start(str(MOST_KEPT + 2).encode())
    assert start.built == built


def test_what_a_killed_start_left_is_in_nobodys_way(start: Start) -> None:
    start.folder.mkdir()
    for number in range(MOST_KEPT + 3):
        start(str(number).encode())
        start.files[-1].with_suffix(".new").write_bytes(b"half")
        start.files[-1].unlink()
    assert start(b"0") == ["built", "0"]
    assert len(start.files) == MOST_KEPT


def test_a_lexicon_that_was_kept_hears_what_a_built_one_hears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    flows = ROOT / "flows"
    for load in (load_lexicon, load_hears):
        built = load(flows)
        kept = [compiled("it", built.version.encode(), lambda it=built: it, folder=tmp_path) for _ in range(2)][1]  # type: ignore[misc]
        assert kept is not built
        assert kept.version == built.version
        for text in example_sentences(flows)[::17]:
            assert screen(text, kept) == screen(text, built)


def test_a_demo_starts_from_what_was_kept_and_production_from_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def load(flows: Path, *, kept: bool) -> Lexicon:
        asked.append(kept)
        return build_lexicon([])

    monkeypatch.setattr("bot.services.desk.load_lexicon", load)
    for mode in ("demo", "production"):
        _ = open_desk(make_settings(tmp_path, mode=mode)).lexicon
    assert asked == [True, False]
