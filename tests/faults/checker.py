"""The promises, checked from both ends: what Twilio knows against what the database holds. One sentence a breach.

Every suite of this folder ends here, and `test_sabotage.py` shows that each promise, once broken, is seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, select

from bot.domain.segments import for_sms
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import alert, inbound_message, outbound_message, screening
from tests.simulators.network import Message, Network

DANGER = ("I am going to kill myself tonight", "dwi am ladd fy hun heno")
_PAGED = ("urgent", "immediate")


def breaches(
    database: Database, vault: Vault, network: Network, *, acknowledged: frozenset[str] = frozenset(), doubled: int = 0
) -> list[str]:
    """Every broken promise.

    `acknowledged`: ids of texts that were answered with 2xx. `doubled`: how many texts to a parent may have left twice
    (a process that dies while Twilio answers). An alert is accepted when its text was, at least once.
    """
    known = database.read(_Known)
    with network.lock:
        messages = tuple(network.messages.values())
    return [
        *_heard(known, messages, acknowledged),
        *_screened(known),
        *_alerted(known, vault, messages),
        *_recorded(known, vault, messages),
        *_told_twice(known, messages, doubled),
        *_unanswered(known, vault, messages),
        *_left_over(known),
        *_sound(database),
    ]


class _Known:
    """What the database holds."""

    def __init__(self, tx: Transaction) -> None:
        def rows(table: Table) -> list[Any]:
            return tx.rows(Prepared(select(table)))

        self.inbound, self.outbound = rows(inbound_message), rows(outbound_message)
        self.screenings, self.alerts = rows(screening), rows(alert)


def _heard(known: _Known, messages: tuple[Message, ...], acknowledged: frozenset[str]) -> Iterator[str]:
    kept = Counter(row.sid for row in known.inbound)
    sent = {message.sid: message for message in messages if message.direction == "inbound"}
    yield from (f"acknowledged and lost: {sid}" for sid in sorted(acknowledged) if not kept[sid])
    yield from (f"sent and never heard: {sid}" for sid in sent if not kept[sid] and sid not in acknowledged)
    yield from (f"kept {times} times: {sid}" for sid, times in kept.items() if times > 1)
    yield from (f"kept and never sent: {sid}" for sid in kept if sid not in sent)
    whose = {row.sid: row.id for row in known.inbound}
    levels = {row.inbound_id: row.level for row in known.screenings}
    for sid, message in sent.items():
        if message.body in DANGER and levels.get(whose.get(sid, "")) not in (*_PAGED, None):
            yield f"danger not seen: {sid}"


def _screened(known: _Known) -> Iterator[str]:
    looked_at = {row.inbound_id for row in known.screenings}
    yield from (f"never screened: {row.sid}" for row in known.inbound if row.id not in looked_at)


def _alerted(known: _Known, vault: Vault, messages: tuple[Message, ...]) -> Iterator[str]:
    counted, raised = Counter[str](), Counter[str]()
    for row in known.alerts:
        counted[row.conversation_id] += row.count
    for row in known.screenings:
        raised[row.conversation_id] += row.level != "none"
    for whose in sorted(set(raised) | set(counted)):
        if counted[whose] != raised[whose]:
            yield f"alerts of {whose} count {counted[whose]} messages, and {raised[whose]} were of concern"
    told = "\n".join(message.body for message in messages if message.direction == "outbound-api")
    marked = "\n".join(_body(vault, row) for row in known.outbound if row.lane == "alert" and row.state == "sent")
    for row in known.alerts:
        if row.severity in _PAGED and row.reference not in told:
            yield f"nobody was told of alert {row.reference}"
        elif row.severity in _PAGED and row.reference not in marked:
            yield f"alert {row.reference} is not marked as accepted"


def _recorded(known: _Known, vault: Vault, messages: tuple[Message, ...]) -> Iterator[str]:
    ours = {(_recipient(vault, row), for_sms(_body(vault, row))) for row in known.outbound}
    bodies = {body for _, body in ours}
    for message in messages:
        if message.direction == "outbound-api" and message.body not in bodies:
            yield f"sent without a record: {message.sid}"
        if message.direction == "outbound-reply" and (message.to, message.body) not in ours:
            yield f"answered without a record: {message.sid}"


def _told_twice(known: _Known, messages: tuple[Message, ...], doubled: int) -> Iterator[str]:
    times = Counter(
        (message.status_callback or "").partition("message=")[2]
        for message in messages
        if message.direction == "outbound-api" and message.status not in {"failed", "undelivered", "canceled"}
    )
    to_parents = [row for row in known.outbound if row.lane != "alert" and row.channel == "sms"]
    twice = [row.id for row in to_parents if times[row.id] > 1]
    if sum(times[each] - 1 for each in twice) > doubled:
        yield f"a parent was told twice: {', '.join(twice)}"
    roads = defaultdict(set)
    for row in to_parents:
        if row.inbound_id:
            roads[row.inbound_id].add("inside" if row.state == "answered" else "outside")
    yield from (f"answered by two roads: {inbound}" for inbound, used in roads.items() if len(used) > 1)


def _unanswered(known: _Known, vault: Vault, messages: tuple[Message, ...]) -> Iterator[str]:
    last: dict[str, datetime] = {}
    for message in messages:
        if message.direction.startswith("outbound"):
            last[message.to] = max(message.created_at, last.get(message.to, message.created_at))
    for row in known.outbound:
        if row.error_code == "21610":
            yield f"sent to who had opted out: {row.id}"
        if row.lane == "reply" and row.channel == "sms" and row.state == "answered":
            told = last.get(_recipient(vault, row))
            # Twilio keeps whole seconds at best; whoever was told something since has a newer answer.
            if told is None or told < row.created_at - timedelta(seconds=2):
                yield f"an answer never arrived: {row.id}"


def _left_over(known: _Known) -> Iterator[str]:
    for row in known.outbound:
        if row.lane == "alert" and row.state in {"waiting", "sending", "dropped"}:
            yield f"an alert is {row.state}: {row.id}"
        if row.state == "sending":
            yield f"in nobody's hands: {row.id}"


def _sound(database: Database) -> Iterator[str]:
    if database.name == "sqlite":
        with database.engine.connect() as connection:
            for check in ("integrity_check", "foreign_key_check"):
                found = connection.exec_driver_sql(f"PRAGMA {check}").fetchall()
                yield from (f"{check}: {row}" for row in found if row[0] != "ok")


def _body(vault: Vault, row: Any) -> str:
    return "" if row.body is None else vault.open(row.body, table="outbound_message", column="body", row=row.id)


def _recipient(vault: Vault, row: Any) -> str:
    if row.recipient is None:
        return ""
    return vault.open(row.recipient, table="outbound_message", column="recipient", row=row.id)
