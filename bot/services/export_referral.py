"""One referral for a record system: what the parent let us share, and nothing that they took out."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.conversation import Bilingual
from bot.gateways.fhir import Agreed, Referral, Told, referral_bundle
from bot.services.desk import Desk
from bot.storage import audit, calls, consents, conversations
from bot.storage.calls import Call, Sheet
from bot.storage.conversations import Stored
from bot.storage.transaction import Transaction

_OWN_WORDS = frozenset(("own_words", "life"))
_APART = frozenset(("call_name", "call_number"))
_SHARED_WITH = {"share_team": "share_team", "health_visitor": "share_health_visitor", "midwife": "share_midwife"}
_SHARED_WITH |= {"gp": "share_gp"}


class NoSuchReferral(LookupError):
    """There is no booked call of this id, or the person was erased."""


def export_referral(desk: Desk, call_id: str, language: str, who: str, now: datetime) -> dict[str, Any]:
    """The referral of the call as a FHIR R4 bundle, labels in `language`; that it was handed out is written down.

    Raises `NoSuchReferral`. Safe-contact answers go with it, the check words never do: they work only while nobody but
    the parent and the caller knows them.
    """

    def work(tx: Transaction) -> dict[str, Any]:
        call = calls.load(tx, desk.vault, call_id)
        stored = conversations.load(tx, desk.vault, call.conversation_id) if call else None
        if call is None or call.sheet is None or stored is None or not stored.contact:
            raise NoSuchReferral(call_id)
        audit.record(tx, who, "export", "call", call_id, now)
        return referral_bundle(_referral(desk, tx, call, call.sheet, stored, language), now)

    return desk.database.write(work)


def _referral(desk: Desk, tx: Transaction, call: Call, sheet: Sheet, stored: Stored, language: str) -> Referral:
    say = partial(desk.catalogue.text, language)
    lines = {line["name"]: line for line in sheet["lines"]}
    told = {
        name: Told(say(f"booking.summary.{name}"), _words(say, line))
        for name, line in lines.items()
        if name not in _APART
    }
    caller, team = desk.team.callers.get(call.staff_key), desk.team.facts["team"]
    return Referral(
        call_id=call.id,
        person_id=call.conversation_id,
        state=call.state,
        name=lines.get("call_name", {}).get("words") or "",
        number=lines.get("call_number", {}).get("words") or "",
        language=sheet.get("language"),
        caller=caller.name if caller else call.staff_key,
        team=getattr(team, language) if isinstance(team, Bilingual) else str(team),
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        asked_at=call.created_at,
        lines=[line for name, line in told.items() if name not in _OWN_WORDS],
        own_words=[line for name, line in told.items() if name in _OWN_WORDS],
        agreed=[
            Agreed(each.id, say(f"console.sheet.{_SHARED_WITH[each.what]}"), each.given, each.at)
            for each in consents.history(tx, stored.conversation.id)
            if each.what in _SHARED_WITH
        ],
        # note: For a record system: what the parent asked for.
        asks_for=say("console.export.asks_for"),
        # note: For a record system: what a consent is about.
        about_sharing=say("console.export.about_sharing"),
        # note: For a record system: how each consent was asked for.
        policy=say("console.export.policy"),
    )


def _words(say: Callable[[str], str], line: dict[str, Any]) -> str:
    if line["struck"]:
        return say("console.sheet.struck")
    return say(line["label"]) if line["label"] else line["words"] or ""
