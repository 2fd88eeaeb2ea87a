"""Any day of the whole service, in any order: what parents write, hear twice and take back, people who step in and out,
clocks that jump, the worker and its chores. After each event everything that was promised still holds.

The short form is a few days an engine; `make faults` tries hundreds, and other ones each time.
"""

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Table, select

from bot.content.glossary import load_glossary
from bot.domain.contact import KINDS, TO_STAFF
from bot.domain.conversation import LANGUAGES, Channel
from bot.domain.language import guess_language
from bot.domain.status import MoveNotAllowed, Status
from bot.gateways.roads import Roads
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.chase_alerts import chase_alerts
from bot.services.close_alert import OUTCOMES, close_alert
from bot.services.hand_back import hand_back
from bot.services.note_delivery import note_delivery
from bot.services.receive_message import receive_message
from bot.services.reply_as_person import CannotBeSent, reply_as_person
from bot.services.run_worker import CHORES, LANES
from bot.services.send_due import send_due
from bot.services.take_over import NoSuchConversation, take_over
from bot.settings import ROOT
from bot.storage import concerns, conversations
from bot.storage.conversations import Stored
from bot.storage.database import Database, Prepared
from bot.storage.staff_tables import staff_task
from bot.storage.tables import (
    alert,
    call,
    conversation,
    inbound_message,
    outbound_message,
    screening,
)
from bot.web.twilio_fields import DeliveryReport
from tests.desks import Clock, Phone, make_desk
from tests.faults.stand import LONG, PARENTS
from tests.services.on_call import Mail, Network
from tests.services.to_a_call import BABY_GROUP, BEGIN, SHARE

DAYS, EVENTS = (400, 60) if LONG else (12, 25)
GLOSSARY = load_glossary(ROOT / "locales")
THEN = ["STOP", "my baby died", "a person"]
WHO = st.integers(0, 2)
CHOICES = st.sampled_from([*"12345678AB", "1 2", "yes", "no", "ie", "na", "skip", "heibio", "ok"])
WORDS = st.one_of(
    st.sampled_from(
        ["helo", "CF31", "Sam", "07700 900123", "dwi wedi blino heddiw", "I would like more sleep", "dim diolch",
         "will you take my baby?", "ydych chi am fynd â fy mabi i ffwrdd?", "diolch yn fawr i chi", "next tuesday",
         "what is this for please", "???", "🙂", "Porthcawl", "cf48 1"]
    ),
    st.text(max_size=40),
)  # fmt: skip
DANGER = st.sampled_from(
    ["I am going to kill myself tonight", "dwi am ladd fy hun heno", "my partner hit me and the baby",
     "my baby isn't waking up", "mae fy mhartner yn fy mwrw i", "i shook my baby", "I took all my tablets"]
)  # fmt: skip
LOSS = st.sampled_from(["my baby died", "bu farw fy mabi", "we lost our baby last week"])
ANYWHERE = st.sampled_from(
    ["CALL", "GALWAD", "BACK", "NOL", "SKIP", "HEIBIO", "AGAIN", "ETO", "MORE", "MWY", "CHANGE", "NEWID", "INFO",
     "GWYBODAETH", "CYMRAEG", "ENGLISH", "SAESNEG", "UNSHARE", "FORGET ME", "ANGHOFIWCH FI"]
)  # fmt: skip
SECOND_THOUGHTS = st.sampled_from([("CHANGE", "1", "1"), ("NEWID", "2", "1"), ("FORGET ME", "1"), ("INFO", "1")])
NETWORK = st.sampled_from(["STOP", "START", "UNSTOP", "Stop", "END"])
PAUSES = st.sampled_from([1, 59, 301, 3600, 5 * 3600, 20 * 3600, 3 * 86_400, 8 * 86_400, 32 * 86_400])
JUMPS = st.sampled_from([-86_400, -3600, -5, 5, 3600])
STAFF = st.sampled_from(["staff:1", "staff:2"])
# What arrives at a parent's without their own message: somebody's hand or a timer wrote it.
UNASKED = frozenset(KINDS) - {"reply", "again", "safety", "late_reply"}


