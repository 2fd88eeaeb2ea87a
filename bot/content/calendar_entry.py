"""One time for a parent's own calendar. It names no service, place or person: a calendar is often shared.

`icalendar` writes it: folding, escaping and zones are its business.
"""

from datetime import datetime

from icalendar import Calendar, Event


def neutral_entry(uid: str, title: str, starts_at: datetime, ends_at: datetime, now: datetime) -> bytes:
    """The .ics file; all times aware UTC. `title` must give nothing away."""
    calendar = Calendar()
    calendar.add("prodid", "-//calendar//entry//EN")
    calendar.add("version", "2.0")
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", title)
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    entry: bytes = calendar.to_ical()
    return entry
