"""Once a week every phone on call is tried, and a silent one is noticed on a quiet morning."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot.domain.slots import Weekly, last_weekly
from bot.gateways.roads import Roads
from bot.services.send_due import send_due
from bot.services.try_phones import ANSWERED_WITHIN, SENT_WITHIN, silent_phones, try_phones
from bot.storage import accounts
from bot.storage.database import Database, Transaction
from tests.services.on_call import ANN, BEN, LEAD, LEVELS, Night

# Half an hour before the noon at which a test's clock begins.
TODAY = Weekly("monday", time(11, 30))


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    night = Night(database, tmp_path)
    assert night.now.strftime("%A %H:%M") == "Monday 12:00"
    night.desk = replace(night.desk, team=replace(night.desk.team, phone_test=TODAY))
    return night


def send(night: Night) -> list[str]:
    """The tests that leave now; what each phone got."""
    before = len(night.texts.sent)
    send_due(night.desk, Roads(night.texts, night.mail), "reminder", night.now)
    return [to for to, _, _ in night.texts.sent[before:]]


def silent(night: Night) -> list[str]:
    return [one.key for one in night.desk.database.read(lambda tx: silent_phones(night.desk, tx, night.now))]


def test_every_phone_is_tried_once_a_week(night: Night) -> None:
    assert [try_phones(night.desk, night.now) for _ in range(2)] == [3, 0]
    assert sorted(send(night)) == [ANN, BEN, LEAD]
    night.clock.forward(days=7)
    assert try_phones(night.desk, night.now) == 3


def test_a_test_says_in_both_languages_that_it_is_no_alert(night: Night) -> None:
    try_phones(night.desk, night.now)
    send(night)
    body = night.texts.sent[0][1]
    assert f"ACK {night.code(ANN)}" in body
    assert f"CYMRYD {night.code(ANN)}" in body
    assert len({night.code(number) for number in (ANN, BEN, LEAD)}) == 3


def test_who_does_not_answer_is_shown_until_they_do(night: Night) -> None:
    try_phones(night.desk, night.now)
    send(night)
    night.phone(BEN).text(f"ack {night.code(BEN)}")
    assert silent(night) == [], "there is time to answer"
    night.clock.forward(seconds=ANSWERED_WITHIN.total_seconds())
    assert silent(night) == ["ann", "lead"]
    (answer,) = night.phone(ANN).text(f"CYMRYD {night.code(ANN)}")
    assert "diolch" in answer
    assert silent(night) == ["lead"]


def test_only_the_phone_that_was_tried_can_answer(night: Night) -> None:
    try_phones(night.desk, night.now)
    send(night)
    night.phone(BEN).text(f"ack {night.code(ANN)}")
    night.phone("+447700900888").text(f"ack {night.code(ANN)}")
    night.clock.forward(seconds=ANSWERED_WITHIN.total_seconds())
    assert silent(night) == ["ann", "ben", "lead"]


def test_last_weeks_code_answers_nothing(night: Night) -> None:
    try_phones(night.desk, night.now)
    send(night)
    old = night.code(ANN)
    night.clock.forward(days=7)
    try_phones(night.desk, night.now)
    night.phone(ANN).text(f"ack {old}")
    night.clock.forward(seconds=ANSWERED_WITHIN.total_seconds())
    assert "ann" in silent(night)


def test_a_test_takes_no_alert_and_an_alert_is_no_test(night: Night) -> None:
    try_phones(night.desk, night.now)
    send(night)
    test_code = night.code(ANN)
    night.disclose()
    night.work()
    night.phone(ANN).text(f"ack {test_code}")
    assert night.alert().state == "open"
    night.phone(ANN).text(f"ack {night.code(ANN)}")
    assert night.alert().state == "acknowledged"


def test_late_it_is_let_go_and_who_was_never_asked_is_not_blamed(night: Night) -> None:
    night.clock.forward(seconds=SENT_WITHIN.total_seconds())
    assert try_phones(night.desk, night.now) == 0
    assert silent(night) == []


def test_what_waited_too_long_to_leave_is_dropped_without_a_task(night: Night) -> None:
    try_phones(night.desk, night.now)
    night.clock.forward(seconds=SENT_WITHIN.total_seconds())
    assert send(night) == []
    assert night.tasks() == set()


def test_without_a_time_in_the_teams_file_no_phone_is_tried(night: Night) -> None:
    night.desk = replace(night.desk, team=replace(night.desk.team, phone_test=None))
    assert try_phones(night.desk, night.now) == 0
    assert silent(night) == []


def test_who_is_told_by_mail_alone_is_not_tried(night: Night) -> None:
    first, *others = LEVELS
    by_mail = replace(first, members=tuple(replace(member, channels=("email",)) for member in first.members))
    night.team(levels=(by_mail, *others))
    night.desk = replace(night.desk, team=replace(night.desk.team, phone_test=TODAY))
    assert try_phones(night.desk, night.now) == 2


def test_whose_account_was_disabled_is_not_tried(night: Night) -> None:
    def leave(tx: Transaction) -> None:
        account = accounts.add(
            tx, email="ann@team.example", name="Ann (test)", language=None, uniquifier="u" * 32, now=night.now
        )
        accounts.switch(tx, account.id, night.now, active=False)

    night.desk.database.write(leave)
    assert try_phones(night.desk, night.now) == 2


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2027-03-29T08:59", "2027-03-22T10:00"),  # the clocks went forward the day before: ten is nine in UTC
        ("2027-03-29T09:00", "2027-03-29T09:00"),
        ("2027-11-01T09:59", "2027-10-25T09:00"),  # and back
        ("2027-11-01T10:00", "2027-11-01T10:00"),
        ("2027-11-07T23:59", "2027-11-01T10:00"),
    ],
)
def test_it_is_at_the_same_wall_time_all_year(now: str, last: str) -> None:
    found = last_weekly(Weekly("monday", time(10)), datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(last).replace(tzinfo=UTC)
