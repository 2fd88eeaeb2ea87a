"""Parents by text, parents on the web and staff at the console, who all want the same few times at once.

Each knocks at the real application: a signed POST, a form of the chat with its tokens, a form of the console by
somebody signed in. What they saw is counted here; what the database holds is counted elsewhere, by a query of its own.
"""

import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import literal_column, select

from bot.domain.conversation import Channel, Conversation
from bot.domain.slots import WALES, Slot
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.database import Prepared, one_of
from bot.storage.tables import call
from bot.web.chat_session import new_session
from tests.desks import Phone as Talker
from tests.faults.roads import BrokenPage, ByText, OnTheWeb, Road
from tests.services.to_a_call import to_slots
from tests.web.console.house import Browser

ROSTER = 6
# Who lost so often asks for a person instead, as the list offers. (Six answers that lead nowhere look like a machine.)
PATIENCE = 3
_CALLS = Prepared(
    select(call.c.id, call.c.revision, call.c.state, call.c.staff_key, call.c.starts_at, call.c.conversation_id)
    .where(one_of(call.c.state, "booked", "called_off"))
    .order_by(call.c.changed_at.desc(), call.c.id)
    .limit(literal_column("30"))
)
_WEB = ("helo", "2", "yes", "2", "skip", "skip", "CF31", "CALL", "1", "2", "skip", "Sam", "07700 900123")


def at_the_list(desk: Desk) -> Mapping[Channel, Conversation]:
    """A parent by text and one on the web who were both just shown the first times there are: whom others begin as."""
    texting = Talker(desk, "+447700900124")
    to_slots(texting)
    browsing = Talker(desk, new_session(), Channel.WEB)
    browsing.text(*_WEB, "skip", "skip", "skip")
    assert browsing.conversation.step == "slot"
    return {Channel.SMS: texting.conversation, Channel.WEB: browsing.conversation}


@dataclass
class Fighter:
    """A parent at the list of times, or anywhere after it."""

    road: Road
    channel: Channel
    contact: str
    lost: int = 0


