"""The web application: joins the desk to the doors. Knows every room and decides nothing."""

import secrets
from dataclasses import replace

from flask import Flask

from bot.logs import configure_logs
from bot.services.desk import Desk, open_desk
from bot.services.note_delivery import note_delivery
from bot.services.receive_message import receive_message
from bot.services.report_readiness import report_readiness
from bot.settings import Settings
from bot.web.calendar import calendar_blueprint
from bot.web.chat import chat_blueprint
from bot.web.console import console_blueprint, set_up_sign_in
from bot.web.guard import install_guard
from bot.web.health import health_blueprint
from bot.web.offers import offers_blueprint
from bot.web.pages import dress_pages
from bot.web.sms import SmsDoor, sms_blueprint


def create_app(settings: Settings, desk: Desk | None = None) -> Flask:
    """The application, ready to serve; opens a desk of its own unless it is given one.

    Raises what opening the desk raises: every fault in flows and words, with file and line.
    """
    configure_logs(production=settings.is_production)
    desk = desk or open_desk(settings)
    desk.ears.open()
    app = Flask("bot.web")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
    )
    install_guard(app, settings)
    dress_pages(app, desk.catalogue, **desk.helplines)
    every = settings.reconcile_every
    app.register_blueprint(
        health_blueprint(
            lambda now: report_readiness(desk.database, desk.team, now, reconcile_seconds=every), now=desk.now
        )
    )
    app.register_blueprint(chat_blueprint(desk))
    app.register_blueprint(offers_blueprint(desk))
    app.register_blueprint(calendar_blueprint(desk))
    set_up_sign_in(app, desk)
    app.register_blueprint(console_blueprint(desk))
    _open_sms(app, desk)
    return app


def _open_sms(app: Flask, desk: Desk) -> None:
    settings = desk.settings
    if not settings.twilio_auth_tokens:
        # A demo without Twilio: nobody knows this token, so every text is refused, as it must be.
        settings = replace(settings, twilio_auth_tokens=(secrets.token_hex(16),))
    door = SmsDoor(
        settings,
        lambda message, now: receive_message(desk, message, now),
        lambda report, now: note_delivery(desk, report, now),
        now=desk.now,
    )
    app.register_blueprint(sms_blueprint(door))
    # The same answers without the cost of a Flask request: an inbound text never meets sessions, forms or pages.
    app.wsgi_app = door.before(app.wsgi_app)  # type: ignore[assignment, method-assign]
