"""The report that follows an alert: 24 hours, seven working days, and why consent was overridden."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from bot.services.acknowledge_alert import NoSuchAlert, acknowledge_alert
from bot.services.close_alert import close_alert
from bot.services.forget import forget
from bot.services.record_report import CONSENT, LATE, NOT_NEEDED, NoReason, record_report
from bot.services.reopen_alert import reopen_alert
from bot.storage import quiet, reports
from bot.storage.alert_tables import alert_report
from bot.storage.database import Database, Prepared
from bot.storage.erasure import Erased, NotErased
from tests.services.on_call import Night

WHO = "staff:1"
NOTE = "canary: she said no, and he has a knife"


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    return Night(database, tmp_path, acknowledgement_seconds="864000")


def report_of(night: Night) -> reports.Report:
    its_id = night.alert().id
    found = night.desk.database.read(lambda tx: reports.load(tx, night.desk.vault, its_id))
    assert found is not None
    return found


def test_both_clocks_start_when_somebody_takes_it_and_only_once(night: Night) -> None:
    alert = night.disclose()
    assert night.desk.database.read(lambda tx: reports.load(tx, night.desk.vault, alert.id)) is None
    night.forward(100)
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    taken_at = night.now
    night.forward(100)
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    report = report_of(night)
    assert report.started_at == taken_at
    assert report.written_due_at == taken_at + timedelta(hours=24)
    assert report.authority_due_at == taken_at + timedelta(days=9), "seven working days and a weekend"
    assert report.next_due_at == report.written_due_at


def test_a_report_that_is_late_is_a_task_until_it_is_made_then_the_authority_is_chased(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    night.forward(86_399)
    assert LATE not in night.tasks()
    night.forward(1)
    assert LATE in night.tasks()
    night.work()
    assert record_report(night.desk, alert.id, "written", WHO, night.now)
    assert not record_report(night.desk, alert.id, "written", WHO, night.now)
    assert LATE not in night.tasks()
    night.clock.now = report_of(night).authority_due_at
    night.work()
    assert LATE in night.tasks()
    assert record_report(night.desk, alert.id, "authority", WHO, night.now)
    assert LATE not in night.tasks()
    assert report_of(night).next_due_at is None


def test_closing_ends_no_clock(night: Night) -> None:
    alert = night.disclose()
    close_alert(night.desk, alert.id, "spoke_safe", WHO, night.now)
    assert report_of(night).next_due_at == night.now + timedelta(hours=24), "closing took it as well"
    assert [each.alert_id for each in night.desk.database.read(lambda tx: reports.to_be_shown(tx, night.now))] == [
        alert.id
    ]


@pytest.mark.parametrize("reason", NOT_NEEDED)
def test_no_report_is_needed_for_a_reason(night: Night, reason: str) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    assert record_report(night.desk, alert.id, "not_needed", WHO, night.now, reason=reason, note=NOTE)
    report = report_of(night)
    assert (report.not_needed_reason, report.not_needed_note, report.next_due_at) == (reason, NOTE, None)
    assert not record_report(night.desk, alert.id, "written", WHO, night.now)


@pytest.mark.parametrize("grows", [True, False])
def test_graver_words_need_a_report_though_the_lesser_ones_needed_none(night: Night, *, grows: bool) -> None:
    alert = night.raise_("watch")
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    assert record_report(night.desk, alert.id, "not_needed", WHO, night.now, reason="no_concern", note=NOTE)
    night.forward(600)
    if grows:
        night.raise_("immediate")
    else:
        close_alert(night.desk, alert.id, "not_a_concern", WHO, night.now)
        reopen_alert(night.desk, alert.id, WHO, night.now)
    night.forward(60)
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    report = report_of(night)
    assert report.next_due_at == report.written_due_at == night.now + timedelta(hours=24)
    assert report.not_needed_at is None
    night.forward(86_400)
    assert LATE in night.tasks()


def test_an_acknowledgement_that_ran_out_asks_for_no_report_that_is_not_needed(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    assert record_report(night.desk, alert.id, "not_needed", WHO, night.now, reason="already_reported")
    night.run(864_060, every=86_406)
    assert night.alert().state == "open"
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    assert report_of(night).next_due_at is None


@pytest.mark.parametrize("reason", CONSENT)
def test_why_consent_was_overridden_is_kept_sealed(night: Night, reason: str) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    assert record_report(night.desk, alert.id, "consent", WHO, night.now, reason=reason, note=f"  {NOTE} ")
    report = report_of(night)
    assert (report.consent_reason, report.consent_note, report.consent_by) == (reason, NOTE, WHO)
    raw = Prepared(select(alert_report.c.consent_note).where(alert_report.c.alert_id == bindparam("id")))
    row = night.desk.database.read(lambda tx: tx.row(raw, id=alert.id))
    assert row is not None
    assert b"canary" not in row.consent_note
    assert "report_consent" in night.events(alert)


def test_a_reason_that_is_recorded_again_takes_no_words_away(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    for who, reason, note in ((WHO, "risk_to_child", NOTE), ("staff:2", "crime", ""), ("staff:2", "crime", "Assault.")):
        night.forward(60)
        assert record_report(night.desk, alert.id, "consent", who, night.now, reason=reason, note=note)
    report = report_of(night)
    assert (report.consent_reason, report.consent_by) == ("crime", "staff:2")
    assert report.consent_note == f"{NOTE}\n\nAssault."


@pytest.mark.parametrize(
    ("act", "reason", "note"),
    [("gone", "", ""), ("not_needed", "", ""), ("not_needed", "crime", ""), ("consent", "no_concern", ""),
     ("written", "crime", ""), ("consent", "crime", "x" * 2001)],
)  # fmt: skip
def test_what_is_no_record_is_refused(night: Night, act: str, reason: str, note: str) -> None:
    alert = night.disclose()
    with pytest.raises(NoReason):
        record_report(night.desk, alert.id, act, WHO, night.now, reason=reason, note=note)


def test_nobody_reports_what_nobody_took_or_what_is_not_there(night: Night) -> None:
    alert = night.disclose()
    assert not record_report(night.desk, alert.id, "written", WHO, night.now)
    with pytest.raises(NoSuchAlert):
        record_report(night.desk, "0" * 32, "written", WHO, night.now)


def test_until_the_report_is_made_nobody_is_erased_and_afterwards_its_notes_go_too(night: Night) -> None:
    alert = night.disclose()
    close_alert(night.desk, alert.id, "referred_on", WHO, night.now)
    whose, desk = alert.conversation_id, night.desk
    record_report(desk, alert.id, "consent", WHO, night.now, reason="crime", note=NOTE)

    def erase() -> Erased | NotErased:
        return forget(desk, whose, who=WHO, now=night.now)

    assert erase() == NotErased("alert_open")
    later = night.now + timedelta(days=800)
    assert desk.database.read(lambda tx: quiet.overdue(tx, chats_since=later, kept_since=later, limit=9)) == ()
    record_report(desk, alert.id, "authority", WHO, night.now)
    assert desk.database.read(lambda tx: quiet.overdue(tx, chats_since=later, kept_since=later, limit=9)) == (whose,)
    assert isinstance(erase(), Erased)
    report = desk.database.read(lambda tx: reports.load(tx, desk.vault, alert.id))
    assert report is not None
    assert (report.consent_reason, report.consent_note) == ("crime", None)


def test_recording_is_doing_something_about_it(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, WHO, night.now)
    night.forward(3000)
    record_report(night.desk, alert.id, "written", WHO, night.now)
    night.forward(3000)
    assert night.alert().state == "acknowledged"
