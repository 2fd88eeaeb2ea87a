"""How often somebody may try to sign in: by network address, and by account, so that neither many machines nor many
accounts make guessing worth while. Only trying is limited, never listening to parents.

Uses Flask-Limiter's own engine without its hook, which would look at every request of every parent.
"""

from hashlib import sha256

from flask import Flask, abort, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from bot.services.desk import Desk

BY_ADDRESS = parse_many("30 per 15 minutes; 200 per day")
BY_ACCOUNT = parse_many("10 per 15 minutes; 60 per day")


def set_up_throttle(app: Flask, desk: Desk) -> None:
    """Counts in this process, or where the settings say when several machines share the work."""
    app.extensions["helo-throttle"] = MovingWindowRateLimiter(storage_from_string(desk.settings.limits_url))


def count_try(account: str) -> None:
    """Counts one try at `account` from the visitor's address; answers 429 where it is one too many."""
    _count(BY_ADDRESS, "address", request.remote_addr or "nowhere")
    _count(BY_ACCOUNT, "account", account.strip().lower())


def _count(limits: list[RateLimitItem], kind: str, what: str) -> None:
    throttle: MovingWindowRateLimiter = current_app.extensions["helo-throttle"]
    # A hash, because a limit's key may lie in a store that others can read.
    key = sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
    # Every limit counts the try, also where the first has been reached already.
    counted = [throttle.hit(limit, "staff", kind, key) for limit in limits]
    if not all(counted):
        abort(429)
