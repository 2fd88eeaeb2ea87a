"""What staff keep of offers on the console: who confirmed one with its owner and when, what the owner said, what is
held back. One row an offer; its history is in the audit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.staff_tables import kept_offer as table


@dataclass(frozen=True, slots=True)
class KeptOffer:
    """How one offer is kept. `mark` is that of its entry in the file when it was confirmed, and `facts` what its owner
    said otherwise, by the names of a file (None takes one away). `revision` goes up with each change."""

    offer: str
    mark: str
    facts: Mapping[str, Any]
    checked_at: datetime | None
    checked_by: str | None
    paused_at: datetime | None
    paused_by: str | None
    revision: int


_ALL = Prepared(select(table))
_ONE = Prepared(select(table).where(table.c.offer == bindparam("which")))
# It goes up with every change, and never down: rows are neither deleted nor given a smaller revision.
_VERSION = Prepared(select(func.coalesce(func.sum(table.c.revision), 0).label("version")))
_FIRST = insert_unless_there(table)
_its = (table.c.offer == bindparam("which"), table.c.revision == bindparam("seen"))
_CONFIRM = Prepared(
    update(table)
    .where(*_its)
    .values(
        mark=bindparam("to_mark"),
        facts=bindparam("to_facts"),
        checked_at=bindparam("at"),
        checked_by=bindparam("who"),
        revision=bindparam("to_revision"),
    )
)
_PAUSE = Prepared(
    update(table)
    .where(*_its)
    .values(paused_at=bindparam("at"), paused_by=bindparam("who"), revision=bindparam("to_revision"))
)


def version(tx: Transaction) -> int:
    """A number that changes whenever anything here does."""
    row = tx.row(_VERSION)
    return int(row.version) if row else 0


def every(tx: Transaction) -> dict[str, KeptOffer]:
    """All that is kept, by offer."""
    return {row.offer: _kept(row) for row in tx.rows(_ALL)}


def load(tx: Transaction, offer: str) -> KeptOffer | None:
    """What is kept of one offer; None while nobody kept anything."""
    row = tx.row(_ONE, which=offer)
    return _kept(row) if row else None


def confirm(
    tx: Transaction, offer: str, mark: str, facts: Mapping[str, Any], who: str, now: datetime, *, seen: int
) -> bool:
    """Its owner confirmed it, with these facts, if it is still kept at revision `seen` (0: not at all)."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    if not seen:
        return _first(tx, offer, mark=mark, facts=written, checked_at=now, checked_by=who)
    values = {"to_mark": mark, "to_facts": written, "at": now, "who": who, "to_revision": seen + 1}
    return tx.run(_CONFIRM, which=offer, seen=seen, **values) == 1


def pause(tx: Transaction, offer: str, who: str, now: datetime | None, *, seen: int) -> bool:
    """Holds it back from parents from `now` on; None lets it be shown again. As `confirm` otherwise."""
    if not seen:
        return _first(tx, offer, paused_at=now, paused_by=who)
    return tx.run(_PAUSE, which=offer, seen=seen, at=now, who=who, to_revision=seen + 1) == 1


def _first(tx: Transaction, offer: str, **more: Any) -> bool:
    empty = dict.fromkeys(("checked_at", "checked_by", "paused_at", "paused_by"))
    return bool(tx.run(_FIRST, **{"offer": offer, "mark": "", "facts": "{}", "revision": 1, **empty, **more}))


def _kept(row: Any) -> KeptOffer:
    facts = json.loads(row.facts)
    return KeptOffer(
        row.offer, row.mark, facts, row.checked_at, row.checked_by, row.paused_at, row.paused_by, row.revision
    )
