"""Busy times out of real calendars' shapes: zones by Outlook's names, clock changes, whole days, changes of one day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, Response, redirect

from bot.gateways import calendar_feed
from bot.gateways.calendar_feed import FeedUnreadable, fetch_busy, read_busy
from tests.simulators.serving import serving

WALES = ZoneInfo("Europe/London")
SINCE, UNTIL = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 30, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    inside = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20270101T000000Z\n{event}\nEND:VEVENT\n" for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{inside}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def busy(*events: str) -> list[str]:
    """As 'day hour:minute-hour:minute' in UTC."""
    found = read_busy(calendar(*events), SINCE, UNTIL, WALES)
    return [f"{begins:%m-%d %H:%M}-{ends:%H:%M}" for begins, ends in found]


def test_a_weekly_meeting_keeps_its_wall_time_when_the_clocks_change() -> None:
    for zone in ("Europe/London", "GMT Standard Time"):
        times = f"DTSTART;TZID={zone}:20270322T100000\nDTEND;TZID={zone}:20270322T110000"
        event = f"{times}\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:Secret"
        assert busy(event) == ["03-22 10:00-11:00", "03-29 09:00-10:00"], zone


def test_a_zone_told_by_outlook_in_its_own_words_is_believed() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
        "DTSTART:16010101T010000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"
        "END:DAYLIGHT\nEND:VTIMEZONE\n"
    ).replace("\n", "\r\n").encode()  # fmt: skip
    tzid = "TZID=Customized Time Zone"
    whole = calendar(f"DTSTART;{tzid}:20270405T100000\nDTEND;{tzid}:20270405T110000")
    whole = whole.replace(b"BEGIN:VEVENT", zone + b"BEGIN:VEVENT", 1)
    ((begins, ends),) = read_busy(whole, SINCE, UNTIL, WALES)
    assert (begins.hour, ends.hour) == (9, 10)


def test_whole_days_and_times_without_a_zone_are_of_wales() -> None:
    assert busy("DTSTART;VALUE=DATE:20270401\nDTEND;VALUE=DATE:20270402") == ["03-31 23:00-23:00"]
    assert busy("DTSTART:20270401T100000\nDTEND:20270401T103000") == ["04-01 09:00-09:30"]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "transp:transparent"]
)
def test_what_takes_no_time_is_not_busy(line: str) -> None:
    event = "DTSTART:20270401T100000Z\nDTEND:20270401T110000Z"
    assert busy(event) == ["04-01 10:00-11:00"]
    assert busy(f"{event}\n{line}") == []


def test_one_day_moved_and_one_left_out_of_a_series() -> None:
    series = "DTSTART:20270301T100000Z\nDTEND:20270301T110000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270302T100000Z"
    moved = "RECURRENCE-ID:20270303T100000Z\nDTSTART:20270303T150000Z\nDTEND:20270303T160000Z"
    whole = calendar(series, moved).replace(b"UID:1", b"UID:0")
    found = [begins.strftime("%d %H") for begins, _ in read_busy(whole, SINCE, UNTIL, WALES)]
    assert found == ["01 10", "03 15"]


def test_times_that_meet_are_one_and_what_reaches_out_is_cut() -> None:
    first, second = (
        "DTSTART:20270401T100000Z\nDTEND:20270401T110000Z",
        "DTSTART:20270401T103000Z\nDTEND:20270401T120000Z",
    )
    assert busy(first, second) == ["04-01 10:00-12:00"]
    assert busy("DTSTART:20270201T000000Z\nDTEND:20280101T000000Z") == ["03-01 00:00-00:00"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>sign in</html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"\xff\xfe\x00",
        calendar("DTSTART:20270401T100000Z\nDTEND:20270401T110000Z")[:-20],
        calendar("DTSTART:nonsense\nDTEND:20270401T110000Z"),
        calendar("SUMMARY:no time at all"),
    ],
)
def test_what_cannot_be_read_whole_is_not_taken_for_a_free_day(content: bytes) -> None:
    with pytest.raises(FeedUnreadable, match=r"^(not_a_calendar|entry_\w+)$"):
        read_busy(content, SINCE, UNTIL, WALES)


@pytest.fixture
def publisher() -> Iterator[str]:
    app = Flask("calendars")
    event = "DTSTART:20270401T100000Z\nDTEND:20270401T110000Z\nSUMMARY:Secret"
    app.add_url_rule("/good.ics", "good", lambda: Response(calendar(event), mimetype="text/calendar"))
    app.add_url_rule("/elsewhere.ics", "elsewhere", lambda: redirect("/good.ics"))
    app.add_url_rule("/long.ics", "long", lambda: Response(b"x" * 200_000))
    with serving(app) as address:
        yield address


def test_a_published_calendar_is_fetched(publisher: str) -> None:
    found = fetch_busy(f"{publisher}/good.ics", SINCE, UNTIL, WALES, allow_plain=True)
    assert [begins.hour for begins, _ in found] == [10]


def test_what_cannot_be_fetched_says_a_code_and_no_address(publisher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feed, "MOST_BYTES", 100_000)
    for path, code in (("gone.ics", "http_404"), ("elsewhere.ics", "http_302"), ("long.ics", "too_long")):
        with pytest.raises(FeedUnreadable, match=code):
            fetch_busy(f"{publisher}/{path}", SINCE, UNTIL, WALES, allow_plain=True)
    for address in ("http://127.0.0.1:1/x.ics", "http://\udcff/", "file:///etc/passwd", "nonsense"):
        with pytest.raises(FeedUnreadable) as refused:
            fetch_busy(address, SINCE, UNTIL, WALES, allow_plain=True)
        assert address not in str(refused.value)
    with pytest.raises(FeedUnreadable, match="not_https"):
        fetch_busy(f"{publisher}/good.ics", SINCE, UNTIL, WALES, allow_plain=False)
