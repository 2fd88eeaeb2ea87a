"""`helo settings` and `helo keys`."""

import secrets

import click

from bot.commands import USED_WRONGLY, refuse, settings_or_refuse
from bot.settings import read_settings

MASK = "(set, not shown)"


@click.command("settings")
def show_settings() -> None:
    """Every setting: its value, where it came from, what it does. Secrets are not shown."""
    reading = read_settings()
    for entry in reading.entries:
        value = (MASK if entry.text else "(empty)") if entry.secret and entry.source != "default" else entry.text
        click.echo(f"{click.style(entry.name, bold=True)} = {value or '(empty)'}   [{entry.source}]")
        click.echo(click.wrap_text(entry.help, 100, initial_indent="    ", subsequent_indent="    "))
    if reading.faults:
        click.echo("")
        refuse(reading.faults, USED_WRONGLY)


@click.group()
def keys() -> None:
    """The keys that encrypt what parents write."""


@keys.command("new")
@click.option("--id", "key_id", default="", help="The id stored beside what this key seals; made up when not given.")
def new(key_id: str) -> None:
    """Prints fresh keys as settings. They are kept nowhere: put them where your secrets live."""
    from bot.storage.secrets import new_key

    click.echo(f"HELO_SECRET_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"HELO_INDEX_KEY={new_key()}")
    click.echo(f"HELO_DATA_KEYS={key_id or 'k' + secrets.token_hex(3)}:{new_key()}")


@keys.command("rotate")
def rotate() -> None:
    """Seals everything again with the first of HELO_DATA_KEYS. Afterwards the others may be taken away."""
    from bot.services.desk import open_desk
    from bot.services.rotate_keys import rotate_keys

    desk = open_desk(settings_or_refuse())
    click.echo(f"{rotate_keys(desk.database, desk.vault)} fields sealed again.")
