"""A night on call: a team of three levels, roads that do as they are told, a parent who writes, and time."""

import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.content.rota_file import OnCall
from bot.content.team_file import Team
from bot.domain.chain import Chain, Level, Member
from bot.domain.conversation import Channel
from bot.domain.screening import Match, Screening
from bot.gateways.ports import Accepted, Refused, SendResult
from bot.gateways.roads import Roads
from bot.services.chase_alerts import chase_alerts
from bot.services.note_delivery import note_delivery
from bot.services.raise_concern import raise_concern
from bot.services.send_due import send_due
from bot.storage import concerns, conversations, pages, tasks
from bot.storage.concerns import Alert
from bot.storage.database import Database
from bot.web.twilio_fields import DeliveryReport
from tests.desks import Clock, Phone, make_desk
from tests.factories import PARENT_NUMBER

GRAVE = "I am going to kill myself tonight"
# Ofcom's numbers for drama.
ANN, BEN, LEAD = "+447700900451", "+447700900452", "+447700900453"
PEOPLE = {
    "ann": OnCall("ann", "Ann (test)", "07700 900451", "ann@team.example", ANN),
    "ben": OnCall("ben", "Ben (test)", "07700 900452", None, BEN),
    "lead": OnCall("lead", "Lead (test)", "07700 900453", "lead@team.example", LEAD),
}
ROADS = ("sms", "email", "console")
LEVELS = tuple(Level(wait, {}, (Member(key, ROADS, {}),)) for wait, key in ((120, "ann"), (300, "ben"), (300, "lead")))


@dataclass
class Network:
    """Texts: `answers` by number say how it answers, always; receipts come when `receipts` is true."""

    answers: dict[str, SendResult] = field(default_factory=dict)
    sent: list[tuple[str, str, datetime]] = field(default_factory=list)
    sids: dict[str, str] = field(default_factory=dict)
    now: Clock = field(default_factory=Clock)
    _count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
        answer = self.answers.get(to)
        if answer is not None and not isinstance(answer, Accepted):
            return answer
        sid = f"SM{next(self._count):032x}"
        self.sent.append((to, body, self.now()))
        self.sids[dedupe] = sid
        return Accepted(sid)

    def find_sent(self, to: str, body: str, *, since: datetime) -> str | None:
        return None


@dataclass
class Mail:
    """E-mail, which works unless it is `down`."""

    down: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, to: str, subject: str, body: str, *, dedupe: str) -> SendResult:
        if self.down:
            return Refused("no_connection", permanent=False)
        self.sent.append((to, body))
        return Accepted("<1@helo>")


class Night:
    """Everything a test of the chase needs."""

    def __init__(self, database: Database, folder: Path, *, levels: tuple[Level, ...] = LEVELS, **changes: str) -> None:
        self.clock = Clock()
        self.plain = make_desk(database, folder, self.clock, **changes)
        self.desk = self.plain
        self.team(levels=levels)
        self.texts, self.mail = Network(now=self.clock), Mail()
        self.receipts = True

    def team(self, *, levels: tuple[Level, ...] = LEVELS, people: dict[str, OnCall] | None = None) -> None:
        """Another team.yaml, from now on."""
        people = PEOPLE if people is None else people
        phones = {person.mobile: key for key, person in people.items() if person.mobile}
        team: Team = replace(self.plain.team, people=people, phones=phones, chain=Chain(levels))
        self.desk = replace(self.plain, team=team)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def parent(self, number: str = PARENT_NUMBER) -> Phone:
        return Phone(self.desk, number)

    def phone(self, number: str) -> Phone:
        return Phone(self.desk, number)

    def disclose(self, text: str = GRAVE, number: str = PARENT_NUMBER) -> Alert:
        """A parent writes something that must be heard; the alert."""
        phone = self.parent(number)
        phone.text(text)
        return self.alert(phone)

    def raise_(self, severity: str, number: str = PARENT_NUMBER) -> Alert:
        """An alert of this severity, whatever the lexicon of today says of any words."""
        phone = self.parent(number)
        if not self.desk.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=Channel.SMS, contact=number)
        ):
            phone.text("helo")
        match = Match("SG-001", "harm_to_baby", severity, "words", 0, 5)
        found = Screening(severity, (match,), "test")
        its_id = phone.conversation.id
        return self.desk.database.write(
            lambda tx: raise_concern(self.desk, tx, conversation_id=its_id, screening=found, now=self.now)
        )

    def alert(self, phone: Phone | None = None) -> Alert:
        found = (phone or self.parent()).read(lambda tx, vault, id_: concerns.of_conversation(tx, id_))
        return found[-1]

    def work(self) -> None:
        """What the worker does in one poll, as often as there is something to do."""
        roads = Roads(self.texts, self.mail)
        for _ in range(400):
            busy = chase_alerts(self.desk, self.now) + send_due(self.desk, roads, "alert", self.now)
            if self.receipts:
                busy += self.deliver()
            if not busy:
                return
        raise AssertionError("the worker does not come to rest")

    def deliver(self, status: str = "delivered", code: str | None = None) -> int:
        """The network reports on everything it has taken."""
        waiting, self.texts.sids = self.texts.sids, {}
        for outbound_id, sid in waiting.items():
            note_delivery(self.desk, DeliveryReport(sid, status, code, outbound_id), self.now)
        return len(waiting)

    def forward(self, seconds: float) -> None:
        """Time passes, and the worker works once."""
        self.clock.forward(seconds=seconds)
        self.work()

    def run(self, seconds: int, every: int = 10) -> None:
        """Time passes with the worker at work all the while."""
        for _ in range(0, seconds, every):
            self.forward(every)

    def told(self, number: str | None = None) -> list[tuple[str, int]]:
        """Who was texted an alert, and how many seconds after noon."""
        start = Clock().now
        return [
            (to, int((at - start).total_seconds()))
            for to, body, at in self.texts.sent
            if number in (None, to) and "ACK" in body
        ]

    def code(self, number: str, index: int = -1) -> str:
        """The code in the last text this phone got."""
        bodies = [body for to, body, _ in self.texts.sent if to == number and "ACK" in body]
        found = re.search(r"ACK ([A-Z0-9]{5})", bodies[index])
        assert found is not None
        return found[1]

    def pages(self, alert: Alert) -> list[tuple[str, str, str, str | None]]:
        rows = self.desk.database.read(lambda tx: pages.of_alert(tx, alert.id))
        return [(row.person, row.channel, row.state, row.error_code) for row in rows]

    def events(self, alert: Alert) -> list[str]:
        return [event.kind for event in self.desk.database.read(lambda tx: concerns.events(tx, alert.id))]

    def tasks(self) -> set[str]:
        return {task.kind for task in self.desk.database.read(tasks.open_tasks)}

    def assert_invariant(self) -> None:
        """Every live alert is due within one period; nobody's alert has no time."""
        # An alert keeps the chain it was opened with, which may be that of LEVELS though the team's is another today.
        longest = max(level.wait for level in (*LEVELS, *self.desk.chain.levels))
        for alert in self.desk.database.read(concerns.live):
            assert alert.due_at is not None
            limit = longest if alert.state == "open" else timedelta(seconds=self.desk.settings.acknowledgement_seconds)
            if alert.severity == "watch":
                limit = timedelta(days=1)
            assert alert.due_at <= self.now + limit, alert
