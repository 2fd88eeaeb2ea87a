"""The sign-in library: Flask-Security's hashing, authenticator codes and recovery codes over our own tables.

Its pages are not used: they speak no Welsh, and every route must stand in our own table of access.
"""

import base64
from functools import cache
from hashlib import sha256
from typing import Any, cast

from flask import Flask, current_app
from flask_login import current_user
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore, Totp, UserMixin, hash_password
from flask_security.utils import verify_password
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch

from bot.services.desk import Desk
from bot.storage import staff_sessions
from bot.storage.secrets import derive
from bot.storage.staff import map_staff, user_session
from bot.web.console.access import BLUEPRINT
from bot.web.console.page import the_desk

CODE_SECONDS = 30
RECOVERY_CODES = 8
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
_FEWEST_LETTERS = 6


class StaffRole(RoleMixin):
    """A role, as the sign-in library wants it."""

    name: str


class Staff(UserMixin):
    """A member of staff, as the sign-in library wants them. The columns come from the table."""

    id: int
    email: str
    password: str | None
    active: bool
    language: str | None
    staff_key: str | None
    tf_totp_secret: str | None
    fs_uniquifier: str
    mf_recovery_codes: list[str] | None
    roles: list[RoleMixin]


map_staff(Staff, StaffRole)


class OnceOnlyTotp(Totp):
    """A code works once, whoever heard it and however fast they are: the database says so."""

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Uses the code up; raises passlib's own refusal where it was used."""
        if not use_once("code", user, str(tmatch.counter)):
            raise UsedTokenError


def use_once(kind: str, user: Staff, what: str) -> bool:
    """True the first time this person brings this."""
    desk = the_desk()
    mark = sha256(f"{kind} {user.id} {what}".encode()).hexdigest()
    return desk.database.write(lambda tx: staff_sessions.once(tx, mark, user.id, desk.now()))


def set_up_security(app: Flask, desk: Desk) -> Security:
    """Joins the library to `app`, without its pages."""
    settings = desk.settings
    # These must outlive a new HELO_SECRET_KEY, which only signs cookies: the index key lives as long as the database.
    long_lived = settings.index_key
    app.config.update(
        SECURITY_PASSWORD_SALT=derive(long_lived, "staff passwords").hex(),
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": derive(long_lived, "staff authenticators").hex()},
        SECURITY_TOTP_ISSUER=desk.catalogue.text("en", "console.brand"),
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=RECOVERY_CODES,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[
            base64.urlsafe_b64encode(derive(long_lived, "staff recovery codes"))
        ],
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_TRACKABLE=False,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
    )
    sessions = user_session(desk.database)
    before = len(app.before_request_funcs.get(None, ()))
    security = Security(
        app, SQLAlchemySessionUserDatastore(sessions, Staff, StaffRole), register_blueprint=False, totp_cls=OnceOnlyTotp
    )
    # The library would look for a token in every address, header and JSON body. Here only a session signs in.
    app.login_manager.request_loader(lambda _: None)  # type: ignore[attr-defined]
    # Who is signed in matters on the console alone: a parent's page never asks the database for it.
    everywhere = app.before_request_funcs.get(None, [])
    app.before_request_funcs.setdefault(BLUEPRINT, [])[:0] = everywhere[before:]
    del everywhere[before:]
    app.teardown_appcontext(lambda _: sessions.remove())
    app.extensions["helo-nobody"] = cache(lambda: hash_password(derive(long_lived, "nobody").hex()))
    return security


def the_security() -> Security:
    """The sign-in library of this app."""
    return cast(Security, current_app.extensions["security"])


def find_staff(email: str) -> Staff | None:
    """Whoever has this address."""
    found = the_security().datastore.find_user(case_insensitive=True, email=email.strip().lower()[:254])
    return cast("Staff | None", found)


def find_staff_by_id(staff_id: object) -> Staff | None:
    """Whoever has this number."""
    return cast("Staff | None", the_security().datastore.find_user(id=staff_id)) if staff_id else None


def knows_password(user: Staff | None, password: str) -> bool:
    """Whether it is theirs. Nobody takes as long as somebody: how long it takes tells nothing."""
    kept = user.password if user and user.password else None
    normal = normalise(password[:LONGEST_PASSWORD])
    right = bool(verify_password(normal, kept or current_app.extensions["helo-nobody"]()))
    return right and kept is not None


def normalise(password: str) -> str:
    """One form for letters that can be written in two ways."""
    return the_security()._password_util.normalize(password)


def weakness(password: str, email: str) -> str | None:
    """Why a new password will not do ("short", "long", "simple", "address"), or None. NCSC: length before all."""
    name = email.partition("@")[0].lower()
    folded = password.lower()
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    if len(set(folded)) < _FEWEST_LETTERS or any(word in folded for word in ("password", "cyfrinair", "12345678")):
        return "simple"
    return "address" if len(name) > 2 and name in folded else None


def save(user: Staff) -> None:
    """Writes what was changed of an account."""
    store = the_security().datastore
    store.put(user)  # type: ignore[no-untyped-call]
    store.commit()  # type: ignore[no-untyped-call]


def is_signed_in() -> bool:
    """Whether somebody is."""
    return bool(current_user.is_authenticated)
