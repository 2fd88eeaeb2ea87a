"""A reminder arrives once, in safe hours, and never after a change, a loss, or the beginning of the call."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.conversation import LANGUAGES
from bot.domain.slots import WALES
from bot.domain.text_hours import may_text_at
from bot.gateways.roads import Roads
from bot.services.book_call import call_off
from bot.services.desk import Desk
from bot.services.remind_of_calls import KIND, remind_of_calls
from bot.services.send_due import send_due
from bot.storage import calls, concerns, conversations, tasks
from bot.storage.calls import Call
from bot.storage.database import Prepared
from bot.storage.tables import outbound_message
from tests.desks import Clock, Phone
from tests.services.to_a_call import PLAIN, booked, to_booked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_REMINDERS = Prepared(
    outbound_message.select().where(outbound_message.c.kind == KIND).order_by(outbound_message.c.created_at)
)


class Sender:
    """Texts that really left."""

    def __init__(self) -> None:
        self.sent: list[tuple[datetime, str]] = []
        self.clock: Clock | None = None

    def send(self, to: str, body: str, *, dedupe: str) -> object:
        from bot.gateways.ports import Accepted

        assert self.clock is not None
        self.sent.append((self.clock.now, body))
        return Accepted(f"SM{len(self.sent):032d}")

    def find_sent(self, to: str, body: str, *, since: datetime) -> str | None:
        return None


@pytest.fixture
def sender(clock: Clock) -> Sender:
    """The road of texts."""
    one = Sender()
    one.clock = clock
    return one


@pytest.fixture
def tick(desk: Desk, clock: Clock, sender: Sender) -> Callable[..., None]:
    """Moves the clock, then lets the worker look and send."""

    def go(at: datetime | None = None, **length: float) -> None:
        clock.now = at or clock.now + timedelta(**length)
        remind_of_calls(desk, clock.now)
        send_due(desk, Roads(texts=sender, email=None), "reminder", clock.now)  # type: ignore[arg-type]

    return go


def texts(sender: Sender) -> list[str]:
    return [body.split(":")[0] for _, body in sender.sent]


def task_kinds(desk: Desk) -> set[str]:
    return {task.kind for task in desk.database.read(tasks.open_tasks)}


BOTH = ["A reminder for you", "It is nearly time"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_before_and_an_hour_before_once_each(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None], language: str
) -> None:
    call = to_booked(phone, language)
    now = clock.now
    while now < call.starts_at + HOUR:
        now += timedelta(minutes=20)
        tick(now)
        tick(now)
    assert len(sender.sent) == (2 if now - DAY > call.changed_at else 1)
    assert all(at < call.starts_at and may_text_at(at, ()) for at, _ in sender.sent)
    assert "reminder_missed" not in task_kinds(desk)


def wednesday(phone: Phone) -> Call:
    """A call booked with more than a day to go."""
    to_booked(phone)
    phone.text("CHANGE", "1", "3")
    call = booked(phone.desk, phone)
    assert call.starts_at - phone.desk.now() > DAY + HOUR
    return call


def test_a_moved_call_leaves_no_old_reminder_and_gets_its_own(
    phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None]
) -> None:
    old = wednesday(phone)
    tick(old.starts_at - DAY)
    assert texts(sender) == BOTH[:1]
    phone.text("CHANGE", "1", "3")
    new = booked(phone.desk, phone)
    assert new.starts_at > old.starts_at
    tick(old.starts_at - HOUR)
    tick(old.starts_at)
    assert texts(sender) == BOTH[:1], "nothing about the old time"
    if new.starts_at - DAY > new.changed_at:
        tick(new.starts_at - DAY)
    tick(new.starts_at - HOUR)
    assert texts(sender)[-1] == BOTH[1]
    assert len({body for _, body in sender.sent}) == len(sender.sent)


@pytest.mark.parametrize("what", ["moved", "called_off", "loss", "opted_out", "alert", "begun"])
def test_a_reminder_that_was_written_does_not_leave_when_the_truth_has_changed(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, what: str
) -> None:
    """Whatever happens between the writing and the sending: the sender reads the call once more."""
    call = wednesday(phone)
    clock.now = call.starts_at - DAY
    assert remind_of_calls(desk, clock.now) == 1
    if what == "moved":
        end = call.ends_at + timedelta(days=1)

        def move(tx):  # type: ignore[no-untyped-def]
            later = call.starts_at + timedelta(days=1)
            calls.move(tx, desk.vault, call.id, staff_key=call.staff_key, starts_at=later, ends_at=end,
                       busy_until=end, now=clock.now)  # fmt: skip

        desk.database.write(move)
    elif what == "called_off":
        desk.database.write(lambda tx: call_off(desk, tx, call.conversation_id, clock.now))
    elif what == "loss":
        lost = phone.conversation._replace(loss=True)
        desk.database.write(lambda tx: conversations.save(tx, desk.vault, lost, clock.now, heard=False))
    elif what == "opted_out":
        phone.text("STOP", opt_out_type="STOP")
    elif what == "alert":
        phone.text("I am going to kill myself tonight")
        assert desk.database.read(concerns.live)
    else:
        clock.now = call.starts_at
    send_due(desk, Roads(texts=sender, email=None), "reminder", clock.now)  # type: ignore[arg-type]
    assert sender.sent == []


@pytest.mark.parametrize("hours", [3, 10])
def test_downtime_never_sends_twice_nor_after_the_call_began_and_staff_hear_what_was_missed(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None], hours: int
) -> None:
    call = wednesday(phone)
    tick(call.starts_at - DAY - timedelta(minutes=5))
    tick(call.starts_at - DAY + timedelta(hours=3))
    assert texts(sender) == BOTH[:1], "late, and still true: the text names the day and the time"
    tick(call.starts_at - timedelta(hours=2))
    tick(call.starts_at - timedelta(hours=2) + timedelta(hours=hours))
    assert texts(sender) == BOTH[:1]
    assert "reminder_missed" in task_kinds(desk)
    for task in desk.database.read(tasks.open_tasks):
        desk.database.write(lambda tx, id_=task.id: tasks.close_task(tx, id_, "demo-sian", clock.now))
    tick(minutes=1)
    assert "reminder_missed" not in task_kinds(desk), "told once"


@pytest.mark.parametrize("step", [-HOUR, HOUR, DAY, -DAY])
def test_a_clock_that_steps_reminds_nobody_twice(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None], step: timedelta
) -> None:
    call = wednesday(phone)
    tick(call.starts_at - DAY)
    tick(clock.now + step)
    tick(call.starts_at - DAY + timedelta(minutes=1))
    tick(call.starts_at - HOUR)
    tick(clock.now + step)
    tick(call.starts_at - timedelta(minutes=30))
    assert texts(sender).count(BOTH[0]) == 1
    # A clock that stepped past the call let its reminder go for good: staff were told then.
    assert texts(sender).count(BOTH[1]) == (0 if "reminder_missed" in task_kinds(desk) else 1)
    assert all(at < call.starts_at for at, _ in sender.sent)


def hold_at(desk: Desk, phone: Phone, starts_at: datetime, hours: str, at: datetime) -> Call:
    """A booked call at any time, of a parent for whom `hours` are safe."""
    whose = phone.conversation.id
    end = starts_at + timedelta(minutes=30)

    def work(tx):  # type: ignore[no-untyped-def]
        held = calls.hold(tx, conversation_id=whose, staff_key="demo-tom", starts_at=starts_at, ends_at=end,
                          busy_until=end, hold_until=at + HOUR, now=at)  # fmt: skip
        sheet = {"kept_answers": {"call_safety_hours": hours, "call_safety_texts": "plain"}}
        return calls.confirm(tx, desk.vault, held.id, sheet=sheet, now=at)

    return desk.database.write(work)


@pytest.mark.parametrize(
    ("starts", "hours", "expected"),
    [
        # One hour before is at noon, which is not safe: it moves to the end of the morning.
        ((2026, 11, 26, 13, 0), "morning", [(25, 11, 30), (26, 11, 30)]),
        # An hour before is not by day: it moves to the evening before, and both leave then.
        ((2026, 11, 26, 8, 30), "any", [(25, 8, 30), (25, 20, 30)]),
        # Half past one is safe both days: an hour before is, too.
        ((2026, 11, 26, 13, 30), "midday", [(25, 13, 30), (26, 12, 30)]),
    ],
)
def test_a_reminder_moves_into_the_last_safe_window_before(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None],
    starts: tuple[int, ...], hours: str, expected: list[tuple[int, int, int]],
) -> None:  # fmt: skip
    phone.text("helo", "2", "yes", "2")
    starts_at = datetime(*starts, tzinfo=WALES).astimezone(UTC)  # type: ignore[misc,arg-type]
    hold_at(desk, phone, starts_at, hours, clock.now)
    while clock.now < starts_at:
        tick(minutes=30)
    left = [(wall.day, wall.hour, wall.minute) for wall in (at.astimezone(WALES) for at, _ in sender.sent)]
    assert left == expected


def test_where_no_hour_is_safe_nothing_is_sent_and_staff_are_told(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None]
) -> None:
    phone.text("helo", "2", "yes", "2")
    quick = dataclasses.replace(desk, settings=dataclasses.replace(desk.settings, reminder_seconds=0))
    starts_at = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    hold_at(desk, phone, starts_at, "afternoon", clock.now)
    clock.now = starts_at - HOUR
    remind_of_calls(quick, clock.now)
    assert "reminder_missed" in task_kinds(desk)
    assert sender.sent == []


@pytest.mark.parametrize(
    "starts", [(2027, 3, 28, 10, 0), (2027, 3, 29, 9, 30), (2027, 10, 31, 10, 0), (2027, 11, 1, 9, 30)]
)
def test_across_both_clock_changes_once_each_by_day_and_with_the_time_of_the_wall(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None], starts: tuple[int, ...]
) -> None:
    starts_at = datetime(*starts, tzinfo=WALES).astimezone(UTC)  # type: ignore[misc,arg-type]
    clock.now = starts_at - timedelta(days=3)
    phone.text("helo", "2", "yes", "2")
    hold_at(desk, phone, starts_at, "any", clock.now)
    while clock.now < starts_at + HOUR:
        tick(minutes=30)
    assert texts(sender) == BOTH
    assert all(f"at {starts[3]:02d}:{starts[4]:02d}" in body for _, body in sender.sent)
    assert all(may_text_at(at, ()) and at < starts_at for at, _ in sender.sent)


def test_a_call_booked_within_the_day_is_reminded_only_shortly_before(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None]
) -> None:
    phone.text("helo", "2", "yes", "2")
    starts_at = clock.now + timedelta(hours=20)
    hold_at(desk, phone, starts_at, "any", clock.now)
    while clock.now < starts_at:
        tick(minutes=30)
    assert texts(sender) == BOTH[1:]


def test_who_wants_no_texts_gets_none_and_nobody_is_bothered(
    desk: Desk, phone: Phone, clock: Clock, sender: Sender, tick: Callable[..., None]
) -> None:
    call = to_booked(phone, safe=(*PLAIN[:5], "3", *PLAIN[6:]))
    while clock.now < call.starts_at:
        tick(hours=1)
    assert sender.sent == []
    assert task_kinds(desk) == set()


def test_zero_seconds_is_never(phone: Phone, desk: Desk, clock: Clock, sender: Sender) -> None:
    call = wednesday(phone)
    never = dataclasses.replace(desk.settings, reminder_seconds=0, reminder_again_seconds=0)
    clock.now = call.starts_at - HOUR
    assert remind_of_calls(dataclasses.replace(desk, settings=never), clock.now) == 0
