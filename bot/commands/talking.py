"""`helo chat` and `helo screen`: the conversation, and the safeguarding gate, without a telephone."""

import json
import sys
from pathlib import Path

import click

from bot.commands import settings_or_refuse


@click.command()
@click.option("--language", type=click.Choice(["en", "cy"]), help="Begin in this language.")
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the conversation as a transcript test."
)
@click.option("--segments", is_flag=True, help="Show in how many parts each text would travel as SMS.")
def chat(language: str | None, save: Path | None, *, segments: bool) -> None:
    """The same conversation, here. An empty line, Ctrl-D or Ctrl-C ends it; nothing is kept."""
    from bot.terminal import talk

    talk(settings_or_refuse(throwaway_keys=True), language=language, save=save, segments=segments)


@click.command()
def screen() -> None:
    """Reads one text a line; prints one JSON a line: level, categories, and which words matched which rule."""
    from bot.content.lexicon_files import load_lexicon
    from bot.services.screen_lines import screen_lines

    lexicon = load_lexicon(settings_or_refuse(throwaway_keys=True).flows)
    lines = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    for found in screen_lines(lexicon, lines):
        click.echo(json.dumps(found, ensure_ascii=False))
