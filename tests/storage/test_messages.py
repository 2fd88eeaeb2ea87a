"""Every text is kept once, with what was made of it."""

from datetime import timedelta

from bot.domain.screening import Match, Screening
from bot.storage import messages, outbox, outgoing
from bot.storage.database import Database, Transaction
from bot.storage.messages import StoredInbound
from bot.storage.secrets import Vault
from tests.storage.parents import NOW, begin, outbound, text_from


def store(tx: Transaction, vault: Vault, text: str = "helo", sid: str = "SM1") -> StoredInbound:
    return messages.store_inbound(tx, vault, text_from(text=text, sid=sid), NOW, conversation_id=None, kind="message")


def test_a_repeat_finds_what_left_in_the_first_answer_byte_for_byte(database: Database, vault: Vault) -> None:
    texts = ("Helô &amp; croeso\r\n", "the second")

    def work(tx: Transaction) -> tuple[str, StoredInbound]:
        whose = begin(tx, vault).conversation.id
        first = store(tx, vault)
        messages.attach(tx, first.id, whose)
        for place, body in enumerate(texts):
            put = outbound(f"{first.id}:{place}", body=body, conversation_id=whose, inbound_id=first.id)
            outbox.put(tx, vault, put._replace(state="answered"), NOW)
        outbox.put(tx, vault, outbound("later", conversation_id=whose, inbound_id=first.id), NOW)
        return whose, first

    whose, first = database.write(work)
    assert first.is_new
    again = database.write(lambda tx: store(tx, vault))
    assert again == StoredInbound(first.id, False, True, whose)
    assert database.read(lambda tx: outgoing.said_in_answer(tx, vault, whose, first.id)) == texts


def test_a_repeat_with_other_words_is_noticed(database: Database, vault: Vault) -> None:
    database.write(lambda tx: store(tx, vault, "helo"))
    again = database.write(lambda tx: store(tx, vault, "other words"))
    assert not again.is_new
    assert not again.same_body


def test_the_same_sid_of_another_provider_is_another_message(database: Database, vault: Vault) -> None:
    def work(tx: Transaction) -> list[bool]:
        texts = [text_from()._replace(provider=provider) for provider in ("twilio", "web", "terminal")]
        return [messages.store_inbound(tx, vault, t, NOW, conversation_id=None, kind="message").is_new for t in texts]

    assert database.write(work) == [True, True, True]


def test_a_text_no_driver_likes_is_kept_as_it_came(database: Database, vault: Vault) -> None:
    awful = "\x00 \ud83d ŵ \U0001f476"

    def work(tx: Transaction) -> str:
        id_ = begin(tx, vault).conversation.id
        stored = store(tx, vault, awful)
        messages.attach(tx, stored.id, id_)
        return id_

    id_ = database.write(work)
    (entry,) = database.read(lambda tx: messages.thread(tx, vault, id_))
    assert entry.text == awful


def test_the_thread_reads_in_order_with_who_wrote_and_how_it_was_screened(database: Database, vault: Vault) -> None:
    found = Screening("urgent", (Match("SG-1", "harm", "urgent", "words", 0, 5),), "v1")

    def work(tx: Transaction) -> str:
        id_ = begin(tx, vault).conversation.id
        for number, screening in enumerate((Screening("none", (), "v1"), found)):
            at = NOW + timedelta(minutes=number)
            text = text_from(sid=f"SM{number}", text=f"question {number}")
            inbound = messages.store_inbound(tx, vault, text, at, conversation_id=id_, kind="message")
            messages.keep_screening(tx, vault, inbound.id, id_, screening, at)
            answer = outbound(f"k{number}", body=f"answer {number}", state="answered", conversation_id=id_)
            outbox.put(tx, vault, answer._replace(inbound_id=inbound.id), at)
        last = NOW + timedelta(minutes=9)
        outbox.put(tx, vault, outbound("person", body="Ann here", author="ann", conversation_id=id_), last)
        outbox.put(tx, vault, outbound("alert", lane="alert", body="A-1", conversation_id=id_), last)
        outbox.put(tx, vault, outbound("mail", channel="email", body="invitation", conversation_id=id_), last)
        return id_

    id_ = database.write(work)
    thread = database.read(lambda tx: messages.thread(tx, vault, id_))
    assert [(entry.who, entry.text, entry.level, entry.state) for entry in thread] == [
        ("parent", "question 0", "none", None),
        ("bot", "answer 0", None, "answered"),
        ("parent", "question 1", "urgent", None),
        ("bot", "answer 1", None, "answered"),
        ("ann", "Ann here", None, "waiting"),
    ]
