"""Somebody's own account: a new password, new recovery codes."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import hash_password

from bot.storage import audit, staff_sessions
from bot.web.console.page import the_desk, who
from bot.web.console.people import knows_password, normalise, save, the_security, weakness
from bot.web.console.sessions import my_session
from bot.web.console.sign_in import Page, let_in
from bot.web.console.throttle import count_try


def add_routes(blueprint: Blueprint) -> None:
    """The account page and what can be done there."""
    blueprint.add_url_rule("/account", "account", account)
    blueprint.add_url_rule("/account/password", "change_password", change_password, methods=["POST"])
    blueprint.add_url_rule("/account/recovery-codes", "recovery_codes", recovery_codes)
    blueprint.add_url_rule("/account/new-recovery-codes", "new_recovery_codes", new_recovery_codes, methods=["POST"])


def account() -> Page:
    """What there is to change."""
    return _page()


def change_password() -> Page:
    """A new password ends every other session of this person, and gives this one a new id."""
    user = current_user._get_current_object()
    count_try(user.email)
    if not knows_password(user, request.form.get("password", "")):
        return _page("wrong"), 422
    new = normalise(request.form.get("new_password", ""))
    fault = weakness(new, user.email)
    if fault is not None:
        return _page(fault), 422
    user.password = hash_password(new)
    the_security().datastore.set_uniquifier(user)
    save(user)
    desk, person, now = the_desk(), who(), the_desk().now()

    def work(tx: staff_sessions.Transaction) -> None:
        staff_sessions.end_all(tx, user.id, now)
        audit.record(tx, person, "change_password", "staff", person, now)

    desk.database.write(work)
    let_in(user, "password_change")
    return redirect(url_for(".account", changed="yes"))


def new_recovery_codes() -> Page:
    """Eight new codes; the old ones stop working."""
    user = current_user._get_current_object()
    count_try(user.email)
    if not knows_password(user, request.form.get("password", "")):
        return _page("wrong"), 422
    my_session()["new_codes"] = the_security().mf_recovery_codes_util.create_recovery_codes(user)
    save(user)
    desk, person = the_desk(), who()
    desk.database.write(lambda tx: audit.record(tx, person, "new_recovery_codes", "staff", person, desk.now()))
    return redirect(url_for(".recovery_codes"))


def recovery_codes() -> Page:
    """New codes are shown once."""
    codes = my_session().pop("new_codes", None)
    if not codes:
        return redirect(url_for(".account"))
    return render_template("console/recovery_codes.html", codes=codes)


def _page(fault: str | None = None) -> str:
    return render_template(
        "console/account.html",
        fault=fault,
        email=current_user.email,
        changed=request.args.get("changed") == "yes",
        codes_left=len(current_user.mf_recovery_codes or ()),
    )
