"""Parents with something to keep: what storage tests fill a database with."""

from datetime import UTC, datetime, timedelta

from bot.domain.conversation import Channel, InboundMessage
from bot.domain.screening import Match, Screening
from bot.domain.slots import Caller
from bot.storage import (
    call_lists,
    caller_feeds,
    callers,
    calls,
    concerns,
    consents,
    conversations,
    kept_offers,
    messages,
    offer_events,
    outbox,
    pages,
    progress,
    promises,
    reports,
    tasks,
)
from bot.storage.conversations import Stored
from bot.storage.database import Database, Transaction
from bot.storage.outbox import OutboundMessage
from bot.storage.secrets import Vault

NOW = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC)
SLOT = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)

# Every word that must never be readable in a file. Ofcom's number for drama.
NUMBER = "+447700900123"
CANARIES = (
    "canary-text-ddraig",
    "canary-reply-ystlum",
    "canary-answer-gwylan",
    "canary-name-titw",
    "canary-match-dryw",
    "canary-outbound-brân",
    "canary-note-crëyr",
)


def begin(tx: Transaction, vault: Vault, contact: str = NUMBER, *, now: datetime = NOW) -> Stored:
    """A parent's conversation by text message."""
    return conversations.find_or_begin(
        tx, vault, channel=Channel.SMS, contact=contact, flow_version="1", start="welcome", now=now
    )


def text_from(contact: str = NUMBER, *, sid: str = "SM1", text: str = "helo") -> InboundMessage:
    """A text as Twilio hands it over."""
    return InboundMessage("twilio", sid, Channel.SMS, contact, text)


def outbound(dedupe_key: str, **changes: object) -> OutboundMessage:
    """A reply that waits to be sent."""
    plain = OutboundMessage("reply", "reply", "sms", NUMBER, "hello", dedupe_key, NOW)
    return plain._replace(**changes)  # type: ignore[arg-type]


def fill(database: Database, vault: Vault, contact: str = NUMBER, *, tag: str = "", close_alert: bool = True) -> str:
    """A parent of whom every table knows something; the conversation's id. `tag` keeps several apart."""
    text, reply, answer, name, match, sent, note = (f"{canary}{tag}" for canary in CANARIES)

    def work(tx: Transaction) -> str:
        stored = begin(tx, vault, contact)
        id_ = stored.conversation.id
        moved = stored.conversation._replace(answers={"own_words": answer}, trail=("about", "stage"), language="cy")
        conversations.save(tx, vault, moved, NOW, heard=True)
        conversations.note_event(tx, id_, NOW, "bot", "step", "welcome", "about")
        inbound = messages.store_inbound(
            tx, vault, text_from(contact, sid=f"SM-in{tag}", text=text), NOW, conversation_id=id_, kind="message"
        )
        found = Screening("urgent", (Match("SG-001", "harm", "urgent", match, 0, 9),), "lexicon-1")
        messages.keep_screening(tx, vault, inbound.id, id_, found, NOW)
        messages.keep_reply(tx, vault, inbound.id, reply)
        waiting = outbound(f"later{tag}", recipient=contact, body=sent, conversation_id=id_, inbound_id=inbound.id)
        outbox.put(tx, vault, waiting, NOW)
        outbox.put(tx, vault, waiting._replace(dedupe_key=f"now{tag}", state="answered"), NOW)
        outbox.put(tx, vault, waiting._replace(dedupe_key=f"alert{tag}", lane="alert", body="A-1 /staff"), NOW)
        raised = concerns.open_or_raise(
            tx, conversation_id=id_, severity="urgent", category="harm", now=NOW, due_at=NOW + HALF_AN_HOUR
        )
        reports.start(tx, raised.id, NOW, written_due_at=NOW, authority_due_at=NOW + HALF_AN_HOUR)
        reports.note_consent(tx, vault, raised.id, "ann", NOW, reason="crime", note=note)
        pages.put(
            tx, raised.id, NOW, person="ann", channel="console", level=0, stage=0, outbound_id=None, state="shown"
        )
        if close_alert:
            reports.note_not_needed(tx, vault, raised.id, "ann", NOW, reason="no_concern", note=note)
            concerns.close(tx, raised.id, "ann", NOW, outcome="spoken_to")
        booked = book(tx, vault, id_, staff_key=f"ann{tag}", sheet={"name": name})
        call_lists.keep_record(tx, vault, booked.id, "next_step", note, "ann", NOW, choice=None)
        consents.note_consent(tx, id_, "gp", NOW, given=True)
        offer_events.note_offer(tx, id_, "bridgend-baby-massage", "taken", NOW)
        offer_events.promise_question(tx, id_, "bridgend-baby-massage", NOW + HALF_AN_HOUR)
        callers.keep(tx, Caller(f"ann{tag}", "Ann", frozenset({"cy"}), {}), "lead", NOW, seen=0)
        callers.name_calendar(tx, vault, f"ann{tag}", "https://calendar.example/ann.ics")
        kept_offers.confirm(tx, f"offer{tag}", "0" * 64, {"owner": "Ann"}, "staff:1", NOW, seen=0)
        caller_feeds.replace_feed(tx, f"ann{tag}", f"token{tag}", NOW)
        task_id = tasks.open_task(tx, id_, "call_back", NOW)
        tasks.keep_note(tx, vault, task_id or "", note, "ann", seen=0)
        promises.wait_for_person(tx, id_, NOW, NOW + HALF_AN_HOUR)
        progress.begin(tx, f"chore{tag}", NOW, NOW)
        return id_

    return database.write(work)


def hold(tx: Transaction, conversation_id: str, *, staff_key: str = "ann", starts_at: datetime = SLOT) -> calls.Call:
    """A slot held for ten minutes."""
    return calls.hold(
        tx,
        conversation_id=conversation_id,
        staff_key=staff_key,
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        busy_until=starts_at + HALF_AN_HOUR,
        hold_until=NOW + timedelta(minutes=10),
        now=NOW,
    )


def book(
    tx: Transaction,
    vault: Vault,
    conversation_id: str,
    *,
    staff_key: str = "ann",
    starts_at: datetime = SLOT,
    sheet: dict[str, str] | None = None,
) -> calls.Call:
    """A booked call."""
    held = hold(tx, conversation_id, staff_key=staff_key, starts_at=starts_at)
    return calls.confirm(tx, vault, held.id, sheet=sheet or {"name": "Siân"}, now=NOW)
