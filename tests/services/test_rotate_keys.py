"""After a rotation the old key opens nothing, and nobody noticed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.services import rotate_keys as service
from bot.services.rotate_keys import rotate_keys
from bot.storage import conversations, messages, sessions
from bot.storage.columns import Sealed, metadata
from bot.storage.database import Database, Prepared
from bot.storage.key_check import check_keys
from bot.storage.secrets import KeyMissing, Vault, key_id_of
from bot.storage.staff_tables import audit
from bot.storage.tables import conversation
from tests.storage.parents import CANARIES, NOW, fill

OLD, NEW = ("first", b"k" * 32), ("second", b"n" * 32)
BOTH, ALONE = Vault([NEW, OLD], b"i" * 32), Vault([NEW], b"i" * 32)
LATER = NOW + timedelta(hours=1)


def keys_in_use(database: Database) -> set[str]:
    found = set()
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                rows = database.read(lambda tx, column=column: tx.rows(Prepared(select(column))))
                found |= {key_id_of(row[0]) for row in rows if row[0] is not None}
    return found


@pytest.fixture
def ids(database: Database, vault: Vault) -> list[str]:
    """Three parents sealed with the old key."""
    database.write(lambda tx: check_keys(tx, vault))
    database.write(lambda tx: sessions.begin_session(tx, vault, "data", NOW))
    return [fill(database, vault, f"+44770090012{number}", tag=f"-{number}") for number in range(3)]


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_everything_opens_with_the_new_key_alone(database: Database, ids: list[str], batch: int) -> None:
    assert keys_in_use(database) == {"first"}
    counts = rotate_keys(database, BOTH, who="ann", now=LATER, batch=batch).rows
    assert counts["conversation"] == 3
    assert counts["outbound_message"] == 9
    assert keys_in_use(database) == {"second"}
    database.write(lambda tx: check_keys(tx, ALONE))
    for number, id_ in enumerate(ids):
        stored = database.read(lambda tx, id_=id_: conversations.load(tx, ALONE, id_))
        assert stored is not None
        assert stored.contact == f"+44770090012{number}"
        thread = database.read(lambda tx, id_=id_: messages.thread(tx, ALONE, id_))
        assert thread[0].text == f"{CANARIES[0]}-{number}"


def test_a_second_run_changes_nothing(database: Database, ids: list[str]) -> None:
    rotate_keys(database, BOTH, who="ann", now=LATER)
    assert set(rotate_keys(database, BOTH, who="ann", now=LATER).rows.values()) == {0}


def test_stopped_half_way_everything_still_opens_and_it_goes_on(
    database: Database, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = service.reseal, []

    def pull_the_plug(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "reseal", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(database, BOTH, who="ann", now=LATER, batch=1)
    assert keys_in_use(database) == {"first", "second"}
    with pytest.raises(KeyMissing, match="first"):
        database.write(lambda tx: check_keys(tx, ALONE))
    for id_ in ids:
        assert database.read(lambda tx, id_=id_: messages.thread(tx, BOTH, id_))
    rotate_keys(database, BOTH, who="ann", now=LATER, batch=1)
    assert keys_in_use(database) == {"second"}


def test_without_the_old_key_nothing_is_touched(database: Database, ids: list[str]) -> None:
    with pytest.raises(KeyMissing, match="first"):
        rotate_keys(database, ALONE, who="ann", now=LATER)
    assert keys_in_use(database) == {"first"}


def test_what_is_damaged_is_named_and_stops_nothing(database: Database, ids: list[str]) -> None:
    broken = b"\x05first" + b"?" * 40
    one = (conversation.c.id == ids[1], {"state": broken})
    other = (conversation.c.id == ids[2], {"contact": b""})
    for which, values in (one, other):
        database.write(
            lambda tx, which=which, values=values: tx.run(Prepared(update(conversation).where(which).values(values)))
        )
    done = rotate_keys(database, BOTH, who="ann", now=LATER, batch=1)
    assert set(done.damaged) == {f"conversation.state {ids[1]}", f"conversation.contact {ids[2]}"}
    assert (done.rows["conversation"], done.rows["outbound_message"]) == (3, 9), "the rest of the same row too"
    stored = database.read(lambda tx: conversations.load(tx, ALONE, ids[0]))
    assert stored is not None
    assert stored.contact == "+447700900120"
    damaged = database.read(lambda tx: conversations.recent(tx, ALONE, 9))
    assert [each.conversation.id for each in damaged if each.conversation.damaged] == [ids[1]]
    assert [each.conversation.id for each in damaged if not each.contact] == [ids[2]]


def test_parents_text_with_either_key_meanwhile(database: Database, vault: Vault, ids: list[str]) -> None:
    """One process already has the new key: what it wrote is left as it is."""
    fresh = fill(database, BOTH, "+447700900777", tag="-fresh")
    counts = rotate_keys(database, BOTH, who="ann", now=LATER).rows
    assert counts["conversation"] == 3
    assert database.read(lambda tx: messages.thread(tx, ALONE, fresh))[0].text == f"{CANARIES[0]}-fresh"


def test_the_audit_names_the_key_not_its_value(database: Database, ids: list[str]) -> None:
    rotate_keys(database, BOTH, who="ann", now=LATER)
    rows = database.read(lambda tx: tx.rows(Prepared(select(audit.c.action, audit.c.subject_id))))
    assert ("rotated keys", "second") in rows
