"""Gives somebody an account, or a way back into it, by a link that works once."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from bot.services.desk import Desk
from bot.storage import accounts, audit, staff_sessions
from bot.storage.transaction import Transaction

ROLES = ("practitioner", "lead", "safeguarding", "admin")
LINK_LIVES = timedelta(days=3)
DEMO_LINK_LIVES = timedelta(hours=12)
# An address that can never receive mail (RFC 2606). Production lets nobody in who has one.
DEMO_DOMAIN = "@helo.invalid"
_TOKEN_BYTES = 32


class NotARole(ValueError):
    """The role is none of `ROLES`."""


class NotAnAddress(ValueError):
    """That is not an e-mail address."""


class OnlyInDemo(RuntimeError):
    """Production has no pretend staff."""


def add_staff(desk: Desk, email: str, role: str, now: datetime, *, name: str = "", language: str | None = None) -> str:
    """The one-time link by which `email` sets a password and an authenticator; it works for three days.

    Somebody who has an account gets the role as well, is signed out everywhere, and starts afresh with this link;
    earlier links stop working. Raises `NotARole`, `NotAnAddress`, and `OnlyInDemo` for a pretend address in production.
    """
    if role not in ROLES:
        raise NotARole(role)
    address = email.strip().lower()
    before, at, domain = address.partition("@")
    if not before or not at or "." not in domain or len(address) > 254 or any(letter.isspace() for letter in address):
        raise NotAnAddress(email)
    if desk.settings.is_production and is_demo_address(address):
        raise OnlyInDemo(address)
    account = desk.database.write(lambda tx: _account(tx, address, role, name, language, now))
    return _link(desk, account, "first", LINK_LIVES, now)


def seed_demo(desk: Desk, now: datetime) -> str:
    """A pretend lead, and a link that signs in as them at once. Raises `OnlyInDemo` in production."""
    if desk.settings.is_production:
        raise OnlyInDemo("demo")
    address = f"lead{DEMO_DOMAIN}"

    def work(tx: Transaction) -> accounts.Account:
        for role in ("practitioner", "safeguarding", "lead"):
            account = _account(tx, address, role, "Lead (demo)", None, now)
        return account

    return _link(desk, desk.database.write(work), "demo", DEMO_LINK_LIVES, now)


def is_demo_address(address: str) -> bool:
    """Whether the account is a pretend one."""
    return address.lower().endswith(DEMO_DOMAIN)


def link_id(purpose: str, token: str) -> str:
    """What the database keeps of a link. The purpose is part of it: no link opens another kind of door."""
    return sha256(f"{purpose} link {token}".encode("utf-8", "surrogatepass")).hexdigest()


def _account(
    tx: Transaction, address: str, role: str, name: str, language: str | None, now: datetime
) -> accounts.Account:
    account = accounts.by_email(tx, address)
    if account is None:
        account = accounts.add(
            tx, email=address, name=name, language=language, uniquifier=secrets.token_hex(32), now=now
        )
    accounts.give_role(tx, account.id, role)
    audit.record(tx, "system", f"add_staff:{role}", "staff", str(account.id), now)
    return account


def _link(desk: Desk, account: accounts.Account, purpose: str, lives: timedelta, now: datetime) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = staff_sessions.StaffSession(
        link_id(purpose, token), account.id, now, now, {"purpose": purpose, "until": (now + lives).isoformat()}
    )

    def work(tx: Transaction) -> None:
        if purpose == "first":
            staff_sessions.end_all(tx, account.id, now)
        staff_sessions.begin(tx, desk.vault, row)

    desk.database.write(work)
    return f"{desk.settings.public_url}/staff/{purpose}/{token}"
