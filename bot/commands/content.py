"""`helo check`, `helo text`, `helo map` and `helo offers`: for those who write flows, words and the directory."""

import sys

import click

from bot.commands import CHECK_FAILED, settings_or_refuse


@click.command()
def check() -> None:
    """Checks flows, words, lexicon, offers, helplines and team: every fault as file:line: sentence."""
    from bot.services.check_content import check_content

    faults = check_content(settings_or_refuse(throwaway_keys=True))
    for fault in faults:
        click.echo(str(fault))
    if any(not fault.warning for fault in faults):
        sys.exit(CHECK_FAILED)
    click.echo("Flows, words, lexicon, offers, helplines and team are in order.")
