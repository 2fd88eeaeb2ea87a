"""`helo forget`, `helo rescreen`, `helo backup` and `helo restore`: looking after what is kept."""

from pathlib import Path

import click

from bot.commands import CHECK_FAILED, USED_WRONGLY, refuse, settings_or_refuse


@click.command()
@click.argument("contact", default="")
@click.option("--conversation", "conversation_id", help="The id of a conversation, as the console shows it.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
def forget(contact: str, conversation_id: str | None, *, sure: bool) -> None:
    """Erases a person: CONTACT is their number as +447700900123, or - to read it from standard input.

    What stays is a mark without content, so that a restored backup forgets them as well.
    """
    from bot.services.desk import open_desk
    from bot.services.forget import forget as erase

    if bool(contact) == bool(conversation_id):
        refuse(["Name one: a number, or --conversation and an id."], USED_WRONGLY)
    desk = open_desk(settings_or_refuse())
    if contact == "-":
        contact = click.get_text_stream("stdin").readline().strip()
    if not sure:
        click.confirm("This cannot be undone. Erase this person?", abort=True)
    print(erase, desk)


@click.command()
def rescreen() -> None:
    """Screens every stored message again with today's lexicon, and says what it would now raise."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Writes a whole copy of the database to FILE; the bot may go on. What is encrypted stays encrypted."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Puts a copy back, and erases again whoever was erased since. Stop the bot first."""
    refuse([f"{file}"], CHECK_FAILED)
