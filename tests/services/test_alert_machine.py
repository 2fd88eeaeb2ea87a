"""Alerts on a real database, whatever happens in whatever order: disclosures, roads that fail, workers that die, people
who take, pass on, close and leave, clocks that jump. No open alert is ever without a time within one period."""

import itertools
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.gateways.ports import Refused, SendResult, Unknown
from bot.gateways.roads import Roads
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.chase_alerts import chase_alerts
from bot.services.close_alert import OUTCOMES, close_alert
from bot.services.pass_on_alert import REASONS, pass_on_alert
from bot.services.reopen_alert import reopen_alert
from bot.services.send_due import send_due
from bot.storage import concerns
from bot.storage.concerns import Alert
from bot.storage.database import Database
from tests.services.on_call import ANN, BEN, LEAD, LEVELS, PEOPLE, Night

SEVERITIES = st.sampled_from(["watch", "urgent", "immediate"])
PARENTS = st.integers(0, 3)
_runs = itertools.count(1)


class Died(BaseException):
    """The process was killed."""


@pytest.mark.slow
def test_no_open_alert_is_ever_forgotten(database: Database) -> None:
    with tempfile.TemporaryDirectory() as folder:

        class Machine(Nights):
            place = Path(folder)
            kept = database

        run_state_machine_as_test(Machine, settings=settings(max_examples=30, stateful_step_count=40, deadline=None))


class Nights(RuleBasedStateMachine):
    """One team, four parents, one database."""

    place: Path
    kept: Database

    def __init__(self) -> None:
        super().__init__()
        self.run = next(_runs)
        self.night = Night(self.kept, self.place)
        self.known: dict[str, tuple[str, int]] = {}
        for alert in self.kept.read(concerns.live):  # of the run before: it is over
            close_alert(self.night.desk, alert.id, "spoke_safe", "staff:1", self.night.now)

    def live(self) -> tuple[Alert, ...]:
        return self.kept.read(concerns.live)

    def one(self, which: int) -> Alert | None:
        found = self.live()
        return found[which % len(found)] if found else None

    @rule(parent=PARENTS, severity=SEVERITIES)
    def a_parent_discloses(self, parent: int, severity: str) -> None:
        self.night.raise_(severity, f"+44770090{self.run % 1000:03d}{parent}")

    @rule()
    def the_worker_works(self) -> None:
        self.night.work()

    @rule(seconds=st.sampled_from([1, 30, 60, 119, 120, 300, 3600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.night.clock.forward(seconds=seconds)
        chase_alerts(self.night.desk, self.night.now)

    @rule(seconds=st.sampled_from([-90_000, -3600, -5, 5, 3600]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.night.clock.forward(seconds=seconds)
        chase_alerts(self.night.desk, self.night.now)

    @rule(
        number=st.sampled_from([ANN, BEN, LEAD]), how=st.sampled_from(["well", "hangs", "no such number", "no receipt"])
    )
    def a_road_changes(self, number: str, how: str) -> None:
        self.night.receipts = how != "no receipt"
        answers: dict[str, SendResult] = {"hangs": Unknown("hung"), "no such number": Refused("21211", permanent=True)}
        self.night.texts.answers.pop(number, None)
        if how in answers:
            self.night.texts.answers[number] = answers[how]

    @rule()
    def a_worker_dies_in_the_middle(self) -> None:
        """It has claimed, or has just sent, and writes nothing down."""

        class Deadly:
            def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
                raise Died

            find_sent = None

        with suppress(Died):
            send_due(self.night.desk, Roads(Deadly(), self.night.mail), "alert", self.night.now)  # type: ignore[arg-type]
        self.night.clock.forward(seconds=self.night.desk.settings.lease_seconds + 1)
        chase_alerts(self.night.desk, self.night.now)

    @rule(which=st.integers(0, 9), who=st.sampled_from(["team:ann", "team:lead", "staff:1"]))
    def somebody_takes_it(self, which: int, who: str) -> None:
        if alert := self.one(which):
            acknowledge_alert(self.night.desk, alert.id, who, self.night.now)

    @rule(which=st.integers(0, 9), reason=st.sampled_from(REASONS))
    def somebody_passes_it_on(self, which: int, reason: str) -> None:
        if alert := self.one(which):
            pass_on_alert(self.night.desk, alert.id, reason, "team:ann", self.night.now)

    @rule(which=st.integers(0, 9), outcome=st.sampled_from(OUTCOMES))
    def somebody_closes_it(self, which: int, outcome: str) -> None:
        if alert := self.one(which):
            close_alert(self.night.desk, alert.id, outcome, "staff:1", self.night.now)
            self.known[alert.id] = ("closed", 0)

    @precondition(lambda self: self.known)
    @rule(which=st.integers(0, 9))
    def somebody_opens_it_again(self, which: int) -> None:
        closed = sorted(self.known)
        reopen_alert(self.night.desk, closed[which % len(closed)], "staff:1", self.night.now)

    @rule(keys=st.sets(st.sampled_from(["ann", "ben", "lead"])), levels=st.integers(1, 3))
    def the_team_changes(self, keys: set[str], levels: int) -> None:
        self.night.team(levels=LEVELS[:levels], people={key: PEOPLE[key] for key in keys})

    @invariant()
    def every_live_alert_has_a_time(self) -> None:
        chase_alerts(self.night.desk, self.night.now)  # what is due is looked at within a poll
        self.night.assert_invariant()

    @invariant()
    def nobody_has_what_is_open_and_somebody_has_what_is_taken(self) -> None:
        for alert in self.live():
            assert (alert.owner is None) == (alert.state == "open")
            closed_by_nobody = [
                event.who for event in self.kept.read(lambda tx, id_=alert.id: concerns.events(tx, id_))  # type: ignore[misc]
                if event.kind in ("acknowledged", "closed") and event.who == "bot"
            ]  # fmt: skip
            assert closed_by_nobody == [], "a machine takes and closes nothing"
