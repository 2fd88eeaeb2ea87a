"""`helo staff` and `helo seed-demo`: who may sign in to the console."""

from datetime import UTC, datetime

import click

from bot.commands import CHECK_FAILED, USED_WRONGLY, open_desk_or_refuse, refuse

ROLES = ("practitioner", "lead", "safeguarding", "admin")


@click.group()
def staff() -> None:
    """Accounts of the console."""


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="May be given again later, for one more role.")
@click.option("--name", default="", help="As colleagues see it.")
@click.option("--language", type=click.Choice(["en", "cy"]))
def add(email: str, role: str, name: str, language: str | None) -> None:
    """Prints a link that works once: hand it to EMAIL yourself. With it they set a password and a second factor.

    For somebody who has an account, the link lets them begin afresh, and they are signed out everywhere.
    """
    from bot.services.add_staff import NotAnAddress, OnlyInDemo, add_staff

    desk = open_desk_or_refuse()
    try:
        click.echo(add_staff(desk, email, role, datetime.now(UTC), name=name, language=language))
    except NotAnAddress:
        refuse([f"{email} is not an e-mail address."], USED_WRONGLY)
    except OnlyInDemo:
        refuse(["Production has no pretend staff: use a real address."], CHECK_FAILED)


@staff.command("list")
def show() -> None:
    """Everybody with an account: address, roles, whether they may sign in."""
    from bot.services.list_staff import list_staff

    for one in list_staff(open_desk_or_refuse()):
        state = "active" if one.active else "disabled"
        click.echo(f"{one.email}\t{', '.join(sorted(one.roles))}\t{state}")


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Signs EMAIL out everywhere and lets them in no more. What they did stays in the records."""
    from bot.services.disable_staff import NoSuchStaff, disable_staff

    try:
        disable_staff(open_desk_or_refuse(), email, datetime.now(UTC))
    except NoSuchStaff:
        refuse([f"Nobody has an account as {email}."], CHECK_FAILED)
    click.echo(f"{email} may no longer sign in.")


@click.command("seed-demo")
def seed_demo() -> None:
    """In a demo: makes a pretend team lead and prints a link that signs in as them, once."""
    from bot.services.add_staff import OnlyInDemo
    from bot.services.add_staff import seed_demo as seed

    try:
        click.echo(seed(open_desk_or_refuse(), datetime.now(UTC)))
    except OnlyInDemo:
        refuse(["Production has no pretend team: use `helo staff add`."], CHECK_FAILED)
