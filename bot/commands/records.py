"""`helo forget`, `helo rescreen`, `helo backup` and `helo restore`: looking after what is kept."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands import CHECK_FAILED, USED_WRONGLY, open_desk_or_refuse, refuse, settings_or_refuse

WHO = "command line"
_OTHER_KEY = "If the file is sound, it was sealed with another key than HELO_DATA_KEYS holds."
REASONS = {
    "alert_open": "An alert about this person is open. Decide it on the console first, or say --even-with-open-alert.",
    "unknown": "There is nobody to forget by that number or id.",
    "already": "This person was forgotten before.",
}


@click.command()
@click.argument("number", default="")
@click.option("--conversation", "conversation_id", help="The id of a conversation, as the console shows it.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
@click.option("--even-with-open-alert", is_flag=True, help="An open alert was decided by a person.")
def forget(number: str, conversation_id: str | None, *, sure: bool, even_with_open_alert: bool) -> None:
    """Erases a person: NUMBER as +447700900123, or - to read it from standard input and keep it out of your history.

    What stays is a mark without content, so that a restored backup forgets them as well.
    """
    from bot.services.find_parent import find_parent
    from bot.services.forget import forget as erase
    from bot.storage.erasure import NotErased

    if bool(number) == bool(conversation_id):
        refuse(["Name one: a number, or --conversation and an id."], USED_WRONGLY)
    desk = open_desk_or_refuse()
    if number == "-":
        number = sys.stdin.readline().strip()
    found = conversation_id or find_parent(desk, number)
    if found is None:
        refuse([REASONS["unknown"]], CHECK_FAILED)
    if not sure:
        click.confirm("This cannot be undone. Forget this person?", abort=True)
    result = erase(desk, found, who=WHO, now=datetime.now(UTC), even_with_open_alert=even_with_open_alert)
    if isinstance(result, NotErased):
        refuse([REASONS[result.reason]], CHECK_FAILED)
    click.echo("Forgotten." + (" A booked call was called off: tell the team." if result.called_off else ""))


@click.command()
def rescreen() -> None:
    """Reads every kept message again with today's lexicon; prints one JSON a message that screens differently now.

    Ids and rules only, never words. It changes nothing and raises no alert.
    """
    from bot.services.rescreen import rescreen as read_again

    desk = open_desk_or_refuse()
    for changed in read_again(desk.database, desk.vault, desk.lexicon, desk.settings.split_seconds):
        click.echo(json.dumps(asdict(changed)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Writes everything to FILE, sealed with the current key, while parents go on texting.

    Keep the list of the forgotten (HELO_ERASURE_LEDGER) as well, and apart: a restore needs today's.
    """
    from bot.services.back_up import back_up

    if file.exists():
        refuse([f"{file} is there already: name a new file."], USED_WRONGLY)
    if not file.parent.is_dir():
        refuse([f"There is no folder {file.parent}: make it first, or name a file in another."], USED_WRONGLY)
    desk = open_desk_or_refuse()
    try:
        facts = back_up(desk.database, desk.vault, file, who=WHO, now=datetime.now(UTC))
    except OSError as fault:
        refuse([f"{file} cannot be written: {fault.strerror}."], CHECK_FAILED)
    click.echo(f"{sum(facts.rows.values())} rows of {len(facts.rows)} tables, schema {facts.revision}: {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Fills an empty database from FILE, on either engine; whoever was forgotten since stays forgotten."""
    from bot.services.restore import restore as put_back
    from bot.storage.backup import NotEmpty
    from bot.storage.secrets import Tampered, Vault

    settings = settings_or_refuse()
    vault = Vault(settings.data_keys, settings.index_key)
    try:
        restored = put_back(settings.database_url, vault, settings.erasure_ledger, file, who=WHO, now=datetime.now(UTC))
    except NotEmpty:
        refuse(["The database has rows: a backup goes into an empty one only. See HELO_DATABASE_URL."], CHECK_FAILED)
    except Tampered as fault:
        refuse([f"{file} may be damaged, or no backup of Helo: {fault}.", _OTHER_KEY], USED_WRONGLY)
    click.echo(f"{sum(restored.facts.rows.values())} rows are back; forgotten again: {restored.erased_again}.")
    if not settings.erasure_ledger.exists():
        click.echo(f"There is no list of the forgotten at {settings.erasure_ledger}.", err=True)
        click.echo("Whoever was forgotten since this backup is back: put the list there, and restore anew.", err=True)
