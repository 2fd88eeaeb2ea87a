"""`helo settings` and `helo keys`."""

import secrets
from datetime import UTC, datetime

import click

from bot.commands import USED_WRONGLY, open_desk_or_refuse, refuse
from bot.settings import ROOT, read_settings

MASK = "(set, not shown)"


@click.command("settings")
@click.option("--table", is_flag=True, help="Names, defaults and help as the README's table.")
def show_settings(*, table: bool) -> None:
    """Every setting: its value, where it came from, what it does. Secrets are not shown."""
    if table:
        click.echo(as_table())
        return
    reading = read_settings()
    for entry in reading.entries:
        value = (MASK if entry.text else "(empty)") if entry.secret and entry.source != "default" else entry.text
        click.echo(f"{click.style(entry.name, bold=True)} = {value or '(empty)'}   [{entry.source}]")
        click.echo(click.wrap_text(entry.help, 100, initial_indent="    ", subsequent_indent="    "))
    if reading.faults:
        click.echo("")
        refuse(reading.faults, USED_WRONGLY)


def as_table() -> str:
    """The settings as Markdown, a row each, the same on every machine."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for entry in read_settings({}).entries:
        default = entry.text.replace(f"{ROOT}/", "")
        rows.append(f"| `{entry.name}` | {f'`{default}`' if default else ''} | {entry.help} |")
    return "\n".join(rows)


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
    from bot.services.rotate_keys import rotate_keys

    desk = open_desk_or_refuse()
    done = rotate_keys(desk.database, desk.vault, who="command line", now=datetime.now(UTC))
    click.echo(f"{sum(done.rows.values())} rows sealed again with {desk.vault.current_key}.")
    if done.damaged:
        click.echo("Damaged, so that no key opens it, and left as it is:", err=True)
        click.echo("\n".join(done.damaged), err=True)