@pytest.mark.slow
def test_whatever_happens_in_whatever_order_the_promises_hold(database_afresh: Callable[[], Database]) -> None:
    with tempfile.TemporaryDirectory() as folder:

        class Machine(AnyDay):
            afresh = staticmethod(database_afresh)
            place = Path(folder)

        chosen = settings(max_examples=DAYS, stateful_step_count=EVENTS, deadline=None, derandomize=not LONG)
        run_state_machine_as_test(Machine, settings=chosen)


@pytest.mark.parametrize("then", THEN)
@pytest.mark.parametrize("known", [False, True])
def test_what_waited_is_looked_at_again_before_it_leaves(
    database_afresh: Callable[[], Database], tmp_path: Path, then: str, *, known: bool
) -> None:
    """A day that chance may not try in the short form."""

    class Machine(AnyDay):
        afresh = staticmethod(database_afresh)
        place = tmp_path

    day = Machine()
    day.a_day_begins()
    if known:
        day.hear(0, "helo")
        day.hear(0, "2")
        day.clock.forward(seconds=400)
    day.a_reply_waits_to_leave_and_then(0, "staff:1", then)
    day.everything_holds()


class AnyDay(RuleBasedStateMachine):
    """Two phones and a browser, one team, one database."""

    afresh: Callable[[], Database]
    place: Path

    @initialize()
    def a_day_begins(self) -> None:
        self.clock = Clock()
        self.database = self.afresh()
        self.desk = make_desk(self.database, self.place, self.clock)
        self.texts, self.mail = Network(now=self.clock), Mail()
        self.parents = [
            Phone(self.desk, PARENTS[0]),
            Phone(self.desk, PARENTS[1]),
            Phone(self.desk, "t" * 43, Channel.WEB),
        ]
        self.said: list[tuple[int, str, str, tuple[str, ...]]] = []
        self.forms = itertools.count(1)

    # --- what parents do

    @rule(who=WHO, text=CHOICES)
    def a_parent_chooses(self, who: int, text: str) -> None:
        self.hear(who, text)

    @rule(who=WHO, text=WORDS)
    def a_parent_writes(self, who: int, text: str) -> None:
        self.hear(who, text)

    @rule(who=WHO, text=DANGER)
    def a_parent_discloses(self, who: int, text: str) -> None:
        self.hear(who, text)

    @rule(who=WHO, text=LOSS)
    def a_parent_tells_of_a_loss(self, who: int, text: str) -> None:
        self.hear(who, text)

    @rule(who=WHO, text=ANYWHERE)
    def a_word_that_works_anywhere(self, who: int, text: str) -> None:
        self.hear(who, text)

    @rule(who=WHO, text=NETWORK)
    def texts_off_and_on(self, who: int, text: str) -> None:
        kind = {"STOP": "STOP", "START": "START"}.get(text) if self.parents[who].channel is Channel.SMS else None
        self.hear(who, text, opt_out_type=kind)

    @rule(
        who=WHO,
        language=st.sampled_from(LANGUAGES),
        safe=st.sampled_from([("skip",), BABY_GROUP]),
    )
    def a_parent_goes_all_the_way_to_a_call(self, who: int, language: str, safe: tuple[str, ...]) -> None:
        for text in (*BEGIN[language], *safe, "1", *SHARE[language]):
            self.hear(who, text)

    @rule(who=WHO, texts=SECOND_THOUGHTS)
    def a_parent_thinks_again(self, who: int, texts: tuple[str, ...]) -> None:
        for text in texts:
            self.hear(who, text)

    @rule(which=st.integers(0, 99), other=st.booleans())
    def a_text_comes_again(self, which: int, *, other: bool) -> None:
        """The same sid, with the same words or, which must not happen, with others."""
        if not self.said:
            return
        who, sid, text, _ = self.said[which % len(self.said)]
        parent = self.parents[who]
        before = self.counts()
        parent.text("other words" if other else text, sid=sid)
        assert parent.answer.repeated
        assert parent.answer.conflicting is other or parent.answer.erased
        first = self.said[which % len(self.said)][3]
        assert parent.answer.texts in (first, ()), "a repeat gets the first answer, or nothing once it is erased"
        assert self.counts() == before, "a repeat changes nothing"

    @rule(who=st.integers(0, 1), text=st.one_of(CHOICES, DANGER, NETWORK), ago=st.sampled_from([90, 1800, 3 * 3600]))
    def a_text_is_fetched_late(self, who: int, text: str, ago: int) -> None:
        self.hear(who, text, sent_at=self.clock() - timedelta(seconds=ago))

    @rule(who=st.integers(0, 1), staff=STAFF, then=st.sampled_from(THEN))
    def a_reply_waits_to_leave_and_then(self, who: int, staff: str, then: str) -> None:
        """What was written for a parent is true no more when the worker comes to send it."""
        self.hear(who, "1", sent_at=self.clock() - timedelta(seconds=90))
        if then == "a person":
            self.a_person_takes_it(who, staff)
        else:
            self.hear(who, then)
        self.work()

    # --- what the team does

    @rule(who=WHO, staff=STAFF)
    def a_person_takes_it(self, who: int, staff: str) -> None:
        if stored := self.stored(who):
            with suppress(MoveNotAllowed):
                take_over(self.desk, stored.conversation.id, staff, self.clock())

    @rule(who=WHO, staff=STAFF, anyway=st.booleans())
    def a_person_writes(self, who: int, staff: str, *, anyway: bool) -> None:
        if stored := self.stored(who):
            with suppress(MoveNotAllowed, CannotBeSent, NoSuchConversation):
                reply_as_person(
                    self.desk, stored.conversation.id, "Helo, Gwen (demo) yma", staff, self.clock(),
                    once=f"{next(self.forms)}", though_not_safe=anyway,
                )  # fmt: skip

    @rule(who=WHO, staff=STAFF)
    def a_person_hands_back(self, who: int, staff: str) -> None:
        if stored := self.stored(who):
            with suppress(MoveNotAllowed):
                hand_back(self.desk, stored.conversation.id, staff, self.clock())

    @rule(which=st.integers(0, 9), close=st.booleans(), outcome=st.sampled_from(OUTCOMES))
    def somebody_sees_to_an_alert(self, which: int, outcome: str, *, close: bool) -> None:
        live = self.database.read(concerns.live)
        if live:
            chosen = live[which % len(live)].id
            acknowledge_alert(self.desk, chosen, "staff:1", self.clock())
            if close:
                close_alert(self.desk, chosen, outcome, "staff:1", self.clock())

    # --- what time does

    @rule(seconds=PAUSES, work=st.booleans())
    def time_passes(self, seconds: int, *, work: bool) -> None:
        self.clock.forward(seconds=seconds)
        if work:
            self.work()

    @rule(seconds=JUMPS)
    def the_clock_jumps(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule()
    def the_worker_works(self) -> None:
        self.work()

    # --- how it is done

    def hear(self, who: int, text: str, **more: Any) -> None:
        """One message; everything that can be said of its own answer is said here."""
        parent = self.parents[who]
        before = self.stored(who)
        message = parent.message(text, **more)
        parent.answer = answer = receive_message(self.desk, message, self.clock())
        after = self.stored(who)
        self.said.append((who, message.sid, text, answer.texts))
        assert not answer.repeated
        if message.sent_at is not None:
            assert answer.texts == (), "nobody holds the phone any more"
        if before and before.conversation.status is Status.OPTED_OUT and not self.asks_to_start(text, more):
            assert answer.texts == (), "texts are off"
        if before and after and before.conversation.loss:
            assert after.conversation.loss, "a loss is never forgotten"
            self.assert_no_baby(answer.texts)
        language = after.conversation.language if after else None
        if language and before and before.conversation.language == language:
            self.assert_in(language, answer.texts)

    def work(self) -> None:
        """What the worker does in one poll, as often as there is something to do, and its chores."""
        off = {parent.contact for who, parent in enumerate(self.parents) if self.is_off(who)}
        lost = {parent.contact for who, parent in enumerate(self.parents) if self.has_lost(who)}
        sent_before = len(self.texts.sent)
        left_before = self.left()
        for chore in CHORES:
            chore.work(self.desk, self.clock())
        roads = Roads(self.texts, self.mail)  # type: ignore[arg-type]
        for _ in range(400):
            busy = chase_alerts(self.desk, self.clock())
            busy += sum(send_due(self.desk, roads, lane, self.clock()) for lane in LANES)
            waiting, self.texts.sids = self.texts.sids, {}
            for outbound_id, sid in waiting.items():
                note_delivery(self.desk, DeliveryReport(sid, "delivered", None, outbound_id), self.clock())
            if not busy and not waiting:
                break
        else:
            raise AssertionError("the worker does not come to rest")
        standing = {row.id: row for row in self.read(conversation)[0]}
        for row in self.left().values():
            if row.id not in left_before and row.lane != "alert" and row.kind in KINDS:
                whose, may = standing[row.conversation_id], KINDS[row.kind]
                assert whose.status != Status.OPTED_OUT, f"{row.kind} left for somebody whose texts are off"
                assert whose.status != Status.WITH_PERSON or may.beside_person, f"{row.kind} spoke beside a person"
                assert not whose.loss or may.after_loss, f"{row.kind} left after a loss"
        for to, body, _ in self.texts.sent[sent_before:]:
            assert to not in off, "a text to somebody whose texts are off"
            if to in lost:
                self.assert_no_baby((body,))

    def left(self) -> dict[str, Any]:
        return {row.id: row for row in self.read(outbound_message)[0] if row.state == "sent"}

    def stored(self, who: int) -> Stored | None:
        parent = self.parents[who]
        return self.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=parent.channel, contact=parent.contact)
        )

    def is_off(self, who: int) -> bool:
        stored = self.stored(who)
        return stored is not None and stored.conversation.status is Status.OPTED_OUT

    def has_lost(self, who: int) -> bool:
        stored = self.stored(who)
        return stored is not None and stored.conversation.loss

    def asks_to_start(self, text: str, more: dict[str, Any]) -> bool:
        return more.get("opt_out_type") == "START" or text.casefold() in self.desk.library.opt_in_words

    def assert_no_baby(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            for language in LANGUAGES:
                assert not list(GLOSSARY.found("after_loss", language, text)), text

    def assert_in(self, language: str, texts: tuple[str, ...]) -> None:
        other = "en" if language == "cy" else "cy"
        offered = self.desk.catalogue.text(other, "commands.offer_language", {})
        for text in texts:
            assert text == offered or guess_language(text) != other, (language, text)

    def counts(self) -> dict[str, int]:
        tables = (inbound_message, screening, alert, outbound_message, conversation, call)
        return {table.name: len(rows) for table, rows in zip(tables, self.read(*tables), strict=True)}

    def read(self, *tables: Table) -> list[list[Any]]:
        return self.database.read(lambda tx: [tx.rows(Prepared(select(table))) for table in tables])

    # --- what always holds

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "database"):
            return
        inbound, screened, alerts, outbound, whole, calls_, tasks_ = self.read(
            inbound_message, screening, alert, outbound_message, conversation, call, staff_task
        )
        assert "bot_failed" not in {row.kind for row in tasks_}, "the bot failed and hid it behind the holding text"
        kept = Counter(row.sid for row in inbound)
        assert kept == Counter(sid for _, sid, _, _ in self.said), "every text is kept, and once"
        assert {row.inbound_id for row in screened} == {row.id for row in inbound}, "every text is screened"
        raised, counted = Counter[str](), Counter[str]()
        for row in screened:
            raised[row.conversation_id] += row.level != "none"
        for row in alerts:
            counted[row.conversation_id] += row.count
        assert +raised == +counted, "an alert counts every message that screening flagged, and no other"
        live = Counter(row.conversation_id for row in alerts if row.state != "closed")
        assert all(many == 1 for many in live.values()), "one live alert a conversation"
        steps = self.desk.library.flow.steps
        for row in whole:
            assert row.step in steps or row.step in ("", "erased"), row.step
        assert len({row.contact_hash for row in whole if row.contact_hash}) == sum(
            bool(row.contact_hash) for row in whole
        )
        booked = Counter(row.conversation_id for row in calls_ if row.state in ("held", "booked"))
        assert all(many == 1 for many in booked.values()), "one live call a parent"
        known = {row.id for row in inbound}
        for row in outbound:
            if row.lane != "alert" and row.kind not in TO_STAFF:
                assert row.inbound_id in known or row.kind in UNASKED, f"a reply to nothing: {row.kind}"
