"""The chain of an alert as pure rules: nobody is forgotten, whatever fails, whoever leaves, however the clock jumps."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.alerts import (
    QUIET,
    Expire,
    GiveUp,
    MoveTo,
    Page,
    PageThem,
    Standing,
    Surroundings,
    Wait,
    next_step,
    period,
)
from bot.domain.chain import Chain, Level, Member, gaps, pack_chain, unpack_chain

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RECEIPT = timedelta(seconds=60)
ACKNOWLEDGEMENT = timedelta(hours=1)
MORNINGS = {"monday": ((time(9), time(12)),)}
EVERYTHING = frozenset({"sms", "email", "console"})


def level(*keys: str, wait: int = 300, roads: tuple[str, ...] = ("sms", "email"), **hours: object) -> Level:
    members = tuple(Member(key, roads, hours.get(key, {})) for key in keys)  # type: ignore[arg-type]
    return Level(wait, hours.get("level", {}), members)  # type: ignore[arg-type]


@dataclass
class Drill:
    """An alert that lives by the rules alone: what the services do, without a database."""

    chain: Chain
    people: dict[str, frozenset[str]]
    now: datetime = NOON
    severity: str = "urgent"
    pages: list[Page] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    nobody: bool = False
    office_open: bool = True

    def __post_init__(self) -> None:
        self.standing = Standing("open", self.severity, 0, 0, self.now, self.now)

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.people, frozenset(), self.office_open, RECEIPT)

    def tick(self) -> list[tuple[str, str, int]]:
        """Every step that is due now; who was paged by which road on which level."""
        if self.standing.stage_at > self.now:
            due = self.now + ACKNOWLEDGEMENT if self.standing.state == "acknowledged" else self.now
            self.standing = replace(self.standing, stage_at=self.now, due_at=due)
        called = []
        self.nobody = False
        for _ in range(100):
            step = next_step(self.chain, self.standing, self.pages, self.around, self.now)
            match step:
                case Wait(due_at, nobody):
                    self.nobody = nobody
                    self.standing = replace(self.standing, due_at=due_at)
                    return called
                case PageThem(calls):
                    for person, road in calls:
                        state = "shown" if road == "console" else "waiting"
                        self.pages.append(Page(person, road, self.standing.level, self.standing.stage, self.now, state))
                        called.append((person, road, self.standing.level))
                case GiveUp(silent):
                    self.pages = [replace(page, state="failed") if page in silent else page for page in self.pages]
                case MoveTo(to, at, reason):
                    self.reasons.append(reason)
                    self.enter(to, at)
                case Expire():
                    self.reasons.append("expired")
                    self.enter(0, self.now)
        raise AssertionError("the rules do not come to rest")

    def enter(self, to: int, at: datetime) -> None:
        self.standing = replace(
            self.standing, state="open", level=to, stage=self.standing.stage + 1, stage_at=at, due_at=at
        )

    def go(self, *, arrive: bool = True) -> list[tuple[str, str, int]]:
        """On to the next due time; what was sent has arrived by then, or not."""
        if arrive:
            self.end("delivered")
        assert self.standing.due_at is not None
        self.now = max(self.now, self.standing.due_at)
        return self.tick()

    def end(self, state: str, road: str | None = None) -> None:
        """What is under way ends so."""
        self.pages = [
            replace(page, state=state)
            if page.state in ("waiting", "sent") and road in (None, page.channel) else page
            for page in self.pages
        ]  # fmt: skip

    def acknowledge(self) -> None:
        self.standing = replace(
            self.standing, state="acknowledged", stage_at=self.now, due_at=self.now + ACKNOWLEDGEMENT
        )


def drill(*levels: Level, **more: object) -> Drill:
    everybody = {member.key: EVERYTHING for each in levels for member in each.members}
    return Drill(Chain(levels), everybody, **more)  # type: ignore[arg-type]


def test_one_level_after_the_other_each_at_its_time_and_the_last_for_ever() -> None:
    chased = drill(level("ann", wait=120), level("ben"), level("lead"))
    assert chased.tick() == [("ann", "sms", 0)]
    assert chased.go() == [], "the receipt came in time: only looked at"
    when = [chased.now]
    for _ in range(3):
        while not (called := chased.go()):
            pass
        when.append(chased.now)
        assert called[0][0] in {"ben", "lead"}
    start = NOON
    assert [(at - start).total_seconds() for at in when[1:]] == [120, 420, 720]


def test_the_last_level_repeats_five_hundred_times_and_on() -> None:
    chased = drill(level("ann", wait=120), level("lead", wait=180))
    chased.tick()
    repeats = []
    while len(repeats) < 500:
        if ("lead", "sms", 1) in chased.go():
            repeats.append(chased.now)
    apart = {later - earlier for earlier, later in pairwise(repeats)}
    assert apart == {timedelta(seconds=180)}
    assert chased.standing.state == "open"


@pytest.mark.parametrize("empty", ["nobody", "left", "off duty", "out of hours"])
def test_an_empty_level_is_passed_at_once(empty: str) -> None:
    first = {
        "nobody": level(),
        "left": level("gone"),
        "off duty": level("ann", level={"tuesday": ((time(9), time(12)),)}),
        "out of hours": level("ann", ann=MORNINGS),
    }[empty]
    chased = drill(first, level("lead"))
    chased.people.pop("gone", None)
    assert chased.tick() == [("lead", "sms", 1)]
    assert chased.now == NOON
    assert chased.reasons == ["off_duty" if empty == "off duty" else "empty"]


def test_hours_are_hours_of_wales_and_closed_days_have_none() -> None:
    member = Member("ann", ("sms",), MORNINGS)
    assert member.is_there((), datetime(2026, 7, 6, 8, 30, tzinfo=UTC)), "half past nine in summer"
    assert not member.is_there((), datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert not member.is_there({datetime(2026, 7, 6, tzinfo=UTC).date()}, datetime(2026, 7, 6, 8, 30, tzinfo=UTC))


def test_a_road_that_fails_is_left_for_the_next_and_then_the_level_at_once() -> None:
    chased = drill(level("ann"), level("lead"))
    chased.tick()
    chased.end("failed")
    assert chased.tick() == [("ann", "email", 0)]
    chased.end("failed")
    assert chased.tick() == [("lead", "sms", 1)]
    assert (chased.now, chased.reasons) == (NOON, ["unreachable"])


def test_one_person_reached_is_reason_to_wait_for_a_level() -> None:
    chased = drill(level("ann", "ben"), level("lead"))
    assert chased.tick() == [("ann", "sms", 0), ("ben", "sms", 0)]
    chased.pages = [replace(page, state="failed" if page.person == "ann" else "delivered") for page in chased.pages]
    assert chased.tick() == [("ann", "email", 0)]
    chased.end("failed")
    assert chased.tick() == []
    assert chased.standing.due_at == NOON + timedelta(seconds=300)


def test_without_a_receipt_in_time_the_next_road_is_taken() -> None:
    chased = drill(level("ann"), level("lead"))
    chased.tick()
    chased.end("sent")
    assert chased.standing.due_at == NOON + RECEIPT
    assert chased.go(arrive=False) == [("ann", "email", 0)]
    chased.end("sent")  # an e-mail brings no receipt: that it was taken is all there is to know
    assert chased.tick() == []
    assert chased.standing.due_at == NOON + timedelta(seconds=300)


def test_a_screen_for_want_of_a_road_holds_nobody_up() -> None:
    chased = drill(level("ann", roads=("sms", "console")), level("lead"))
    chased.tick()
    chased.end("failed")
    assert chased.tick() == [("ann", "console", 0), ("lead", "sms", 1)]


def test_a_screen_that_is_the_first_road_has_its_time() -> None:
    chased = drill(level("desk", roads=("console",)), level("lead"))
    assert chased.tick() == [("desk", "console", 0)]
    assert chased.standing.due_at == NOON + timedelta(seconds=300)


def test_when_nobody_can_be_reached_the_chain_goes_round_and_round_without_a_storm() -> None:
    chased = drill(level("ann"), level("lead"))
    told: list[tuple[str, datetime]] = []
    for _ in range(300):
        for person, road, _ in chased.tick() if not told else chased.go(arrive=False):
            if road == "sms":
                told.append((person, chased.now))
        chased.end("failed")
    for person in ("ann", "lead"):
        times = [at for who, at in told if who == person]
        assert len(times) > 50
        assert min(later - earlier for earlier, later in pairwise(times)) >= QUIET


def test_with_nobody_at_all_it_stays_due_and_says_so() -> None:
    chased = drill(level("ann"), level("lead"))
    chased.people.clear()
    assert chased.tick() == []
    assert chased.nobody
    assert chased.standing.due_at is not None
    chased.people["lead"] = EVERYTHING
    assert chased.go() == [("lead", "sms", 1)], "somebody new is told as soon as there is somebody"


def test_a_standstill_is_made_good_once_a_level_and_in_order() -> None:
    chased = drill(level("ann", wait=120), level("ben"), level("lead"))
    chased.tick()
    chased.end("delivered")
    chased.now += timedelta(minutes=10)
    assert chased.tick() == [("ben", "sms", 1), ("lead", "sms", 2)]
    assert chased.tick() == []
    chased.now += timedelta(hours=8)
    chased.end("delivered")
    assert chased.tick() == [("lead", "sms", 2)], "missed repeats are not made up"


def test_a_clock_put_back_keeps_nobody_waiting_for_it() -> None:
    chased = drill(level("ann", wait=120), level("lead"))
    chased.tick()
    chased.end("delivered")
    chased.now -= timedelta(hours=1)
    chased.tick()
    assert chased.standing.due_at is not None
    assert chased.standing.due_at <= chased.now + timedelta(seconds=120)


def test_an_acknowledgement_that_runs_out_starts_the_chain_again() -> None:
    chased = drill(level("ann"), level("lead"))
    chased.tick()
    chased.acknowledge()
    assert chased.tick() == []
    assert chased.go() == [("ann", "sms", 0)]
    assert chased.reasons == ["expired"]


def test_what_is_to_be_read_waits_for_the_team_and_is_told_once_a_day() -> None:
    chased = drill(level("ann"), level("lead"), severity="watch", office_open=False)
    assert chased.tick() == []
    assert chased.go() == []
    chased.office_open = True
    assert chased.go() == [("ann", "sms", 0)]
    told_at = chased.now
    chased.end("delivered")
    assert chased.tick() == []
    assert chased.go() == [("ann", "sms", 0)]
    assert chased.now - told_at == timedelta(days=1)


def test_what_is_to_be_read_takes_the_next_road_and_then_the_next_level() -> None:
    chased = to_read(level("ann"), level("lead"))
    chased.end("failed")
    assert chased.tick() == [("ann", "email", 0)]
    chased.end("failed")
    assert chased.tick() == [("lead", "sms", 1)]
    assert chased.reasons == ["unreachable"], "which is what staff are told of"
    told_at = chased.now
    chased.end("delivered")
    assert chased.tick() == []
    assert chased.go() == [("lead", "sms", 1)]
    assert chased.now - told_at == timedelta(days=1), "who was told is told once a day"


def test_what_is_to_be_read_counts_no_page_without_a_receipt_as_told() -> None:
    chased = to_read(level("ann"), level("lead"))
    chased.end("sent")
    told_at = chased.now
    assert chased.go(arrive=False) == [("ann", "email", 0)]
    assert chased.now - told_at == RECEIPT
    chased.end("sent")
    assert chased.tick() == []
    assert chased.standing.due_at == chased.now + timedelta(days=1)


def test_what_is_to_be_read_moves_on_in_the_teams_hours_only() -> None:
    chased = to_read(level("ann"), level("lead"))
    chased.office_open = False
    chased.end("failed")
    for _ in range(14):
        assert chased.tick() == []
        assert chased.go(arrive=False) == []
    chased.office_open = True
    assert chased.go(arrive=False) == [("ann", "email", 0)]


def test_what_is_to_be_read_and_reaches_nobody_is_tried_again_every_hour() -> None:
    chased = to_read(level("ann"), level("lead"))
    times = [chased.now]
    while len(times) < 20:
        chased.end("failed")
        called = chased.tick() or chased.go(arrive=False)
        times += [chased.now] * called.count(("ann", "sms", 0))
    apart = {later - earlier for earlier, later in pairwise(times)}
    assert apart == {QUIET + timedelta(hours=1)}
    assert set(chased.reasons) == {"unreachable"}


def test_what_is_to_be_read_passes_an_empty_level_at_once() -> None:
    chased = to_read(level(), level("lead"))
    assert [(page.person, page.level, page.at) for page in chased.pages] == [("lead", 1, NOON + timedelta(hours=1))]
    assert chased.reasons == ["empty"]


def to_read(*levels: Level) -> Drill:
    """Something to read, just announced for the first time."""
    chased = drill(*levels, severity="watch")
    assert chased.tick() == []
    assert chased.go()
    return chased


def test_gaps_of_the_week_to_come_are_known() -> None:
    chain = Chain((level("ann", ann=MORNINGS), level("day", level=MORNINGS), level("lead")))
    people = {"ann": EVERYTHING, "lead": EVERYTHING}
    found = {gap.level: gap.starts_at for gap in gaps(chain, people, (), datetime(2026, 11, 23, 9, tzinfo=UTC), days=7)}
    assert found == {
        0: datetime(2026, 11, 23, 12, tzinfo=UTC),
        1: datetime(2026, 11, 23, 9, tzinfo=UTC),
    }, "ann goes at noon; nobody of the day level belongs to the team; the lead is always there"


def test_a_kept_chain_comes_back_the_same() -> None:
    chain = Chain((level("ann", ann=MORNINGS, wait=45), level("lead", roads=("email",), level=MORNINGS)))
    assert unpack_chain(pack_chain(chain)) == chain


class AnyNight(RuleBasedStateMachine):
    """Whatever happens in whatever order, an open alert is due within one period of now."""

    @initialize(
        sizes=st.lists(st.integers(0, 3), min_size=1, max_size=4), severity=st.sampled_from(["urgent", "watch"])
    )
    def begin(self, sizes: list[int], severity: str) -> None:
        levels = [level(*(f"p{n}{m}" for m in range(size)), wait=30 * (n + 1)) for n, size in enumerate(sizes)]
        self.drill = drill(*levels, severity=severity)
        self.drill.tick()

    @rule(seconds=st.integers(1, 4000))
    def time_passes(self, seconds: int) -> None:
        self.drill.now += timedelta(seconds=seconds)
        self.drill.tick()

    @rule()
    def the_next_moment(self) -> None:
        self.drill.go(arrive=False)

    @rule(seconds=st.integers(-90_000, 90_000))
    def the_clock_jumps(self, seconds: int) -> None:
        self.drill.now += timedelta(seconds=seconds)
        self.drill.tick()

    @rule(state=st.sampled_from(["sent", "delivered", "failed"]), road=st.sampled_from(["sms", "email"]))
    def a_road_answers(self, state: str, road: str) -> None:
        self.drill.end(state, road)
        self.drill.tick()

    @rule(which=st.integers(0, 20))
    def somebody_leaves(self, which: int) -> None:
        for key in sorted(self.drill.people)[which : which + 1]:
            del self.drill.people[key]
        self.drill.tick()

    @rule()
    def the_team_comes_or_goes(self) -> None:
        self.drill.office_open = not self.drill.office_open
        self.drill.tick()

    @rule()
    def everybody_is_back(self) -> None:
        self.drill.people = {member.key: EVERYTHING for each in self.drill.chain.levels for member in each.members}
        self.drill.tick()

    @rule()
    def somebody_takes_it(self) -> None:
        self.drill.acknowledge()
        self.drill.tick()

    @rule(to=st.integers(0, 5))
    def it_is_passed_on_or_grows_graver(self, to: int) -> None:
        self.drill.enter(min(to, self.drill.chain.last), self.drill.now)
        self.drill.tick()

    @invariant()
    def due_within_one_period(self) -> None:
        if not hasattr(self, "drill"):
            return
        standing = self.drill.standing
        assert standing.due_at is not None
        assert standing.due_at <= self.drill.now + period(self.drill.chain, standing, ACKNOWLEDGEMENT)
        assert standing.due_at > self.drill.now, "what was due has been done"

    @invariant()
    def nobody_is_stormed(self) -> None:
        if hasattr(self, "drill"):
            seen = [(page.person, page.channel, page.stage) for page in self.drill.pages]
            assert len(seen) == len(set(seen)) or self.drill.severity == "watch"


TestAnyNight = AnyNight.TestCase
