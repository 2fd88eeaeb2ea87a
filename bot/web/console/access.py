"""Who may do what on the console: the one table. What it does not name is refused, at start and at every request."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, Literal

from flask import abort, redirect, request, url_for
from flask.sansio.app import App
from flask_login import current_user
from werkzeug.wrappers import Response

BLUEPRINT = "console"


class Role(StrEnum):
    """What somebody is here to do. Nobody has a right that comes from anything else."""

    PRACTITIONER = "practitioner"
    LEAD = "lead"
    SAFEGUARDING = "safeguarding"
    ADMIN = "admin"


Rule = frozenset[Role] | Literal["anyone"]

# The doors before sign-in; and what every member of staff may do with their own account.
ANYONE: Final = "anyone"
ANY_STAFF: Final = frozenset(Role)

_CALLERS = frozenset({Role.PRACTITIONER, Role.LEAD})
_CARERS = frozenset({Role.PRACTITIONER, Role.LEAD, Role.SAFEGUARDING})

# Page by page and verb by verb. An admin looks after accounts and meets no parent's words.
RULES: Mapping[tuple[str, str], Rule] = {
    ("sign_in", "GET"): ANYONE,
    ("sign_in", "POST"): ANYONE,
    ("enter_code", "GET"): ANYONE,
    ("enter_code", "POST"): ANYONE,
    ("enter_recovery_code", "GET"): ANYONE,
    ("enter_recovery_code", "POST"): ANYONE,
    ("first_sign_in", "GET"): ANYONE,
    ("first_sign_in", "POST"): ANYONE,
    ("demo_sign_in", "GET"): ANYONE,
    ("demo_sign_in", "POST"): ANYONE,
    ("choose_language", "POST"): ANYONE,
    ("sign_out", "POST"): ANYONE,
    ("account", "GET"): ANY_STAFF,
    ("change_password", "POST"): ANY_STAFF,
    ("new_recovery_codes", "POST"): ANY_STAFF,
    ("recovery_codes", "GET"): ANY_STAFF,
    ("today", "GET"): _CARERS,
    ("call_sheet", "GET"): _CALLERS,
    ("record_outcome", "POST"): _CALLERS,
    ("next_step", "POST"): _CALLERS,
    ("calls", "GET"): _CALLERS,
    ("week", "GET"): _CALLERS,
    ("change_call", "GET"): _CALLERS,
    ("move_call", "POST"): _CALLERS,
    ("allow_another", "POST"): _CALLERS,
    ("bring_back", "POST"): _CALLERS,
    ("book_for", "GET"): _CALLERS,
    ("book_for_parent", "POST"): _CALLERS,
    # A practitioner changes their own hours only: the page itself looks whose they are.
    ("callers", "GET"): _CALLERS,
    ("availability", "GET"): _CALLERS,
    ("keep_availability", "POST"): _CALLERS,
    ("new_feed", "POST"): _CALLERS,
    ("alerts", "GET"): _CARERS,
    ("live_alerts", "GET"): _CARERS,
    ("alert", "GET"): _CARERS,
    ("acknowledge", "POST"): _CARERS,
    ("close", "POST"): _CARERS,
    ("pass_on", "POST"): _CARERS,
    ("reopen", "POST"): _CARERS,
    ("report", "POST"): _CARERS,
    ("conversation", "GET"): _CARERS,
    ("live_conversation", "GET"): _CARERS,
    ("count_parts", "POST"): _CARERS,
    ("loss", "GET"): _CARERS,
    ("record_loss", "POST"): _CARERS,
    ("take_back_loss", "POST"): _CARERS,
    ("take_over", "POST"): _CARERS,
    ("reply", "POST"): _CARERS,
    ("hand_back", "POST"): _CARERS,
    ("safe_again", "POST"): _CARERS,
    ("directory", "GET"): ANY_STAFF,
    ("offer_numbers", "GET"): ANY_STAFF,
    ("one_offer", "GET"): ANY_STAFF,
    ("keep_offer", "POST"): ANY_STAFF,
    ("pause_offer", "POST"): ANY_STAFF,
    ("tasks", "GET"): _CALLERS,
    ("close_task", "POST"): _CALLERS,
    ("note_task", "POST"): _CALLERS,
}

# The page at the console's own address.
_FRONT = "today"
# Where a script asks, a refusal is a status and no page to sign in.
_ASKED_BY_SCRIPT = frozenset({"live_alerts", "live_conversation"})


class RouteWithoutRule(LookupError):
    """A route of the console is missing in `RULES`; the app does not start."""


def may(roles: Iterable[str], page: str, method: str = "GET") -> bool:
    """Whether somebody with `roles` may; a page or verb that the table does not name is refused."""
    rule = RULES.get((page, "GET" if method == "HEAD" else method))
    return rule is not None and (rule == ANYONE or not rule.isdisjoint(roles))


def my_roles() -> frozenset[str]:
    """The roles of whoever is signed in, read from the database with each request; none when nobody is."""
    return frozenset(role.name for role in getattr(current_user, "roles", ()))


def check_access() -> Response | None:
    """Runs before every request of the console: lets it through, sends it to sign in, or refuses it."""
    page = (request.endpoint or "").removeprefix(f"{BLUEPRINT}.")
    rule = RULES.get((page, "GET" if request.method == "HEAD" else request.method))
    if rule is None:
        abort(403)
    if rule == ANYONE:
        return None
    if not current_user.is_authenticated:
        if request.method in {"GET", "HEAD"} and page not in _ASKED_BY_SCRIPT:
            return redirect(url_for(".sign_in", next=request.path))
        abort(401)
    if not may(my_roles(), page, request.method):
        if page == _FRONT and request.method in {"GET", "HEAD"}:
            return redirect(home())  # the address that everybody is told
        abort(403)
    return None


def home() -> str:
    """The first page that whoever is signed in may open."""
    page = _FRONT if may(my_roles(), _FRONT) else "account"
    return url_for(f"{BLUEPRINT}.{page}")


def refuse_routes_without_rule(app: App) -> None:
    """Raises `RouteWithoutRule` unless `RULES` names every route and verb of the console."""
    for rule in app.url_map.iter_rules():
        blueprint, _, page = rule.endpoint.partition(".")
        if blueprint != BLUEPRINT:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if (page, method) not in RULES:
                raise RouteWithoutRule(f"{method} {rule.rule}")
