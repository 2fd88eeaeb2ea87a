"""A conversation comes back exactly as it was left."""

from datetime import timedelta

from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.storage import conversations
from bot.storage.database import Database, Transaction
from bot.storage.secrets import Vault
from tests.storage.parents import NOW, NUMBER, begin

LATER = NOW + timedelta(minutes=5)


def test_a_first_text_begins_a_conversation_and_the_second_finds_it(database: Database, vault: Vault) -> None:
    first = database.write(lambda tx: begin(tx, vault))
    second = database.write(lambda tx: begin(tx, vault, now=LATER))
    assert first == second
    assert first.conversation.status is Status.WITH_BOT
    assert first.conversation.step == "welcome"
    assert (first.contact, first.heard_at, first.created_at) == (NUMBER, None, NOW)


def test_the_same_token_on_another_channel_is_somebody_else(database: Database, vault: Vault) -> None:
    def work(tx: Transaction) -> set[str]:
        return {
            conversations.find_or_begin(
                tx, vault, channel=channel, contact="token", flow_version="1", start="welcome", now=NOW
            ).conversation.id
            for channel in Channel
        }

    assert len(database.write(work)) == 3


def test_everything_the_engine_remembers_comes_back(database: Database, vault: Vault) -> None:
    begun = database.write(lambda tx: begin(tx, vault)).conversation
    moved = begun._replace(
        status=Status.WITH_PERSON,
        step="offers",
        flow_version="2",
        language="cy",
        answers={"own_words": "\x00 ŵyth \ud83d", "stage": "pregnant"},
        trail=("about", "stage"),
        misunderstood=2,
        shown=("one", "two"),
        seen=("three",),
        resume="area",
        other_language=1,
        loss=True,
    )
    database.write(lambda tx: conversations.save(tx, vault, moved, LATER, heard=True))
    found = database.read(lambda tx: conversations.load(tx, vault, begun.id))
    assert found is not None
    assert found.conversation == moved
    assert (found.contact, found.heard_at, found.updated_at) == (NUMBER, LATER, LATER)


def test_only_the_parent_moves_the_time_they_were_heard(database: Database, vault: Vault) -> None:
    begun = database.write(lambda tx: begin(tx, vault)).conversation
    database.write(lambda tx: conversations.save(tx, vault, begun, NOW, heard=True))
    database.write(lambda tx: conversations.save(tx, vault, begun, LATER, heard=False))
    found = database.read(lambda tx: conversations.find(tx, vault, channel=Channel.SMS, contact=NUMBER))
    assert found is not None
    assert (found.heard_at, found.updated_at) == (NOW, LATER)


def test_who_never_wrote_is_not_found(database: Database, vault: Vault) -> None:
    assert database.read(lambda tx: conversations.find(tx, vault, channel=Channel.SMS, contact=NUMBER)) is None
    assert database.read(lambda tx: conversations.load(tx, vault, "nobody")) is None


def test_the_history_is_kept_in_order(database: Database, vault: Vault) -> None:
    def work(tx: Transaction) -> str:
        id_ = begin(tx, vault).conversation.id
        for before, after in (("welcome", "about"), ("about", "stage"), ("stage", "loss")):
            conversations.note_event(tx, id_, NOW, "bot", "step", before, after)
        conversations.note_event(tx, id_, LATER, "ann", "take_over")
        return id_

    id_ = database.write(work)
    history = database.read(lambda tx: conversations.history(tx, id_))
    assert [(event.who, event.kind, event.to_state) for event in history] == [
        ("bot", "step", "about"),
        ("bot", "step", "stage"),
        ("bot", "step", "loss"),
        ("ann", "take_over", None),
    ]


def test_the_list_begins_with_what_changed_last(database: Database, vault: Vault) -> None:
    def work(tx: Transaction) -> None:
        for minute in range(3):
            begin(tx, vault, f"+44770090000{minute}", now=NOW + timedelta(minutes=minute))

    database.write(work)
    found = database.read(lambda tx: conversations.recent(tx, vault, 2))
    assert [stored.contact for stored in found] == ["+447700900002", "+447700900001"]
