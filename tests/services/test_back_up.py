"""A backup holds everything, opens with its key alone, and comes back into either engine."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.services.back_up import back_up
from bot.services.forget import forget
from bot.services.restore import restore
from bot.storage import audit, conversations, messages
from bot.storage.backup import NotEmpty, read_facts
from bot.storage.columns import metadata
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.key_check import check_keys
from bot.storage.migrations import current, head
from bot.storage.secrets import KeyMissing, Tampered, Vault
from bot.storage.staff_tables import role, staff, staff_role, staff_session
from tests.desks import a_desk
from tests.storage.parents import CANARIES, NOW, NUMBER, begin, fill

LATER = NOW + timedelta(hours=1)
LEFT_OUT = {"staff_session"}


@pytest.fixture
def full(database: Database, vault: Vault) -> str:
    """Every table has rows; the conversation that matters."""
    with database.engine.begin() as connection:
        connection.execute(insert(staff).values(email="ann@example.wales", active=True, fs_uniquifier="u"))
        connection.execute(insert(role).values(name="lead", permissions=["alerts", "calls"]))
        connection.execute(insert(staff_role).values(staff_id=1, role_id=1))
    database.write(lambda tx: check_keys(tx, vault))
    return fill(database, vault)


def everything(database: Database) -> dict[str, set[object]]:
    def work(tx: Transaction) -> dict[str, set[object]]:
        kept = [table for table in metadata.sorted_tables if table.name not in LEFT_OUT | {"audit"}]
        return {table.name: {str(row) for row in tx.rows(Prepared(select(table)))} for table in kept}

    return database.read(work)


def test_everything_comes_back_the_same(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    before = everything(database)
    facts = back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    assert (facts.made_at, facts.revision) == (LATER, head())
    restored = restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    assert restored.facts == facts
    assert restored.erased_again == 0
    other = Database(empty_database_url)
    assert everything(other) == before
    assert all(before[name] for name in before if name not in {"erasure"})
    assert current(other.engine) == head()
    thread = other.read(lambda tx: messages.thread(tx, vault, full))
    assert thread[0].text == CANARIES[0]
    assert [each.action for each in other.read(lambda tx: audit.recent(tx, 1))] == ["restored"]
    with other.engine.begin() as connection:  # numbering goes on after the rows that came back
        connection.execute(insert(staff).values(email="ben@example.wales", active=True, fs_uniquifier="v"))
    other.close()


@pytest.mark.postgres
def test_a_backup_of_one_engine_comes_back_into_the_other(
    sqlite_database: Database, vault: Vault, tmp_path: Path, postgres_server: str, request: pytest.FixtureRequest
) -> None:
    sqlite_database.write(lambda tx: check_keys(tx, vault))
    fill(sqlite_database, vault)
    before = everything(sqlite_database)
    back_up(sqlite_database, vault, tmp_path / "copy", who="ann", now=LATER)
    url = request.getfixturevalue("empty_postgres_url")
    restore(url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    other = Database(url)
    assert everything(other) == before
    back_up(other, vault, tmp_path / "and back", who="ann", now=LATER)
    other.close()
    home = f"sqlite:///{tmp_path / 'home.db'}"
    restore(home, vault, tmp_path / "ledger", tmp_path / "and back", who="ann", now=LATER)
    third = Database(home)
    assert everything(third) == before
    third.close()


def test_who_was_erased_since_does_not_come_back(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    stays = fill(database, vault, "+447700900111", tag="-stays")
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    forget(a_desk(database, vault, tmp_path / "ledger"), full, who="parent", now=LATER)
    restored = restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    assert restored.erased_again == 1
    other = Database(empty_database_url)
    gone = other.read(lambda tx: conversations.load(tx, vault, full))
    assert gone is not None
    assert (gone.contact, gone.conversation.answers) == ("", {})
    assert {entry.text for entry in other.read(lambda tx: messages.thread(tx, vault, full))} == {None}
    kept = other.read(lambda tx: conversations.load(tx, vault, stays))
    assert kept is not None
    assert kept.contact == "+447700900111"
    again = other.write(lambda tx: begin(tx, vault, NUMBER))
    assert again.conversation.id != full
    other.close()


def test_who_came_back_after_being_erased_is_not_erased_again(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    forget(a_desk(database, vault, tmp_path / "ledger"), full, who="parent", now=LATER)
    new = database.write(lambda tx: begin(tx, vault, NUMBER, now=LATER + timedelta(days=1))).conversation.id
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    restored = restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    assert restored.erased_again == 0
    other = Database(empty_database_url)
    found = other.read(lambda tx: conversations.load(tx, vault, new))
    other.close()
    assert found is not None
    assert found.contact == NUMBER


def test_a_backup_cannot_be_read_without_its_key(database: Database, vault: Vault, full: str, tmp_path: Path) -> None:
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    raw = (tmp_path / "copy").read_bytes()
    assert [word for word in (*CANARIES, NUMBER, "ann@example.wales", full) if word.encode() in raw] == []
    with pytest.raises(KeyMissing):
        read_facts(Vault([("other", b"o" * 32)], b"i" * 32), tmp_path / "copy")


def test_a_restore_never_overwrites(
    database: Database, vault: Vault, full: str, database_url: str, tmp_path: Path
) -> None:
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    before = everything(database)
    with pytest.raises(NotEmpty):
        restore(database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    assert everything(database) == before


def test_a_damaged_backup_fills_nothing(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    raw = (tmp_path / "copy").read_bytes()
    (tmp_path / "copy").write_bytes(raw[:-1])
    with pytest.raises(Tampered):
        restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)


def test_nobody_is_signed_in_by_a_restore(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    values = {"id": "s" * 64, "staff_id": 1, "created_at": NOW, "seen_at": NOW, "ended_at": None, "data": b"x"}
    database.write(lambda tx: tx.run(Prepared(insert(staff_session)), **values))
    back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    other = Database(empty_database_url)
    assert other.read(lambda tx: tx.rows(Prepared(select(staff_session)))) == []
    other.close()


def test_parents_go_on_texting_while_a_backup_is_made(
    database: Database, vault: Vault, full: str, empty_database_url: str, tmp_path: Path
) -> None:
    """The backup is one moment: a parent who comes meanwhile is either wholly in it or not at all."""
    stop = threading.Event()
    come: list[str] = []

    def text_all_the_time() -> None:
        while not stop.is_set() or not come:
            contact = f"+4477009{len(come):05}"
            come.append(fill(database, vault, contact, tag=f"-{len(come)}"))

    texting = threading.Thread(target=text_all_the_time)
    texting.start()
    facts = back_up(database, vault, tmp_path / "copy", who="ann", now=LATER)
    stop.set()
    texting.join()
    restore(empty_database_url, vault, tmp_path / "ledger", tmp_path / "copy", who="ann", now=LATER)
    assert facts.rows["conversation"] == facts.rows["inbound_message"] == facts.rows["screening"]
