"""Knows at start whether the keys at hand are the ones the database was written with."""

from sqlalchemy import bindparam, delete, select

from bot.storage.database import Prepared, Transaction, insert_unless_there
from bot.storage.secrets import KeyMissing, Vault
from bot.storage.staff_tables import key_check as table

_WORD = "helo"
_ALL = Prepared(select(table))
_ADD = insert_unless_there(table)
_ONLY = Prepared(delete(table).where(table.c.key_id != bindparam("kept")))


def check_keys(tx: Transaction, vault: Vault) -> None:
    """Raises `KeyMissing`, naming the key, where a key this database needs is not at hand or is not the same;
    remembers the current key where it is new."""
    known = set()
    for row in tx.rows(_ALL):
        if row.index_mark != vault.fingerprint(_WORD):
            raise KeyMissing("the index key is not the one this database was written with")
        vault.open(row.proof, table="key_check", column="proof", row=row.key_id)
        known.add(row.key_id)
    if vault.current_key not in known:
        proof = vault.seal(_WORD, table="key_check", column="proof", row=vault.current_key)
        tx.run(_ADD, key_id=vault.current_key, proof=proof, index_mark=vault.fingerprint(_WORD))


def forget_other_keys(tx: Transaction, vault: Vault) -> None:
    """After a rotation: only the current key is needed from now on."""
    tx.run(_ONLY, kept=vault.current_key)
