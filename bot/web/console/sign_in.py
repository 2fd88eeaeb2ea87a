"""The way in and out: address and password, then a code from an authenticator, or a recovery code in its place.

The same answer to an unknown address as to a wrong password, in the same time. A new session id with each sign-in.
"""

import re
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import login_user, logout_user
from werkzeug.wrappers import Response

from bot.domain.conversation import LANGUAGES
from bot.services.add_staff import is_demo_address
from bot.storage import audit
from bot.web.console.access import home
from bot.web.console.page import the_desk, who
from bot.web.console.people import (
    CODE_SECONDS,
    Staff,
    find_staff,
    find_staff_by_id,
    is_signed_in,
    knows_password,
    save,
    the_security,
    use_once,
)
from bot.web.console.sessions import my_session
from bot.web.console.throttle import count_try

_OURS = re.compile(r"/staff(?:/[A-Za-z0-9/-]*)?")
_PENDING = timedelta(minutes=10)

Page = str | Response | tuple[str, int]


def add_routes(blueprint: Blueprint) -> None:
    """The doors of sign-in."""
    blueprint.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    blueprint.add_url_rule("/sign-in/code", "enter_code", enter_code, methods=["GET", "POST"])
    blueprint.add_url_rule("/sign-in/recovery", "enter_recovery_code", enter_recovery_code, methods=["GET", "POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    blueprint.add_url_rule("/language", "choose_language", choose_language, methods=["POST"])


def sign_in() -> Page:
    """Address and password."""
    if is_signed_in():
        return redirect(home())
    session = my_session()
    if request.method == "GET":
        session["next"] = safe_next(request.args.get("next", ""))
        return render_template("console/sign_in.html", wrong=False)
    count_try(request.form.get("email", ""))
    user = find_staff(request.form.get("email", ""))
    if not knows_password(user, request.form.get("password", "")) or user is None or not may_come_in(user):
        return render_template("console/sign_in.html", wrong=True), 401
    session["pending"] = {"staff": user.id, "until": (the_desk().now() + _PENDING).isoformat()}
    return redirect(url_for(".enter_code"))


def enter_code() -> Page:
    """The code of the authenticator, once the password was right."""
    user = pending()
    if user is None:
        return redirect(url_for(".sign_in"))
    if request.method == "GET":
        return render_template("console/code.html", wrong=False)
    count_try(user.email)
    if not is_right_code(user, user.tf_totp_secret, request.form.get("code", "")):
        return render_template("console/code.html", wrong=True), 401
    return let_in(user, "authenticator")


def enter_recovery_code() -> Page:
    """One of the codes kept for the day the telephone is lost. Each works once."""
    user = pending()
    if user is None:
        return redirect(url_for(".sign_in"))
    if request.method == "GET":
        return render_template("console/recovery.html", wrong=False)
    count_try(user.email)
    kept = the_security().mf_recovery_codes_util
    code = re.sub(r"[^0-9a-f]", "", request.form.get("code", "").lower()[:40])
    code = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    if not kept.check_recovery_code(user, code) or not use_once("recovery", user, code):
        return render_template("console/recovery.html", wrong=True), 401
    sealed, opened = list(user.mf_recovery_codes or ()), kept.get_recovery_codes(user)
    user.mf_recovery_codes = [seal for seal, each in zip(sealed, opened, strict=True) if each != code]
    save(user)
    return let_in(user, "recovery_code")


def sign_out() -> Response:
    """Ends the session in the database: a copy of its cookie opens nothing."""
    if is_signed_in():
        desk, person = the_desk(), who()
        desk.database.write(lambda tx: audit.record(tx, person, "sign_out", "staff", person, desk.now()))
    logout_user()
    my_session().finish()
    return redirect(url_for(".sign_in"))


def choose_language() -> Response:
    """Welsh or English, for this session and, once signed in, for the next ones."""
    language = request.form.get("language")
    if language in LANGUAGES:
        my_session()["language"] = language
        if is_signed_in():
            current_user.language = language
            save(current_user._get_current_object())
    return redirect(safe_next(request.form.get("next", "")) or url_for(".sign_in"))


def let_in(user: Staff, way: str) -> Response:
    """Signs in somebody who has proved who they are, under a new session id, and takes them where they were going."""
    desk, session = the_desk(), my_session()
    target, language = session.get("next"), session.get("language")
    session.clear()
    login_user(user, remember=False, authn_via=[way])
    session.renew(user.id)
    if language:
        session["language"] = language
    person, now = who(), desk.now()
    desk.database.write(lambda tx: audit.record(tx, person, f"sign_in:{way}", "staff", person, now))
    return redirect(target or home())


def pending() -> Staff | None:
    """Whoever gave the right password a moment ago and owes a code."""
    waiting = my_session().get("pending")
    if not waiting or datetime.fromisoformat(waiting["until"]) < the_desk().now():
        return None
    user = find_staff_by_id(waiting["staff"])
    return user if user is not None and may_come_in(user) else None


def may_come_in(user: Staff) -> bool:
    """A disabled person may not, nor anybody without a second factor, nor pretend staff in production."""
    if not user.active or not user.tf_totp_secret:
        return False
    return not (the_desk().settings.is_production and is_demo_address(user.email))


def is_right_code(user: Staff, secret: str | None, typed: str) -> bool:
    """Whether it is the code of now or of the half minute before, and not used yet."""
    code = re.sub(r"[\s-]", "", typed[:20])
    if not secret or not re.fullmatch(r"[0-9]{6}", code):
        return False
    return bool(the_security().totp_factory.verify_totp(code, secret, user, window=CODE_SECONDS))


def safe_next(path: str) -> str:
    """`path` when it is a plain path of the console, else ""."""
    return path if _OURS.fullmatch(path) else ""
