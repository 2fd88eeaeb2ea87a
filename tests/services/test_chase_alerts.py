"""An alert is chased until a person takes it: every road, every level, for ever; and it storms nobody."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.content.rota_file import OnCall
from bot.domain.chain import Level, Member
from bot.gateways.ports import Refused, SendResult, Unknown
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.chase_alerts import chase_alerts
from bot.services.close_alert import close_alert
from bot.services.pass_on_alert import NoReason, pass_on_alert
from bot.services.reopen_alert import reopen_alert
from bot.services.report_readiness import report_readiness
from bot.storage import accounts, concerns, outbox, vitals
from bot.storage.database import Database, Prepared
from bot.storage.outbox import OutboundMessage
from bot.storage.tables import alert as alert_table
from bot.storage.tables import outbound_message
from tests.factories import PARENT_NUMBER
from tests.services.on_call import ANN, BEN, GRAVE, LEAD, LEVELS, PEOPLE, ROADS, Night

OTHER_PARENT = "+447700900124"


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    return Night(database, tmp_path)


# --- who is told, and when


def test_each_level_at_its_time_and_the_last_for_ever(night: Night) -> None:
    alert = night.disclose()
    night.work()
    night.run(1400)
    assert night.told() == [(ANN, 0), (BEN, 120), (LEAD, 420), (LEAD, 720), (LEAD, 1020), (LEAD, 1320)]
    assert night.alert().state == "open"
    assert night.events(alert).count("level") == 5


def test_the_first_page_is_committed_with_the_message(night: Night) -> None:
    night.disclose()
    rows = night.desk.database.read(lambda tx: tx.rows(_TEXTS))
    assert [row.kind for row in rows] == ["alert"], "before any worker has run"


_TEXTS = Prepared(select(outbound_message.c.kind).where(outbound_message.c.lane == "alert"))


@pytest.mark.parametrize("code", ["21211", "21610", "30003", "30005", "30006"])
def test_a_number_that_is_refused_moves_to_the_next_road_and_level_at_once(night: Night, code: str) -> None:
    night.texts.answers = {ANN: Refused(code, permanent=True), BEN: Refused(code, permanent=True)}
    alert = night.disclose()
    night.work()
    assert [to for to, _ in night.mail.sent] == ["ann@team.example"]
    assert night.told() == [], "an e-mail was taken: level one has its time"
    night.forward(120)
    assert night.told() == [(LEAD, 120)], "ben has no other road: the lead hears of it at once"
    assert ("ben", "sms", "failed", code) in night.pages(alert)
    assert "alert_not_delivered" in night.tasks()


@pytest.mark.parametrize(
    "answer", [Unknown("ReadTimeout"), Unknown("http_503"), Refused("20429", permanent=False, retry_after=300),
               Refused("20003", permanent=False), Refused("no_connection", permanent=False)],
)  # fmt: skip
def test_a_provider_that_hangs_fails_or_asks_to_wait_costs_no_time(night: Night, answer: SendResult) -> None:
    night.texts.answers = {ANN: answer}
    night.disclose()
    night.work()
    assert [to for to, _ in night.mail.sent] == ["ann@team.example"]


def test_a_report_that_it_did_not_arrive_moves_on_too(night: Night) -> None:
    night.receipts = False
    alert = night.disclose()
    night.work()
    night.deliver("undelivered", "30005")
    night.work()
    assert ("ann", "sms", "failed", "30005") in night.pages(alert)
    assert night.mail.sent


def test_without_a_receipt_in_a_minute_the_next_road_is_taken(night: Night) -> None:
    night.receipts = False
    alert = night.disclose()
    night.work()
    night.forward(59)
    assert night.mail.sent == []
    night.forward(1)
    assert [to for to, _ in night.mail.sent] == ["ann@team.example"]
    night.deliver("delivered")
    assert ("ann", "sms", "delivered", None) in night.pages(alert), "what arrives late has arrived"


def test_all_roads_down_is_red_and_loud_and_gets_better(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Unknown("http_500"))
    night.mail.down = True
    night.disclose()
    night.work()
    state = report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None)
    assert not state.ready
    assert state.unreached_alerts == 1
    assert night.desk.database.read(lambda tx: vitals.nobody_can_be_reached(tx, overdue_since=night.now))
    night.assert_invariant()
    night.run(600)
    assert not report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None).ready
    night.texts.answers = {}
    night.run(120)
    assert report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None).ready
    assert night.told()


def test_a_provider_that_comes_back_does_not_deliver_the_whole_night_at_once(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Unknown("http_500"))
    night.disclose()
    night.work()
    night.run(3600)
    night.texts.answers = {}
    night.forward(30)
    for number in (ANN, BEN, LEAD):
        assert len(night.told(number)) <= 1


@pytest.mark.parametrize(
    "levels", [(Level(120, {}, ()), *LEVELS[1:]), (Level(120, {}, (Member("gone", ROADS, {}),)), *LEVELS[1:])]
)
def test_an_empty_level_is_passed_at_once_and_makes_us_red(
    database: Database, tmp_path: Path, levels: tuple[Level, ...]
) -> None:
    night = Night(database, tmp_path, levels=levels)
    night.disclose()
    night.work()
    assert night.told() == [(BEN, 0)]
    assert report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None).rota_gaps == 1


# --- the team changes while an alert is open


def test_the_chain_is_kept_and_the_people_are_those_of_today(night: Night) -> None:
    night.disclose()
    night.work()
    new = {**PEOPLE, "ben": OnCall("ben", "Ben (test)", "07700 900999", None, "+447700900999")}
    night.team(levels=LEVELS[:1], people=new)
    night.run(130)
    assert night.told() == [(ANN, 0), ("+447700900999", 120)], "the chain it was opened with, ben's number of today"


def test_somebody_who_left_is_not_told_and_the_alert_goes_on(night: Night) -> None:
    night.disclose()
    night.work()
    night.team(people={key: person for key, person in PEOPLE.items() if key != "ben"})
    night.run(130)
    assert night.told() == [(ANN, 0), (LEAD, 120)]


def test_when_all_have_left_the_chain_of_today_takes_over(night: Night) -> None:
    night.disclose()
    night.work()
    cai = OnCall("cai", "Cai (test)", "07700 900777", None, "+447700900777")
    night.team(levels=(Level(120, {}, (Member("cai", ROADS, {}),)),), people={"cai": cai})
    night.run(130)
    assert ("+447700900777", 120) in night.told()


def test_whoever_was_disabled_is_not_told(night: Night) -> None:
    def work(tx: Any) -> None:
        account = accounts.add(
            tx, email="ann@team.example", name="Ann", language=None, uniquifier="u" * 32, now=night.now
        )
        accounts.switch(tx, account.id, night.now, active=False)

    night.desk.database.write(work)
    night.disclose()
    night.work()
    assert night.told() == [(BEN, 0)]
    state = report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None)
    assert (state.rota_gaps, state.ready) == (1, False), "nobody is left in the first level"
    assert "alert_not_delivered" in night.tasks()


# --- taking it


def test_taking_it_stops_the_pages_and_everybody_told_learns_who_has_it(night: Night) -> None:
    alert = night.disclose()
    night.work()
    night.run(130)
    acknowledge_alert(night.desk, alert.id, "team:ben", night.now)
    before = night.told()
    night.run(600)
    assert night.told() == before
    news = [(to, body) for to, body, _ in night.texts.sent if "ACK" not in body]
    assert [to for to, _ in news] == [ANN], "not whoever has it"
    assert "Ben (test)" in news[0][1]
    assert PARENT_NUMBER not in news[0][1]


def test_what_was_on_its_way_when_somebody_took_it_does_not_leave(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.work()
    assert night.told() == []


def test_an_acknowledgement_runs_out_and_tells_both(night: Night) -> None:
    alert = night.disclose()
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.work()
    night.texts.sent.clear()
    night.forward(3599)
    assert night.alert().state == "acknowledged"
    night.forward(1)
    after = night.alert()
    assert (after.state, after.owner, after.level) == ("open", None, 0)
    assert [to for to, _, _ in night.texts.sent] == [LEAD, ANN], "whoever had it, and whoever is on now"
    assert "lead@team.example" in [to for to, _ in night.mail.sent]
    night.run(130)
    assert (BEN, 3720) in night.told(), "and the chain goes on"


def test_whoever_has_it_may_take_the_time_again(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.forward(3000)
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.forward(3000)
    assert night.alert().state == "acknowledged"
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    assert night.alert().owner == "team:lead"
    night.forward(600)
    assert night.alert().state == "open", "somebody else's click gives no time"


def test_passing_on_tells_the_next_level_at_once_and_says_why(night: Night) -> None:
    alert = night.disclose()
    night.work()
    with pytest.raises(NoReason):
        pass_on_alert(night.desk, alert.id, "no reason", "team:ann", night.now)
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    assert pass_on_alert(night.desk, alert.id, "needs_lead", "team:ann", night.now)
    night.work()
    assert night.told() == [(ANN, 0), (BEN, 0)]
    assert pass_on_alert(night.desk, alert.id, "cannot_now", "team:ben", night.now)
    assert pass_on_alert(night.desk, alert.id, "cannot_now", "team:lead", night.now), "there is nobody after the last"
    night.work()
    assert night.alert().level == 2
    history = night.desk.database.read(lambda tx: concerns.events(tx, alert.id))
    passed = [(event.who, event.detail) for event in history if event.kind == "passed_on"]
    assert passed == [("team:ann", "needs_lead"), ("team:ben", "cannot_now"), ("team:lead", "cannot_now")]


def test_a_closed_alert_is_quiet_and_may_be_opened_again(night: Night) -> None:
    alert = night.disclose()
    night.work()
    assert close_alert(night.desk, alert.id, "already_safe", "staff:1", night.now)
    assert not pass_on_alert(night.desk, alert.id, "needs_lead", "staff:1", night.now)
    night.run(600)
    assert night.told() == [(ANN, 0)]
    assert reopen_alert(night.desk, alert.id, "staff:1", night.now)
    night.work()
    assert night.told()[-1] == (ANN, 600)
    assert not reopen_alert(night.desk, alert.id, "staff:1", night.now)
    assert {"closed", "reopened"} <= set(night.events(alert))


@pytest.mark.parametrize("later", ["never mind", "STOP", "I was joking, please cancel the call", "delete it all"])
def test_nothing_a_parent_says_afterwards_closes_it(night: Night, later: str) -> None:
    alert = night.disclose()
    night.work()
    night.parent().text(later, **({"opt_out_type": "STOP"} if later == "STOP" else {}))
    night.run(130)
    assert night.alert().id == alert.id
    assert night.alert().state == "open"
    assert (BEN, 120) in night.told()


# --- graver, more, many


def test_graver_words_start_the_chain_again_within_one_poll(night: Night) -> None:
    alert = night.raise_("urgent")
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.run(30)
    night.texts.sent.clear()
    night.raise_("immediate")
    night.work()
    after = night.alert()
    assert (after.id, after.severity, after.state, after.owner) == (alert.id, "immediate", "open", None)
    assert night.told() == [(ANN, 30)]
    (body,) = [body for to, body, _ in night.texts.sent if to == ANN and "ACK" in body]
    assert "AGAIN" in body
    night.raise_("urgent")
    assert night.alert().severity == "immediate", "it only rises"


def test_more_of_the_same_is_told_to_whoever_has_it_and_to_nobody_twice(night: Night) -> None:
    alert = night.disclose()
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    night.texts.sent.clear()
    for _ in range(5):
        night.disclose()
        night.work()
    assert [to for to, _, _ in night.texts.sent] == [ANN]
    assert night.alert().count == 6


def test_five_hundred_texts_from_one_number_are_one_alert(night: Night) -> None:
    phone = night.parent()
    for number in range(500):
        phone.text(GRAVE)
        if number == 250:
            night.disclose(GRAVE, OTHER_PARENT)
        if number % 50 == 0:
            night.work()
        night.clock.forward(seconds=0.6)
    night.work()
    alert = night.alert(phone)
    assert alert.count == 500
    assert len(night.desk.database.read(concerns.live)) == 2
    for number in (ANN, BEN):
        times = [at for _, at in night.told(number)]
        assert len(times) == 2, "one page a level for each parent"
    assert {at for _, at in night.told(ANN)} == {0, 150}, "the other parent is told of as if alone"


def test_two_hundred_parents_at_once_are_two_hundred_alerts(night: Night) -> None:
    for number in range(200):
        night.disclose(GRAVE, f"+4477009{number:05d}")
    night.work()
    live = night.desk.database.read(concerns.live)
    assert len(live) == 200
    assert len(night.told(ANN)) == 200
    codes = {night.code(ANN, index) for index in range(200)}
    assert len(codes) == 200


# --- the worker, the clock


def test_a_worker_that_stood_still_makes_good_each_level_once(night: Night) -> None:
    night.disclose()
    night.work()
    night.clock.forward(minutes=10)
    night.work()
    assert night.told() == [(ANN, 0), (BEN, 600), (LEAD, 600)]
    night.work()
    assert len(night.told()) == 3


def test_many_workers_take_one_step(night: Night) -> None:
    night.disclose()
    night.work()
    night.clock.forward(seconds=120)
    assert [chase_alerts(night.desk, night.now) for _ in range(5)] == [1, 0, 0, 0, 0]
    night.work()
    assert len(night.told(BEN)) == 1


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
@pytest.mark.parametrize("taken", [False, True])
def test_a_clock_that_jumps_loses_nobody(night: Night, hours: int, taken: bool) -> None:
    alert = night.disclose()
    night.work()
    if taken:
        acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.clock.forward(hours=hours)
    night.work()
    night.assert_invariant()
    night.run(700 if not taken else 3700, every=50)
    assert (LEAD in [to for to, _ in night.told()]) or taken
    assert night.alert().state == "open"


def test_one_alert_that_cannot_be_chased_holds_up_no_other(night: Night) -> None:
    broken = night.disclose()
    night.disclose(GRAVE, OTHER_PARENT)
    night.work()
    spoil = Prepared(update(alert_table).where(alert_table.c.id == broken.id).values(chain=json.dumps([{"wait": 1}])))
    night.desk.database.write(lambda tx: tx.run(spoil))
    night.forward(120)
    assert (BEN, 120) in night.told()


def test_a_parent_is_heard_though_nobody_can_be_told(night: Night) -> None:
    alert = night.raise_("urgent")
    spoil = Prepared(update(alert_table).where(alert_table.c.id == alert.id).values(chain="no chain"))
    night.desk.database.write(lambda tx: tx.run(spoil))
    assert "999" in night.parent().text(GRAVE)[0]
    after = night.alert()
    assert (after.severity, after.count, after.due_at) == ("immediate", 2, night.now), "kept, and looked at again"
    assert "alert_not_delivered" in night.tasks()


def test_fifty_thousand_reminders_are_not_even_looked_at(night: Night) -> None:
    """Counted, not timed: what is claimed for the alert lane is the alert, at the first asking."""

    def work(tx: Any) -> None:
        for number in range(50_000):
            message = OutboundMessage(
                "reminder", "after_call", "sms", PARENT_NUMBER, "x", f"r{number}", night.now - timedelta(hours=1)
            )
            outbox.put(tx, night.desk.vault, message, night.now)

    night.desk.database.write(work)
    night.disclose()
    assert night.texts.sent == []
    claimed = night.desk.database.write(
        lambda tx: outbox.claim(tx, night.desk.vault, lane="alert", now=night.now, lease_seconds=30, limit=4)
    )
    assert [each.kind for each in claimed] == ["alert"]
    night.desk.database.write(
        lambda tx: outbox.record_result(tx, claimed[0], outbox.Result("waiting", retry_at=night.now), night.now)
    )
    night.work()
    assert night.told() == [(ANN, 0)]
    waiting = night.desk.database.read(lambda tx: tx.row(_WAITING))
    assert waiting is not None
    assert waiting.number == 50_000, "nobody had to send one of them first"


_WAITING = Prepared(
    select(func.count().label("number")).where(
        outbound_message.c.lane == "reminder", outbound_message.c.state == "waiting"
    )
)


# --- what it says


def test_an_announcement_holds_a_reference_a_time_a_link_a_code_and_nothing_else(night: Night) -> None:
    alert = night.disclose("My name is Canary and I want to kill myself, ring 07700 900123")
    night.texts.answers = {ANN: Refused("21211", permanent=True)}
    night.work()
    night.run(1300)
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    night.run(3700, every=100)
    said = [body for _, body, _ in night.texts.sent] + [body for _, body in night.mail.sent]
    assert len({body.split(".")[0] for body in said}) > 2
    for body in said:
        assert alert.reference in body
        assert f"https://helo.example/staff/alerts/{alert.id}" in body
        rest = body.replace(f"https://helo.example/staff/alerts/{alert.id}", "")
        assert not re.search(r"Canary|kill|07700|\+44|900123|suicide", rest, re.IGNORECASE)
        assert "Helo:" in body
    announced = [body for body in said if "ACK" in body]
    assert all("CYMRYD" in body and len(body.splitlines()) == 3 for body in announced)


def test_who_has_it_hears_of_every_new_danger_and_of_the_rest_once(night: Night) -> None:
    alert = night.raise_("immediate")
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    heard = []
    for _ in range(4):
        night.forward(300)
        night.raise_("immediate")
        night.work()
        heard.append(sum(to == ANN and "More has been written" in body for to, body, _ in night.texts.sent))
    assert heard == [1, 2, 3, 4]
    for _ in range(20):
        night.raise_("immediate")
    night.work()
    assert sum("More has been written" in body for _, body, _ in night.texts.sent) == 4, "not for every text"


def test_who_had_it_hears_that_graver_words_took_it_from_them(night: Night) -> None:
    alert = night.raise_("urgent")
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:lead", night.now)
    night.forward(60)
    night.texts.sent.clear()
    night.raise_("immediate")
    night.work()
    assert night.alert().owner is None
    assert night.told() == [(ANN, 60)], "the chain begins again"
    assert [to for to, body, _ in night.texts.sent if "More has been written" in body] == [LEAD]


def test_texts_for_alerts_have_a_cap_that_parents_cannot_spend(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path, alert_texts_a_day="2", replies_a_day="1000", replies_a_conversation="3")
    for _ in range(10):
        night.parent(OTHER_PARENT).text("helo")
    night.disclose()
    night.work()
    assert night.told() == [(ANN, 0)], "ten texts of a parent have cost the alert nothing"
    night.run(500)
    assert len(night.told()) == 2
    assert "alert_texts_spent" in night.tasks()
    assert "lead@team.example" in [to for to, _ in night.mail.sent], "the next road, not silence"
    night.assert_invariant()


def test_alerts_that_nobody_takes_leave_a_text_for_the_next_parents(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path, alert_texts_a_day="12")
    old = night.raise_("immediate")
    night.work()
    night.run(3 * 3600, every=60)
    assert any(state == "spent" for *_, state in night.pages(old)), "it may use up no more by itself"
    night.texts.sent.clear()
    new = night.raise_("immediate", OTHER_PARENT)
    night.work()
    assert night.told(ANN), "the first text of another alert leaves"
    assert ("ann", "sms", "failed", "spent") not in night.pages(new)
    night.assert_invariant()


def test_only_to_read_is_told_in_the_teams_hours_once_a_day(night: Night) -> None:
    night.clock.forward(hours=8)  # the evening
    night.raise_("watch")
    night.work()
    night.run(10 * 3600, every=600)
    assert night.told() == [], "nobody is woken for it"
    night.run(6 * 3600, every=600)
    assert len(night.told(ANN)) == 1
    night.assert_invariant()
    night.run(86_400, every=1800)
    assert len(night.told(ANN)) == 2


def test_only_to_read_takes_the_next_road_where_a_number_is_refused(night: Night) -> None:
    night.texts.answers = {ANN: Refused("21211", permanent=True)}
    alert = night.raise_("watch")
    night.work()
    night.run(3600, every=600)
    assert [to for to, _ in night.mail.sent] == ["ann@team.example"]
    assert ("ann", "sms", "failed", "21211") in night.pages(alert)
    assert night.told() == [], "an e-mail was taken: the first level has been told"
    night.assert_invariant()


def test_only_to_read_goes_to_the_next_level_where_the_first_is_not_reached(night: Night) -> None:
    night.texts.answers = {ANN: Refused("21211", permanent=True)}
    night.mail.down = True
    night.raise_("watch")
    night.work()
    night.run(3600, every=600)
    assert night.told() == [(BEN, 3600)]
    assert "alert_not_delivered" in night.tasks()
    night.run(86_400, every=1800)
    assert night.told() == [(BEN, 3600), (BEN, 90_000)]
    night.assert_invariant()


def test_only_to_read_that_reaches_nobody_makes_us_red(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Unknown("http_500"))
    night.mail.down = True
    night.raise_("watch")
    night.work()
    night.forward(3600)
    state = report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None)
    assert (state.unreached_alerts, state.ready) == (1, False)
    night.texts.answers = {}
    night.run(4200, every=60)
    assert night.told(ANN), "and is tried again within the team's hours of this day"
    assert report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None).ready


def test_it_is_the_settings_time_where_the_team_names_none(database: Database, tmp_path: Path) -> None:
    levels = tuple(replace(level, wait_seconds=0) for level in LEVELS)
    night = Night(database, tmp_path, levels=levels, alert_first_seconds="60", alert_next_seconds="240")
    night.disclose()
    night.work()
    night.run(320)
    assert night.told() == [(ANN, 0), (BEN, 60), (LEAD, 300)]
