"""The staff console: sign-in, today's calls and their sheets, alerts, one conversation, tasks. One module a page.

`access.py` is the table of who may do what; everything passes it.
"""

from flask import Blueprint, Flask, abort, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from bot.services.desk import Desk
from bot.web.console import (
    account,
    alert,
    alerts,
    availability,
    call_sheet,
    calls,
    change_call,
    conversation,
    directory,
    first_sign_in,
    live_thread,
    loss,
    next_step,
    offer_numbers,
    one_offer,
    sign_in,
    tasks,
    today,
)
from bot.web.console.access import BLUEPRINT, check_access, may, my_roles, refuse_routes_without_rule
from bot.web.console.page import FOR_TEMPLATES, IdConverter, KeyConverter, LinkConverter, choose_language
from bot.web.console.people import is_signed_in, set_up_security
from bot.web.console.sessions import PREFIX, StaffSessions, my_session
from bot.web.console.throttle import set_up_throttle

__all__ = ["console_blueprint", "set_up_sign_in"]

_PAGES = (
    sign_in,
    first_sign_in,
    account,
    today,
    calls,
    call_sheet,
    change_call,
    next_step,
    availability,
    alerts,
    alert,
    conversation,
    loss,
    tasks,
    live_thread,
    directory,
    offer_numbers,
    one_offer,
)
_REFUSALS = (400, 401, 403, 404, 405, 409, 413, 429)

csrf = CSRFProtect()


def set_up_sign_in(app: Flask, desk: Desk) -> None:
    """Gives `app` sessions, accounts and limits for staff. Call it before the blueprint is registered."""
    app.extensions["helo-desk"] = desk
    app.session_interface = StaffSessions(desk)
    app.config.update(
        # Forms are checked in the blueprint, after the door; the token lives as long as its session.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a referrer, which our pages never send.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.url_map.converters.update(id=IdConverter, key=KeyConverter, link=LinkConverter)
    set_up_security(app, desk)
    set_up_throttle(app, desk)


def console_blueprint(desk: Desk) -> Blueprint:
    """Everything under /staff. Registering it raises `RouteWithoutRule` where the table of access has a gap."""
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=PREFIX)
    blueprint.before_request(_open_door)
    for page in _PAGES:
        page.add_routes(blueprint)
    blueprint.record(lambda state: refuse_routes_without_rule(state.app))
    blueprint.context_processor(
        lambda: {
            "may": lambda page: is_signed_in() and may(my_roles(), page),
            "signed_in": is_signed_in(),
            **FOR_TEMPLATES,
            "demo": desk.team.demo,
        }
    )
    for status in _REFUSALS:
        blueprint.register_error_handler(status, _refuse)
    return blueprint


def _open_door() -> Response | None:
    if my_session().away:
        abort(503)
    choose_language()
    refusal = check_access()
    if refusal is None and request.method == "POST":
        # Browsers say where a form comes from; the token holds for those that do not.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(403)
        csrf.protect()
    return refusal


def _refuse(error: HTTPException) -> tuple[str, int] | Response:
    """A page that says what to do next. A form that is not ours, or too old, is refused like any other stranger."""
    status = 403 if isinstance(error, CSRFError) else error.code or 400
    if request.accept_mimetypes.best == "application/json":
        return Response(f'{{"status": {status}}}\n', status=status, mimetype="application/json")
    why = "old_form" if isinstance(error, CSRFError) else str(status)
    page = render_template("console/refused.html", why=why)
    return page, status