@dataclass
class Corner:
    """One thread of one process: its parents, its colleague, and what they met.

    `seen` counts by road and end: "sms won", "web just gone", "console 409"...
    """

    desk: Desk
    app: Flask
    colleague: Browser
    templates: Mapping[Channel, Conversation]
    number: int
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.number)
        self._names = itertools.count(1)
        self._token = self.colleague.token()
        self._parents = [self._newcomer() for _ in range(ROSTER)]
        say = self.desk.catalogue.text
        self._gone = say("en", "booking.slot.gone")
        # It goes on with a moment.
        self._a_person_writes = say("en", "booking.no_slot.say").partition(".")[0]
        self._refusals = {say("en", f"console.change.fault.{why}") for why in ("taken", "already_booked")}
        self._refusals.add(say("en", "console.conflict.title"))

    @property
    def attempts(self) -> int:
        """How often somebody here tried to get a time."""
        return sum(self.seen.values())

    def fight(self, attempts: int) -> None:
        """Until so many attempts were made here. What nobody may ever see is a fault, and they go on."""
        while self.attempts < attempts and len(self.faults) < 20:
            try:
                if self._chance.random() < 0.3:
                    self._staff_act()
                else:
                    place = self._chance.randrange(ROSTER)
                    if not self._parent_acts(self._parents[place]):
                        self._parents[place] = self._newcomer()
            except BrokenPage as fault:
                self.faults.append(str(fault))

    # --- parents

    def _newcomer(self, channel: Channel | None = None) -> Fighter:
        """Another parent, who was shown the same first times as everybody."""
        channel = channel or self._chance.choice((Channel.SMS, Channel.SMS, Channel.WEB))
        name = f"+4477{self.number:02d}{next(self._names):06d}"
        contact = name if channel is Channel.SMS else new_session()
        template, now = self.templates[channel], self.desk.now()

        def work(tx: Any) -> None:
            begun = conversations.find_or_begin(
                tx, self.desk.vault, channel=channel, contact=contact, flow_version=template.flow_version,
                start=template.step, now=now,
            )  # fmt: skip
            conversations.save(tx, self.desk.vault, template._replace(id=begun.conversation.id), now, heard=True)

        self.desk.database.write(work)
        if channel is Channel.SMS:
            return Fighter(ByText(self.desk, self.app, contact), channel, contact)
        return Fighter(OnTheWeb(self.app, contact), channel, contact)

    def _stands(self, parent: Fighter) -> Conversation:
        found = self.desk.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=parent.channel, contact=parent.contact)
        )
        assert found is not None
        return found.conversation

    def _parent_acts(self, parent: Fighter) -> bool:
        """One message of the parent; False where they have no more to say."""
        stands = self._stands(parent)
        if stands.step == "slot":
            return self._choose(parent, stands)
        if stands.step == "share_summary":
            # Some put the phone away: the time is held for them, and then it is not.
            if self._chance.random() < 0.6:
                parent.road.say("A")
            return True
        if stands.step == "share_others":
            words = parent.road.say("skip")
            self._count(parent, words, self._stands(parent).step, won="booked")
            return True
        if stands.step == "booked":
            parent.road.say("CHANGE")
            return True
        if stands.step == "change_call":
            parent.road.say(self._chance.choice(("1", "1", "2")))
            return self._stands(parent).step == "slot"
        if stands.step == "goodbye" and self._chance.random() < 0.3:
            parent.road.say("CHANGE")
            return self._stands(parent).step == "change_call"
        return False

    def _choose(self, parent: Fighter, stands: Conversation) -> bool:
        if parent.lost >= PATIENCE:
            return "none" in parent.road.say("none of these")
        words = parent.road.say(str(self._chance.randint(1, len(stands.shown))))
        self._count(parent, words, self._stands(parent).step, won="share_summary goodbye")
        return True

    def _count(self, parent: Fighter, words: str, step: str, *, won: str) -> None:
        """What came of an attempt: the time, other times and a kind word, or a person who will write."""
        road = parent.channel.value
        if self._gone in words and step == "slot":
            parent.lost += 1
            self.seen[f"{road} just gone, others shown"] += 1
        elif self._a_person_writes in words:
            self.seen[f"{road} none left, a person writes"] += 1
        elif step in won.split():
            parent.lost = 0
            self.seen[f"{road} got the time"] += 1
        else:
            self.faults.append(f"{road}: no kind answer at {step}: {words[:120]!r}")

    # --- staff

    def _staff_act(self) -> None:
        """Somebody on the team books, moves, passes on or brings back; now and then a call is over."""
        rows = self.desk.database.read(lambda tx: tx.rows(_CALLS))
        booked = [row for row in rows if row.state == "booked"]
        off = [row for row in rows if row.state == "called_off"]
        what = self._chance.choices(("book", "move", "pass on", "bring back", "over"), (3, 3, 2, 3, 3))[0]
        if what == "book" or not (booked and off):
            parent = self._newcomer(Channel.SMS)
            path = f"/staff/conversations/{self._stands(parent).id}/book-it"
            self._post(path, "booked", **self._some_time(self._first_time()))
        elif what == "bring back":
            self._change(self._chance.choice(off), "bring-back", "brought back")
        elif what == "over":
            one = self._chance.choice(booked)
            self._change(one, "outcome", None, outcome="talked")
        else:
            one, other = self._chance.choice(booked), self._chance.choice(booked)
            to = other if what == "move" else one
            person = {"demo-sian": "demo-tom", "demo-tom": "demo-sian"}[one.staff_key]
            slot = Slot(to.starts_at, to.staff_key if what == "move" else person)
            self._change(one, "move", "moved" if what == "move" else "passed on", **self._some_time(slot))

    def _first_time(self) -> Slot:
        """One of the times that everybody was shown."""
        return Slot.from_key(self._chance.choice(self.templates[Channel.SMS].shown))

    def _some_time(self, slot: Slot) -> dict[str, str]:
        """That very time; or by hand one that only overlaps it, or the next, that day or up to a week later."""
        if self._chance.random() < 0.5:
            return {"slot": slot.key}
        later = timedelta(days=self._chance.choice((0, 0, *range(1, 8))), minutes=self._chance.choice((-20, 20, 40)))
        at = (slot.starts_at + later).astimezone(WALES)
        return {"slot": "own", "day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "person": slot.staff_key}

    def _change(self, row: Any, what: str, done: str | None, **fields: str) -> None:
        """A form about a call; one in six comes from a page that was left open too long."""
        stale = self._chance.random() < 1 / 6 and row.revision > 0
        self._post(f"/staff/calls/{row.id}/{what}", done, revision=str(row.revision - stale), **fields)

    def _post(self, path: str, done: str | None, **fields: str) -> None:
        answer = self.colleague.send(path, token=self._token, **fields)
        said = [words for words in self._refusals if words in answer.text]
        if answer.status_code == 302:
            end = done
        elif answer.status_code == 409 and said:
            end = done and "told why not"
        elif answer.status_code == 422:
            end = done and "not a time any more"
        else:
            raise BrokenPage(f"console: {answer.status_code} at {path.rpartition('/')[2]}")
        if end:
            self.seen[f"console {end}"] += 1
