"""`helo referral`: handing one referral to a record system."""

import json
from datetime import UTC, datetime

import click

from bot.commands import CHECK_FAILED, open_desk_or_refuse, refuse

WHO = "command line"


@click.group()
def referral() -> None:
    """One referral, as a record system takes it."""


@referral.command("export")
@click.argument("call_id")
@click.option("--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="Of the labels.")
def export(call_id: str, language: str) -> None:
    """Prints the referral of CALL_ID (as the console's address shows it) as a FHIR R4 bundle in JSON.

    It holds what the parent agreed to share. Send it where it belongs, and keep no copy.
    """
    from bot.services.export_referral import NoSuchReferral, export_referral

    desk = open_desk_or_refuse()
    try:
        bundle = export_referral(desk, call_id, language, WHO, datetime.now(UTC))
    except NoSuchReferral:
        refuse(["There is no booked call of that id, or the person was forgotten."], CHECK_FAILED)
    click.echo(json.dumps(bundle, ensure_ascii=False, indent=2))
