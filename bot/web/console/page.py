"""What every page of the console leans on: the desk, who is signed in, the language, the record of who looked."""

from datetime import date, datetime
from typing import cast

from babel.dates import format_date
from flask import current_app, g, request, session
from flask_login import current_user
from werkzeug.routing import BaseConverter

from bot.content.moments import day_in_words
from bot.domain.conversation import LANGUAGES
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.services.report_readiness import LATE_ALERT, report_readiness
from bot.storage import audit, concerns, reports, staff_sessions
from bot.web.console.sessions import my_session
from bot.web.pages import page_language, speak


class IdConverter(BaseConverter):
    """An id of ours. Anything else is no page: no number of digits or strange letter comes further."""

    regex = "[0-9a-f]{32}"


class KeyConverter(BaseConverter):
    """Who somebody is in flows/team.yaml."""

    regex = "[A-Za-z0-9_.-]{1,64}"


class LinkConverter(BaseConverter):
    """The random part of a one-time link."""

    regex = "[A-Za-z0-9_-]{43}"


def the_desk() -> Desk:
    """Everything a use case needs."""
    return cast(Desk, current_app.extensions["helo-desk"])


def who() -> str:
    """Whoever is signed in, as records name them: never by name or address."""
    return f"staff:{current_user.id}"


def choose_language() -> None:
    """The language somebody chose, else the browser's; Welsh where that says nothing."""
    chosen = session.get("language") or getattr(current_user, "language", None)
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
    speak(chosen)


def note_view(subject_type: str, subject_id: str) -> None:
    """Writes down that this person looked, before they see anything."""
    # Asked here and not within: who waits to write may have it carried out by the thread of another person's request.
    desk, person, now = the_desk(), who(), the_desk().now()
    desk.database.write(lambda tx: audit.record(tx, person, "view", subject_type, subject_id, now))


def names_of_staff() -> dict[str, str]:
    """Who is who in the records: "staff:3", or "team:key" for whoever took an alert by text, to a name."""
    if "staff_names" not in g:
        found = the_desk().database.read(staff_sessions.names)
        team = {f"team:{key}": person.name for key, person in the_desk().team.people.items()}
        g.staff_names = team | {f"staff:{id_}": name for id_, name in found.items()}
    return cast(dict[str, str], g.staff_names)


def in_wales(moment: datetime) -> datetime:
    """The moment in wall time of Wales."""
    return moment.astimezone(WALES)


def clock(moment: datetime) -> str:
    """The hour and minute in Wales."""
    return in_wales(moment).strftime("%H:%M")


def is_today(moment: datetime) -> bool:
    """Whether it lies in this day of Wales."""
    return in_wales(moment).date() == in_wales(my_now()).date()


def number_to_read(number: str) -> str:
    """A UK mobile as people write it: 07700 900123. Anything else stays as it is."""
    if number.startswith("+447") and len(number) == 13:
        return f"0{number[3:7]} {number[7:]}"
    return number


def my_now() -> datetime:
    """The moment of this request."""
    return the_desk().now()


def words_for(kind: str, name: str, language: str = "") -> str:
    """The words of a code that other rooms make up ("console.task", "texts_off"); of "other" where it is new to us."""
    catalogue = the_desk().catalogue
    address = f"{kind}.{name}" if catalogue.has("en", f"{kind}.{name}") else f"{kind}.other"
    return catalogue.text(language or page_language(), address)


def live_now() -> tuple[concerns.Alert, ...]:
    """The alerts that are live, for the menu of every page."""
    return the_desk().database.read(concerns.live)


def waiting(alerts: tuple[concerns.Alert, ...]) -> list[str]:
    """The references of those nobody has taken."""
    return [alert.reference for alert in alerts if alert.state == "open"]


def trouble() -> list[str]:
    """What is wrong in the house, as codes; each has its words under console.trouble.<code>. Loud on every page."""
    desk, now = the_desk(), my_now()
    state = report_readiness(desk.database, desk.team, now, reconcile_seconds=None)
    late = desk.database.read(lambda tx: reports.overdue(tx, now)) if state.database else ()
    found = {
        "unreached": state.unreached_alerts > 0,
        "account_refused": state.account_refused > 0,
        "late": state.oldest_overdue_alert_seconds > LATE_ALERT,
        "rota_gap": state.rota_gaps > 0,
        "report": bool(late),
    }
    return [code for code, is_so in found.items() if is_so]


def from_script() -> None:
    """A page that the script loads again by itself keeps no session alive: nobody may be sitting there."""
    if request.headers.get("X-Requested-With") == "fetch":
        my_session().quiet = True


TROUBLES = ("unreached", "account_refused", "late", "rota_gap", "report")


def day(date_: date) -> str:
    """A day in words, with its year: entries are checked in one year and go stale in the next."""
    return f"{day_in_words(page_language(), date_)} {date_.year}"


def month_name(month: date) -> str:
    """A month in words."""
    return format_date(month, "LLLL yyyy", locale=page_language())


# What every template of the console may call.
FOR_TEMPLATES = {
    each.__name__: each
    for each in (clock, day, is_today, live_now, month_name, number_to_read, trouble, waiting, words_for)
}
