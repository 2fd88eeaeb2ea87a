"""The provider's news only ever moves a message forward."""

from itertools import permutations

import pytest
from sqlalchemy import select

from bot.storage import deliveries, outbox
from bot.storage.database import Database, Prepared
from bot.storage.outbox import Result
from bot.storage.secrets import Vault
from bot.storage.tables import outbound_message
from tests.storage.parents import NOW, outbound

LEFT = Prepared(
    select(outbound_message.c.provider_status, outbound_message.c.error_code, outbound_message.c.provider_sid)
)


def sent(database: Database, vault: Vault, sid: str | None) -> str:
    id_ = database.write(lambda tx: outbox.put(tx, vault, outbound("k"), NOW))
    (claimed,) = database.write(lambda tx: outbox.claim(tx, vault, lane="reply", now=NOW, lease_seconds=9, limit=1))
    if sid is not None:
        database.write(lambda tx: outbox.record_result(tx, claimed, Result("sent", sid, "accepted"), NOW))
    assert id_ is not None
    return id_


def status(database: Database) -> str | None:
    row = database.read(lambda tx: tx.row(LEFT))
    assert row is not None
    return str(row.provider_status)


def test_news_in_any_order_ends_at_the_last_word(database: Database, vault: Vault) -> None:
    sent(database, vault, "SM1")
    for order in permutations(("queued", "sent", "delivered")):
        for word in order:
            database.write(lambda tx, word=word: deliveries.move_status(tx, "SM1", word))
        assert status(database) == "delivered"


@pytest.mark.parametrize("old", ["queued", "sending", "sent", "undelivered", "delivered", "no such word"])
def test_old_news_changes_nothing(database: Database, vault: Vault, old: str) -> None:
    sent(database, vault, "SM1")
    database.write(lambda tx: deliveries.move_status(tx, "SM1", "delivered"))
    news = database.write(lambda tx: deliveries.move_status(tx, "SM1", old, "30003"))
    assert news is not None
    assert (news.moved, news.status) == (False, "delivered")
    assert status(database) == "delivered"


def test_a_failure_keeps_its_code(database: Database, vault: Vault) -> None:
    sent(database, vault, "SM1")
    news = database.write(lambda tx: deliveries.move_status(tx, "SM1", "undelivered", "30005"))
    assert news is not None
    assert news.moved
    assert database.read(lambda tx: tx.rows(LEFT)) == [("undelivered", "30005", "SM1")]


def test_news_that_overtakes_our_own_note_finds_its_message(database: Database, vault: Vault) -> None:
    id_ = sent(database, vault, None)
    news = database.write(lambda tx: deliveries.move_status(tx, "SM1", "delivered", outbound_id=id_))
    assert news is not None
    assert news.id == id_
    stranger = database.write(lambda tx: deliveries.move_status(tx, "SM2", "delivered", outbound_id=id_))
    assert stranger is None


def test_news_of_a_message_that_is_not_ours_is_nothing(database: Database) -> None:
    assert database.write(lambda tx: deliveries.move_status(tx, "SM1", "delivered")) is None
