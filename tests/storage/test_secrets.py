"""Sealed values open in their own place with their own key, and nowhere else."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.storage.secrets import KeyMissing, Tampered, Vault, key_id_of, new_key

PLACE = {"table": "conversation", "column": "contact", "row": "r1"}
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL as well
OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)
VAULT = Vault([OLD], b"i" * 32)


@given(ANY_TEXT)
@example("\x00")
@example("\ud800")
@example("")
def test_any_string_at_all_comes_back_as_it_was(text: str) -> None:
    assert VAULT.open(VAULT.seal(text, **PLACE), **PLACE) == text


def test_the_same_words_never_look_the_same_twice() -> None:
    assert VAULT.seal("helo", **PLACE) != VAULT.seal("helo", **PLACE)


@pytest.mark.parametrize("moved", [{"table": "call"}, {"column": "state"}, {"row": "r2"}])
def test_a_value_moved_to_another_place_does_not_open(moved: dict[str, str]) -> None:
    blob = VAULT.seal("helo", **PLACE)
    with pytest.raises(Tampered):
        VAULT.open(blob, **(PLACE | moved))


def test_no_bit_can_be_flipped() -> None:
    blob = VAULT.seal("helo", **PLACE)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises((Tampered, KeyMissing)):
            VAULT.open(bytes(changed), **PLACE)


@pytest.mark.parametrize("blob", [b"", b"\x00", b"\x03old", b"\x03ol", b"\xff" * 40])
def test_rubbish_is_refused_not_crashed_on(blob: bytes) -> None:
    with pytest.raises((Tampered, KeyMissing)):
        VAULT.open(blob, **PLACE)


def test_a_missing_key_is_named_and_a_wrong_one_is_noticed() -> None:
    blob = VAULT.seal("helo", **PLACE)
    with pytest.raises(KeyMissing, match="old"):
        Vault([NEW], b"i" * 32).open(blob, **PLACE)
    with pytest.raises(Tampered):
        Vault([("old", b"x" * 32)], b"i" * 32).open(blob, **PLACE)


def test_the_first_key_seals_and_all_of_them_open() -> None:
    both = Vault([NEW, OLD], b"i" * 32)
    assert both.open(VAULT.seal("helo", **PLACE), **PLACE) == "helo"
    assert key_id_of(both.seal("helo", **PLACE)) == "new"


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(KeyMissing):
        Vault([], b"i" * 32)


def test_a_contact_is_found_by_a_hash_that_says_nothing_without_its_key() -> None:
    here, there = Vault([OLD], b"i" * 32), Vault([OLD], b"j" * 32)
    assert here.fingerprint("+447700900123") == Vault([NEW], b"i" * 32).fingerprint("+447700900123")
    assert here.fingerprint("+447700900123") != there.fingerprint("+447700900123")
    assert here.fingerprint("+447700900123") != here.fingerprint("+447700900124")
    assert len(here.fingerprint("\ud800")) == 64


def test_the_key_that_was_given_is_never_used_as_it_is() -> None:
    """Each use has a key of its own: the field key, the index and every backup differ."""
    vault = Vault([("k", b"s" * 32)], b"s" * 32)
    assert vault.file_key("k", b"1" * 16) != vault.file_key("k", b"2" * 16)
    assert b"s" * 32 not in (vault.file_key("k", b"1" * 16), bytes.fromhex(vault.fingerprint("")))
    with pytest.raises(KeyMissing, match="gone"):
        vault.file_key("gone", b"1" * 16)


def test_a_new_key_is_32_random_bytes() -> None:
    assert len(base64.b64decode(new_key())) == 32
    assert new_key() != new_key()
