"""A member of staff's calls at a secret address, for Outlook and others: a title and a link, nothing of any parent."""

from flask import Blueprint, Response, abort

from bot.services.desk import Desk
from bot.services.publish_calls import publish_calls


def calendar_blueprint(desk: Desk) -> Blueprint:
    """One address a person. One that belongs to nobody looks like one that never was."""
    blueprint = Blueprint("calendar", __name__)

    def feed(secret: str) -> Response:
        content = publish_calls(desk, secret, desk.now()) if secret.isascii() and len(secret) < 100 else None
        if content is None:
            abort(404)
        return Response(content, mimetype="text/calendar")

    blueprint.add_url_rule("/calendar/<secret>.ics", "feed", feed)
    return blueprint
