"""Sessions of staff: rows in the database that can be ended. The cookie holds a random id and nothing else.

Flask's own session is a signed cookie, and a copy of it works on after its owner has signed out. Here what counts is
the row: it dies at sign-out, after a time of doing nothing, after a working day, when the person is disabled, and when
their password changes.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import cast

from flask import Flask, Request, Response, session
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin

from bot.services.desk import Desk
from bot.storage import staff_sessions
from bot.storage.database import DatabaseAway

_TOKEN_BYTES = 32
_TOUCH_AFTER = timedelta(seconds=20)
PREFIX = "/staff"


class StaffSession(SecureCookieSession):
    """One visitor's session. `renew()` gives it a new id, `finish()` ends it; `quiet` requests do not keep it alive."""

    def __init__(self, kept: staff_sessions.StaffSession | None = None, *, away: bool = False) -> None:
        super().__init__(kept.data if kept else None)
        self.kept = kept
        self.staff_id = kept.staff_id if kept else None
        self.away = away
        self.renewed = False
        self.over = False
        self.quiet = False

    def renew(self, staff_id: int) -> None:
        """A new id for a person who has just proved who they are: an id known from before opens nothing."""
        self.staff_id, self.renewed = staff_id, True

    def finish(self) -> None:
        """Ends it now."""
        self.clear()
        self.over = True


class StaffSessions(SessionInterface):
    """Keeps `StaffSession`s under /staff. Elsewhere there is no session of Flask's: nothing is read or set."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._secure = desk.settings.public_url.startswith("https://")
        # The prefix makes browsers refuse the cookie from any other host or without https.
        self.cookie = "__Host-helo_staff" if self._secure else "helo_staff"
        self._idle = timedelta(seconds=desk.settings.session_idle_seconds)
        self._absolute = timedelta(seconds=desk.settings.session_absolute_seconds)

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """The visitor's session; an empty one for a cookie that is missing, made up, ended or too old."""
        if not is_staff_path(request.path):
            return None
        token = request.cookies.get(self.cookie, "")
        if not token:
            return StaffSession()
        try:
            kept = self._desk.database.read(lambda tx: staff_sessions.load(tx, self._desk.vault, hash_of(token)))
        except DatabaseAway:
            return StaffSession(away=True)
        now = self._desk.now()
        if kept is None or now - kept.seen_at > self._idle or now - kept.created_at > self._absolute:
            return StaffSession()
        return StaffSession(kept)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes what changed, and sets the cookie where the id is new."""
        if not isinstance(session, StaffSession):
            return
        if session.over:
            if session.kept:
                self._end(session.kept.id)
            response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        elif session.renewed or (session.kept is None and session):
            self._begin(session, response)
        elif session.kept is not None:
            self._keep(session, session.kept)

    def _begin(self, session: StaffSession, response: Response) -> None:
        token, now, old = secrets.token_urlsafe(_TOKEN_BYTES), self._desk.now(), session.kept
        fresh = staff_sessions.StaffSession(hash_of(token), session.staff_id, now, now, dict(session))

        def work(tx: staff_sessions.Transaction) -> None:
            staff_sessions.sweep(tx, unknown_before=now - self._absolute, before=now - 14 * self._absolute)
            staff_sessions.begin(tx, self._desk.vault, fresh)
            if old is not None:
                staff_sessions.end(tx, old.id, now)

        self._desk.database.write(work)
        response.set_cookie(self.cookie, token, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _keep(self, session: StaffSession, kept: staff_sessions.StaffSession) -> None:
        now = self._desk.now()
        if session.quiet:
            return
        if session.modified:
            data = dict(session)
            self._desk.database.write(lambda tx: staff_sessions.keep(tx, self._desk.vault, kept.id, data, now))
        elif now - kept.seen_at > min(_TOUCH_AFTER, self._idle / 10):
            self._desk.database.write(lambda tx: staff_sessions.touch(tx, kept.id, now))

    def _end(self, id_: str) -> None:
        now = self._desk.now()
        self._desk.database.write(lambda tx: staff_sessions.end(tx, id_, now))


def is_staff_path(path: str) -> bool:
    """Whether the path belongs to the console."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def hash_of(token: str) -> str:
    """What the database keeps of a token: nobody who reads the table can sign in with it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def my_session() -> StaffSession:
    """The session of this request."""
    return cast(StaffSession, session._get_current_object())  # type: ignore[attr-defined]
