"""A parent's chat session: one random id in one cookie, and nothing else kept in the browser.

The id is the contact of a conversation on the web channel. Forms carry a token made from it, so that no other site can
post in the parent's name; nothing is signed into the cookie, so a changed one simply opens nothing.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Request
from werkzeug.wrappers import Response

from bot.settings import Settings

_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
# Everything of this site that a browser may still hold: the server has ended the session, this empties the other end.
CLEAR_ALL = '"cache", "cookies", "storage"'


class ChatSession:
    """Makes, reads and ends sessions by the settings of one deployment."""

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.secret_key.encode()
        self._secure = settings.public_url.startswith("https://")
        self._origin = _origin(settings.public_url)
        # The prefix makes browsers refuse the cookie from a neighbouring host or over plain http.
        self.cookie = "__Host-helo" if self._secure else "helo"

    def read(self, request: Request) -> str | None:
        """The session's id, or None when there is none or it was never one of ours."""
        found = request.cookies.get(self.cookie, "")
        return found if _ID.fullmatch(found) else None

    def write(self, response: Response, session: str) -> None:
        """Hands the browser its id, until it is closed."""
        response.set_cookie(self.cookie, session, path="/", httponly=True, secure=self._secure, samesite="Lax")

    def clear(self, response: Response) -> None:
        """Takes the id back and empties what the browser holds of this site."""
        response.delete_cookie(self.cookie, path="/", httponly=True, secure=self._secure, samesite="Lax")
        response.headers["Clear-Site-Data"] = CLEAR_ALL

    def form_token(self, session: str) -> str:
        """What every form of this session carries."""
        return self._digest("form", session)

    def holds(self, session: str, token: str) -> bool:
        """Whether the form was made for this session, by us."""
        return hmac.compare_digest(self.form_token(session).encode(), token.encode("utf-8", "surrogatepass"))

    def message_id(self, session: str, key: str, *other_words: str) -> str:
        """The id of the message sent with a form's key: the same form gives the same id, whatever other sessions do.

        With `other_words`, that of a second message from the same form. The id is kept readable: the digest is keyed,
        and the form's key is kept nowhere, so that nobody can try out words on it.
        """
        return self._digest("message", session, key, *other_words)

    def following(self, session: str, key: str) -> str:
        """The id of the session that a text opens which came too late for `session`; the same again for a repeat."""
        digest = hmac.digest(self._secret, "\0".join(("helo chat", "following", session, key)).encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def is_from_elsewhere(self, request: Request) -> bool:
        """Whether the browser says that another site sent this.

        `Origin: null` is what our own pages send, because they pass on no referrer; the token then decides. A browser
        too old to say anything is let through to the token as well.
        """
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return True
        origin = request.headers.get("Origin", "null")
        return origin != "null" and origin not in (self._origin, _origin(request.host_url))

    def is_surely_ours(self, request: Request) -> bool:
        """Whether the browser vouches that a page of this site sent this; one too old to say anything does not."""
        if self.is_from_elsewhere(request):
            return False
        # What is not from elsewhere and names an origin names ours.
        return "Sec-Fetch-Site" in request.headers or request.headers.get("Origin", "null") != "null"

    def _digest(self, *parts: str) -> str:
        return hmac.new(self._secret, "\0".join(("helo chat", *parts)).encode(), sha256).hexdigest()


def new_session() -> str:
    """A fresh id: 256 bits from the operating system's source of chance."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """A fresh key for one rendering of the page: whatever is sent with it is taken once."""
    return secrets.token_urlsafe(18)


def is_key(text: str) -> bool:
    """Whether this could be a key of ours."""
    return _KEY.fullmatch(text) is not None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
