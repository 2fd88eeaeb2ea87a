"""The chain of an alert as pure rules: what happens next and when, from where it stands and what became of each page.

An open alert always has a next step. A level with nobody in it is passed at once. The last level repeats for ever;
where not even the last can be reached, the chain begins again. Nothing here closes an alert.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.domain.chain import Chain, who_is_there

# Nobody is paged twice within this by time alone: 500 texts of one parent are one alert, and one page a level.
QUIET = timedelta(minutes=2)
# What is only to be read waits for the team's hours: looked at every hour, announced once a day.
LOOK_AGAIN = timedelta(hours=1)
READ_AGAIN = timedelta(days=1)

_UNDERWAY = frozenset({"waiting", "sent"})

Reason = Literal["time", "empty", "off_duty", "unreachable"]


@dataclass(frozen=True, slots=True)
class Page:
    """One attempt to tell one person by one road, in the `stage` (a count of levels entered) it was made in.

    `state`: waiting, sent, delivered, shown (on a screen: nobody may be looking) or failed.
    """

    person: str
    channel: str
    level: int
    stage: int
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands. `stage_at`: when its level was entered; `due_at`: when it was to be looked at.

    `passed_on`: the stage that began when a person asked for the next level, if nobody has taken it since.
    """

    state: str
    severity: str
    level: int
    stage: int
    stage_at: datetime
    due_at: datetime | None
    passed_on: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else counts now: the team as it is today (`people`: the roads to each), closed days, whether the team is in.

    `receipt`: how long the network has to say that a text arrived.
    """

    people: Mapping[str, Collection[str]]
    closed: Collection[date]
    office_open: bool
    receipt: timedelta


@dataclass(frozen=True, slots=True)
class PageThem:
    """Tell these people, each by this road."""

    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """These pages brought no receipt in time: they count as failed."""

    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Enter `level`, as if at `stage_at`."""

    level: int
    stage_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Expire:
    """The acknowledgement has run out: the alert is nobody's, and its chain starts again."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing more now; look again at `due_at`. `nobody`: the whole chain has nobody in it."""

    due_at: datetime
    nobody: bool = False


Step = PageThem | GiveUp | MoveTo | Expire | Wait


def next_step(chain: Chain, standing: Standing, pages: Collection[Page], around: Surroundings, now: datetime) -> Step:
    """The one next step. Taken again and again it comes to `Wait` after a few steps, due within one period of now."""
    if standing.state == "acknowledged":
        due = standing.due_at
        return Wait(due) if due is not None and now < due else Expire()
    if standing.severity == "watch":
        return _to_read(chain, standing, pages, around, now)
    mine = [page for page in pages if page.stage == standing.stage]
    step = _reach(chain, standing, mine, pages, around, now)
    if step is not None:
        return step
    deadline = _deadline(chain, min(standing.level, chain.last), standing)
    if now >= deadline:
        return _onward(chain, standing, pages, around, now, "time")
    return Wait(min([deadline, *_receipts_due(mine, around, now)]))


def period(chain: Chain, standing: Standing, acknowledgement: timedelta) -> timedelta:
    """No alert that is live is ever due later than this from now."""
    if standing.state == "acknowledged":
        return acknowledgement
    if standing.severity == "watch":
        return READ_AGAIN
    return max(chain.levels[min(standing.level, chain.last)].wait, QUIET)


def _to_read(chain: Chain, standing: Standing, pages: Collection[Page], around: Surroundings, now: datetime) -> Step:
    """Something to read, not to run for: in the team's hours, and who was told is told again once a day.

    Roads and levels follow one another as always. An hour passes before the chain begins, or begins again. Where a
    person passed it on, somebody is wanted now: nothing waits until one of those who come next has been told.
    """
    since = [page for page in pages if standing.passed_on is not None and page.stage >= standing.passed_on]
    wanted_now = standing.passed_on is not None and not any(_holds(page, since) for page in since)
    mine = [page for page in pages if page.stage == standing.stage and page.at <= now < page.at + READ_AGAIN]
    begins = standing.level == 0 and not mine
    if begins and not (wanted_now and not since) and standing.stage_at <= now < standing.stage_at + LOOK_AGAIN:
        return Wait(standing.stage_at + LOOK_AGAIN)
    step = _reach(chain, standing, mine, pages, around, now)
    if step is None:
        told = max(page.at for page in mine if _holds(page, mine))
        return Wait(min([told + READ_AGAIN, *_receipts_due(mine, around, now)]))
    # To give up a page disturbs nobody; all else waits for the team.
    return step if around.office_open or wanted_now or isinstance(step, GiveUp) else Wait(now + LOOK_AGAIN)


