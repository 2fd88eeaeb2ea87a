"""The conversation in a terminal: the same service, a throw-away database, and a transcript on request."""

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.domain.conversation import LANGUAGES, Channel, InboundMessage
from bot.domain.segments import count_segments
from bot.services.desk import Desk, open_desk
from bot.services.receive_message import receive_message
from bot.settings import Settings
from bot.storage import conversations
from bot.storage.migrations import upgrade

PROMPT = "> "
WALES = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said: by the `parent` or by `helo`."""

    who: str
    text: str


def talk(settings: Settings, *, language: str | None, save: Path | None, segments: bool) -> None:
    """Talks until the parent says nothing more; writes what was said to `save`."""
    said: list[Spoken] = []
    with tempfile.TemporaryDirectory(prefix="helo-") as folder:
        ledger = Path(folder) / "erasures.log"
        settings = replace(settings, database_url=f"sqlite:///{folder}/chat.db", erasure_ledger=ledger)
        upgrade(settings.database_url)
        desk = open_desk(settings)
        try:
            began = desk.now()
            conversation = _Conversation(desk)
            for text in itertools.chain(_first_words(desk, language), _typed()):
                said.append(Spoken("parent", text))
                for answer in conversation.say(text):
                    said.append(Spoken("helo", answer))
                    _show(answer, segments=segments)
            spoken_in = conversation.language()
        finally:
            desk.database.close()
    if save is not None:
        save.write_text(as_transcript(said, spoken_in, began), encoding="utf-8")
        click.echo(f"saved: {save}", err=True)


def as_transcript(said: list[Spoken], language: str, began: datetime) -> str:
    """The conversation as `tests/transcripts/README.md` describes it; lines of one text are indented."""
    lines = [f"language: {language}", "notes: Saved by helo chat.", f"at: {began.astimezone(WALES):%Y-%m-%d %H:%M}", ""]
    for each in said:
        first, *more = each.text.splitlines() or [""]
        lines += [f"{each.who}: {first}".rstrip(), *(f"    {line}".rstrip() for line in more)]
    return "\n".join(lines) + "\n"


class _Conversation:
    """One parent at one terminal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = itertools.count(1)

    def say(self, text: str) -> tuple[str, ...]:
        sid = f"line-{next(self._count)}"
        message = InboundMessage("terminal", sid, Channel.TERMINAL, contact="terminal", text=text)
        return receive_message(self._desk, message, self._desk.now()).texts

    def language(self) -> str:
        """What it was spoken in; Welsh, which comes first, where nothing was chosen."""
        desk = self._desk
        found = desk.database.read(
            lambda tx: conversations.find(tx, desk.vault, channel=Channel.TERMINAL, contact="terminal")
        )
        return (found.conversation.language if found else None) or LANGUAGES[0]


def _first_words(desk: Desk, language: str | None) -> Iterator[str]:
    """What a parent who wants `language` would type first: the word that switches to it, from the catalogue."""
    for command in desk.library.flow.commands:
        if language and command.language == language:
            word = desk.catalogue.words(language, command.words)[0]
            click.echo(PROMPT + word)
            yield word


def _typed() -> Iterator[str]:
    while True:
        try:
            text = click.prompt(PROMPT.strip(), prompt_suffix=" ", default="", show_default=False)
        except (click.Abort, EOFError):
            return
        if not text:
            return
        yield text


def _show(text: str, *, segments: bool) -> None:
    click.secho(text, fg="cyan")
    if segments:
        counted = count_segments(text)
        dear = f", because of {' '.join(counted.costly)}" if counted.costly else ""
        click.secho(f"[{counted.parts} SMS, {counted.units} units, {counted.encoding}{dear}]", dim=True)
    click.echo()
