"""What every answer carries and every request obeys: headers, size limits, and error pages that give nothing away.

Somebody may be looking over the parent's shoulder: no page is kept by a browser, no address is passed on, no error page
says what the site is about. Twilio's routes answer in front of this (`SmsDoor.before`) and keep their own limits.
"""

from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from bot.logs import where
from bot.settings import Settings
from bot.storage.database import DatabaseAway

MOST_BYTES = 64 * 1024
MOST_FIELDS = 100

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # the sign-in's QR code is drawn into its page
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"
# Each has its words in both languages under common.error.<name>.
PAGES = {
    400: "not_understood",
    403: "not_allowed",
    404: "not_found",
    405: "not_found",
    413: "too_long",
    415: "not_understood",
    429: "too_many",
    500: "failed",
    503: "failed",
}

log = structlog.get_logger(__name__)


def install_guard(app: Flask, settings: Settings) -> None:
    """Puts the headers, the limits and the error pages on every route of `app`."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    headers = HEADERS | {"Content-Security-Policy": content_policy(settings)}
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = ONE_YEAR

    @app.before_request
    def refuse_what_is_too_long() -> None:
        # Flask's own limit does not bound a form sent as application/x-www-form-urlencoded before it is read.
        length = request.content_length
        if (length or 0) > MOST_BYTES or (length is None and "HTTP_TRANSFER_ENCODING" in request.environ):
            abort(413)

    @app.after_request
    def put_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(Exception)
    def say_little(error: Exception) -> Response:
        response = _answer(_status(error))
        if isinstance(error, HTTPException):
            kept = error.get_response().headers
            response.headers.extend({name: kept[name] for name in ("Allow", "Retry-After") if name in kept})
        return response


def content_policy(settings: Settings) -> str:
    """Nothing is loaded from elsewhere, and forms lead nowhere else but out: the way out is a form that redirects."""
    way_out = urlsplit(settings.exit_url)
    return "; ".join((*POLICY, f"form-action 'self' {way_out.scheme}://{way_out.netloc}"))


def _status(error: Exception) -> int:
    """The status to answer with; what is not an HTTP error is logged, by kind and place and never by its message."""
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, DatabaseAway):
        log.error("database_away", endpoint=request.endpoint)
        return 503
    log.error("request_failed", endpoint=request.endpoint, **where(error))
    return 500


def _answer(status: int) -> Response:
    if not request.accept_mimetypes.accept_html or request.accept_mimetypes.best == "application/json":
        response = Response(f'{{"status": {status}}}\n', mimetype="application/json")
    else:
        name = PAGES.get(status, PAGES[400] if status < 500 else PAGES[500])
        response = Response(render_template("error.html", name=name), mimetype="text/html")
    response.status_code = status
    return response