def _reach(
    chain: Chain,
    standing: Standing,
    mine: Collection[Page],
    pages: Collection[Page],
    around: Surroundings,
    now: datetime,
) -> Step | None:
    """What is still to be done for somebody in the level to be told, going by `mine`; None where somebody is."""
    level = min(standing.level, chain.last)
    if not mine:
        there = who_is_there(chain.levels[level], around.people, around.closed, now)
        if there:
            return PageThem(tuple((member.key, roads[0]) for member, roads in there))
        on_duty = chain.levels[level].is_on_duty(around.closed, now)
        return _onward(chain, standing, pages, around, now, "empty" if on_duty else "off_duty")
    silent = tuple(page for page in mine if _is_overdue(page, around, now))
    if silent:
        return GiveUp(silent)
    more = _other_roads(chain, level, mine, around)
    if more:
        return PageThem(more)
    if not any(_holds(page, mine) for page in mine):
        return _onward(chain, standing, pages, around, now, "unreachable")
    return None


def _receipts_due(mine: Collection[Page], around: Surroundings, now: datetime) -> list[datetime]:
    """When each receipt that is still to come must have come."""
    return [page.at + around.receipt for page in mine if _awaits_receipt(page) and page.at <= now]


def _deadline(chain: Chain, level: int, standing: Standing) -> datetime:
    """When the level has had its time. `stage_at` is never later than now: whoever asks has set a clock right that was
    put back (`step_alert.py`)."""
    return standing.stage_at + chain.levels[level].wait


def _onward(
    chain: Chain, standing: Standing, pages: Collection[Page], around: Surroundings, now: datetime, reason: Reason
) -> MoveTo | Wait:
    level = min(standing.level, chain.last)
    if level < chain.last:
        # After a standstill each level that was due is told once, in order: it counts from when it was due.
        late = _deadline(chain, level, standing)
        return MoveTo(level + 1, late if reason == "time" else now, reason)
    if not any(who_is_there(each, around.people, around.closed, now) for each in chain.levels):
        return Wait(now + max(chain.levels[level].wait, QUIET), nobody=True)
    to = level if reason == "time" else 0
    just_told = [page.at for page in pages if page.level == to and page.at <= now < page.at + QUIET]
    return Wait(max(just_told) + QUIET) if just_told else MoveTo(to, now, reason)


def _awaits_receipt(page: Page) -> bool:
    """A text is believed when the network says that it arrived; of an e-mail it is known only that it was taken."""
    return page.state in _UNDERWAY if page.channel == "sms" else page.state == "waiting"


def _is_overdue(page: Page, around: Surroundings, now: datetime) -> bool:
    return _awaits_receipt(page) and now >= page.at + around.receipt


def _holds(page: Page, mine: Collection[Page]) -> bool:
    """Whether it gives a reason to wait. A screen that is shown for want of a road that works gives none."""
    if page.channel == "console":
        return not any(other.person == page.person and other.state == "failed" for other in mine)
    return page.state != "failed"


def _other_roads(chain: Chain, level: int, mine: Collection[Page], around: Surroundings) -> tuple[tuple[str, str], ...]:
    """For everybody whose every road so far has failed, the next one that they have."""
    channels = {member.key: member.channels for member in chain.levels[level].members}
    calls = []
    for person in dict.fromkeys(page.person for page in mine):
        theirs = [page for page in mine if page.person == person]
        if all(page.state == "failed" for page in theirs):
            tried = {page.channel for page in theirs}
            roads = [road for road in channels.get(person, ()) if road in around.people.get(person, ())]
            calls += [(person, road) for road in roads if road not in tried][:1]
    return tuple(calls)
