"""A file that opens only with its key, whole and in order: compressed, then AES-256-GCM, chunk by chunk.

Each file has a key of its own, derived from the current data key and a random salt. Each chunk is bound to its place,
and the last one says that it is the last, so that a file cut short does not open as a smaller one.
"""

import os
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from types import TracebackType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.storage.secrets import Tampered, Vault

_MAGIC = b"HELO-SEALED-1\n"
_SALT_BYTES = 16
_LENGTH_BYTES = 4
_CHUNK = 1 << 18
_MORE, _LAST = b"more", b"last"


class SealedWriter:
    """Writes lines to `path`, readable by its owner alone. Nothing is there under that name until all of it is."""

    def __init__(self, path: Path, vault: Vault) -> None:
        key_id = vault.current_key.encode()
        salt = os.urandom(_SALT_BYTES)
        self._path = path
        self._unfinished = path.with_name(path.name + ".unfinished")
        self._cipher = AESGCM(vault.file_key(vault.current_key, salt))
        self._header = _MAGIC + bytes([len(key_id)]) + key_id + salt
        self._squeeze = zlib.compressobj(6)
        self._waiting = bytearray()
        self._number = 0

    def __enter__(self) -> "SealedWriter":
        self._file = os.fdopen(os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._file.write(self._header)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if fault is None:
                self._waiting += self._squeeze.flush()
                self._seal(bytes(self._waiting), _LAST)
                self._file.flush()
                os.fsync(self._file.fileno())
        if fault is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink(missing_ok=True)

    def write_line(self, line: str) -> None:
        """Adds one line; it must hold no line break."""
        self._waiting += self._squeeze.compress(line.encode() + b"\n")
        while len(self._waiting) > _CHUNK:
            self._seal(bytes(self._waiting[:_CHUNK]), _MORE)
            del self._waiting[:_CHUNK]

    def _seal(self, plain: bytes, place: bytes) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), plain, self._header + place)
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES) + sealed)
        self._number += 1


def read_lines(path: Path, vault: Vault) -> Iterator[str]:
    """The lines of a sealed file. Raises `KeyMissing`, or `Tampered` where it is not as it was written."""
    with path.open("rb") as file:
        rest = b""
        for plain in _chunks(file, vault):
            *lines, rest = (rest + plain).split(b"\n")
            yield from (line.decode() for line in lines)
        if rest:
            raise Tampered("the file ends in the middle of a line")


def _chunks(file: BufferedReader, vault: Vault) -> Iterator[bytes]:
    header = file.read(len(_MAGIC) + 1)
    if not header.startswith(_MAGIC) or len(header) <= len(_MAGIC):
        raise Tampered("this is not a sealed file")
    rest = file.read(header[-1] + _SALT_BYTES)
    if len(rest) < header[-1] + _SALT_BYTES:
        raise Tampered("the file was cut off")
    key_id, salt = rest[:-_SALT_BYTES].decode("ascii", "replace"), rest[-_SALT_BYTES:]
    header += rest
    cipher = AESGCM(vault.file_key(key_id, salt))
    expand = zlib.decompressobj()
    number = 0
    length = file.read(_LENGTH_BYTES)
    while length:
        sealed = file.read(min(int.from_bytes(length), 2 * _CHUNK))
        complete = len(sealed) == int.from_bytes(length)
        length = file.read(_LENGTH_BYTES)
        try:
            if not complete:
                raise InvalidTag
            plain = cipher.decrypt(_nonce(number), sealed, header + (_MORE if length else _LAST))
        except (InvalidTag, ValueError):
            raise Tampered(f"part {number + 1} of the file was damaged, moved or cut off") from None
        number += 1
        yield expand.decompress(plain)
    if number == 0:
        raise Tampered("the file was cut off")
    yield expand.flush()


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)
