"""One-time links: the first sign-in, where somebody sets a password and an authenticator; and the demo's short cut.

Opening a link uses nothing up, because scanners of mail and previews open links. Sending the form does.
"""

from datetime import datetime

import qrcode
import qrcode.image.svg
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import hash_password
from markupsafe import Markup
from werkzeug.wrappers import Response

from bot.services.add_staff import is_demo_address, link_id
from bot.storage import audit, staff_sessions
from bot.web.console.page import the_desk
from bot.web.console.people import Staff, find_staff_by_id, normalise, save, the_security, weakness
from bot.web.console.sessions import my_session
from bot.web.console.sign_in import Page, is_right_code, let_in
from bot.web.console.throttle import count_try


def add_routes(blueprint: Blueprint) -> None:
    """The two kinds of link."""
    blueprint.add_url_rule("/first/<link:token>", "first_sign_in", first_sign_in, methods=["GET", "POST"])
    blueprint.add_url_rule("/demo/<link:token>", "demo_sign_in", demo_sign_in, methods=["GET", "POST"])


def first_sign_in(token: str) -> Page:
    """Sets a password and an authenticator, then shows the recovery codes."""
    user = _owner("first", token)
    if user is None:
        return render_template("console/link_over.html"), 410
    session, factory = my_session(), the_security().totp_factory
    kept = session.get("setting_up")
    secret = kept["secret"] if kept and kept["staff"] == user.id else factory.generate_totp_secret()
    session["setting_up"] = {"staff": user.id, "secret": secret}
    fault = None
    if request.method == "POST":
        count_try(user.email)
        password = request.form.get("password", "")
        fault = weakness(normalise(password), user.email)
        if fault is None and not is_right_code(user, secret, request.form.get("code", "")):
            fault = "code"
        if fault is None:
            if not _use_up("first", token):
                return render_template("console/link_over.html"), 410
            return _begin(user, password, secret)
    return render_template(
        "console/first_sign_in.html",
        fault=fault,
        email=user.email,
        secret=factory.get_totp_pretty_key(secret),
        drawing=draw(factory.get_totp_uri(user.email, secret)),
    ), (200 if fault is None else 422)


def demo_sign_in(token: str) -> Page:
    """Signs in as the pretend lead. Production knows no such link."""
    if the_desk().settings.is_production:
        abort(404)
    user = _owner("demo", token)
    if user is None or not is_demo_address(user.email):
        return render_template("console/link_over.html"), 410
    if request.method == "GET":
        return render_template("console/demo.html")
    if not _use_up("demo", token):
        return render_template("console/link_over.html"), 410
    return let_in(user, "demo_link")


def draw(uri: str) -> Markup:
    """The QR code as a drawing within the page: nothing is fetched, and nobody else sees the secret."""
    image = qrcode.make(uri, image_factory=qrcode.image.svg.SvgPathImage, box_size=10, border=4)
    # Safe to take as it is: black squares, no letter of the address in it.
    return Markup(image.to_string(encoding="unicode"))  # nosec B704


def _begin(user: Staff, password: str, secret: str) -> Response:
    """Keeps what was set, ends whatever was open before, and lets them in."""
    desk, store, security = the_desk(), the_security().datastore, the_security()
    user.password = hash_password(normalise(password))
    store.tf_set(user, "authenticator", totp_secret=secret)
    store.set_uniquifier(user)
    codes = security.mf_recovery_codes_util.create_recovery_codes(user)
    save(user)
    who, now = f"staff:{user.id}", desk.now()

    def work(tx: staff_sessions.Transaction) -> None:
        staff_sessions.end_all(tx, user.id, now)
        audit.record(tx, who, "set_up_sign_in", "staff", who, now)

    desk.database.write(work)
    let_in(user, "first")
    my_session()["new_codes"] = codes
    return redirect(url_for(".recovery_codes"))


def _owner(purpose: str, token: str) -> Staff | None:
    """Whose link it is, while it works."""
    desk, id_ = the_desk(), link_id(purpose, token)
    link = desk.database.read(lambda tx: staff_sessions.load(tx, desk.vault, id_))
    if link is None or link.data.get("purpose") != purpose or datetime.fromisoformat(link.data["until"]) < desk.now():
        return None
    user = find_staff_by_id(link.staff_id)
    return user if user is not None and user.active else None


def _use_up(purpose: str, token: str) -> bool:
    """True for the first to send the form."""
    desk, id_ = the_desk(), link_id(purpose, token)
    return desk.database.write(lambda tx: staff_sessions.end(tx, id_, desk.now()))
