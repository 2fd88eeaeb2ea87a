"""Every transcript is what really happens.

`HELO_TEST_REWRITE=1` writes them anew: read the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from bot.domain.conversation import LANGUAGES
from bot.storage.database import Database
from tests.desks import Clock, make_desk
from tests.domain.journey import library
from tests.transcripts.playing import Transcript, play, read_transcript, write_transcript

HERE = Path(__file__).parent
PATHS = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_transcript_is_what_really_happens(path: Path, database: Database, tmp_path: Path) -> None:
    clock = Clock()
    transcript = read_transcript(path)
    played = write_transcript(play(transcript, make_desk(database, tmp_path, clock), clock))
    if os.environ.get("HELO_TEST_REWRITE"):
        path.write_text(played, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == played


def test_there_are_at_least_forty_in_both_languages() -> None:
    transcripts = [read_transcript(path) for path in PATHS]
    assert len(transcripts) >= 40
    for language in LANGUAGES:
        assert sum(one.header["language"] == language for one in transcripts) >= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_met_in_some_transcript(
    language: str, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps whose question or words appear in a transcript of the language, by what they really say."""
    met: set[str] = set()
    clock = Clock()
    desk = make_desk(sqlite_database, tmp_path, clock)
    spoken = desk.catalogue.text

    def listening(tongue: str, address: str, *rest: object, **more: object) -> str:
        if tongue == language:
            met.add(address)
        return spoken(tongue, address, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.catalogue), "text", lambda self, *args, **more: listening(*args, **more))
    for number, path in enumerate(PATHS):
        one = read_transcript(path)
        play(one, make_desk(_fresh(sqlite_database, tmp_path, number), tmp_path, clock), clock)
    steps = {
        step.name
        for step in library().flow.steps.values()
        if not any(address in met for branches in (step.ask, *step.say) for address in branches.targets())
        and (step.ask or step.say)
    }
    assert not steps, f"no {language} transcript meets {sorted(steps)}"


def _fresh(template: Database, folder: Path, number: int) -> Database:
    """An empty database of its own for each transcript: a copy of one nobody has written to."""
    copy = folder / f"transcript-{number}.db"
    assert template.path is not None
    copy.write_bytes(template.path.read_bytes())
    return Database(f"sqlite:///{copy}")


def test_a_transcript_that_lies_is_caught(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "lie.txt"
    path.write_text("language: en\n\nparent: helo\nhelo: I am a person.\nexpect: at booked\n", encoding="utf-8")
    clock = Clock()
    told = read_transcript(path)
    played = play(told, make_desk(sqlite_database, tmp_path, clock), clock)
    assert write_transcript(played) != write_transcript(told)
    assert "expect: at welcome" in write_transcript(played)


def test_a_line_that_is_nothing_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("language: en\n\nparent: helo\nnobody: hm\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd.txt:4"):
        read_transcript(path)


__all__ = ["Transcript"]
