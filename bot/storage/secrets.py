"""Sealed fields and the blind index: the one place that knows how personal data is encrypted.

A sealed field is AES-256-GCM. The blob carries the id of its key, so that keys can be rotated, and is bound to its
table, column and row, so that a value moved elsewhere does not open. Keys come from the settings, never from the
database or a backup.
"""

import base64
import hmac
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyMissing(LookupError):
    """A value was sealed with a key that the settings do not hold; the message names the key's id."""


class Tampered(ValueError):
    """A sealed value is damaged, was changed, or belongs to another row."""


def new_key() -> str:
    """A fresh key in base64, from the operating system's source of chance."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def derive(secret: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """A key for one purpose out of a longer-lived one (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=f"helo {purpose}".encode()).derive(secret)


class Vault:
    """Seals and opens fields, and makes the keyed hashes by which a contact is found. Safe to share between threads."""

    def __init__(self, keys: Iterable[tuple[str, bytes]], index_key: bytes) -> None:
        """`keys`: ids and 32 bytes each; the first seals, all open. `index_key` outlives every rotation of them."""
        self._secrets: Mapping[str, bytes] = dict(keys)
        if not self._secrets:
            raise KeyMissing("no key to seal with")
        self._ciphers = {id_: AESGCM(derive(secret, "field")) for id_, secret in self._secrets.items()}
        self.current_key = next(iter(self._secrets))
        self._seal = self._ciphers[self.current_key].encrypt
        name = self.current_key.encode()
        self._header = bytes([len(name)]) + name
        self._index = hmac.new(derive(index_key, "blind index"), digestmod=sha256)

    def seal(self, text: str, *, table: str, column: str, row: str) -> bytes:
        """`text` (any string at all, NUL and lone surrogates included) as a blob that opens only in this place."""
        nonce = os.urandom(_NONCE_BYTES)
        place = f"{table}.{column}:{row}".encode()
        return self._header + nonce + self._seal(nonce, text.encode("utf-8", "surrogatepass"), place)

    def open(self, blob: bytes, *, table: str, column: str, row: str) -> str:
        """The text sealed in `blob`. Raises `KeyMissing` or `Tampered`."""
        start = 1 + blob[0] if blob else 0
        cipher = self._ciphers.get(key_id_of(blob))
        if cipher is None:
            raise KeyMissing(f"no key {key_id_of(blob)!r} for {table}.{column}")
        place = f"{table}.{column}:{row}".encode()
        try:
            plain = cipher.decrypt(blob[start : start + _NONCE_BYTES], blob[start + _NONCE_BYTES :], place)
        except (InvalidTag, ValueError):
            raise Tampered(f"{table}.{column} of {row} does not open") from None
        return plain.decode("utf-8", "surrogatepass")

    def fingerprint(self, contact: str) -> str:
        """The keyed hash by which `contact` is found: 64 hex digits. Without the key it says nothing."""
        mac = self._index.copy()
        mac.update(contact.encode("utf-8", "surrogatepass"))
        return mac.hexdigest()

    def file_key(self, key_id: str, salt: bytes) -> bytes:
        """The key of one backup file. Raises `KeyMissing`."""
        secret = self._secrets.get(key_id)
        if secret is None:
            raise KeyMissing(f"no key {key_id!r} for this backup")
        return derive(secret, "backup", salt)


def key_id_of(blob: bytes) -> str:
    """The id of the key that sealed `blob`; it is not secret."""
    if not blob or len(blob) <= blob[0]:
        raise Tampered("not a sealed value")
    return blob[1 : 1 + blob[0]].decode("ascii", "replace")
