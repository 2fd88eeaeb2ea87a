"""The kinds of value a setting may hold: each reads text, or raises ValueError with the end of a sentence."""

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

KEY_BYTES = 32


class DataKey(NamedTuple):
    """A key for encrypting fields: `id` is stored beside what it sealed."""

    id: str
    key: bytes


def mode(value: str) -> str:
    if value not in {"demo", "production"}:
        raise ValueError("must be demo or production.")
    return value


def text(value: str) -> str:
    return value


secret = text


def names(value: str) -> tuple[str, ...]:
    """A comma-separated list, without empty places."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def numbers(value: str) -> tuple[str, ...]:
    """E.164 numbers, comma-separated."""
    found = names(value)
    for number in found:
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
            raise ValueError("must hold numbers such as +447700900000, comma-separated.")
    return found


def path(value: str) -> Path:
    return Path(value)


def optional_path(value: str) -> Path | None:
    return Path(value) if value else None


def url(value: str) -> str:
    """An http or https address without path, query or password, and without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://helo.example.wales.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must be an address without a path, a query or a password.")
    return f"{parts.scheme}://{parts.netloc}"


def optional_url(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if not parts.scheme or not parts.hostname:
        raise ValueError("must be an address: scheme://host.")
    return value.rstrip("/")


def web_page(value: str) -> str:
    """The address of a page, http or https."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be the address of a page: https://host/page.")
    return value


def seconds(least: int) -> Callable[[str], int]:
    """Whole seconds, at least `least`, at most ten years."""
    return whole_number(least, 315_360_000, "seconds")


def whole_number(least: int, most: int, unit: str = "") -> Callable[[str], int]:
    """A whole number in plain digits from `least` to `most`."""
    kind = f"a whole number of {unit}" if unit else "a whole number"

    def read(value: str) -> int:
        # `isdigit` would let "²" through, and int() refuses it.
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f"must be {kind} from {least} to {most}.")
        return int(value)

    return read


def yes_or_no(value: str) -> bool:
    if value.lower() in {"yes", "1", "true", "on"}:
        return True
    if value.lower() in {"no", "0", "false", "off", ""}:
        return False
    raise ValueError("must be yes or no.")


def data_keys(value: str) -> tuple[DataKey, ...]:
    found = []
    for part in names(value):
        key_id, colon, encoded = part.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", key_id):
            raise ValueError("must be id:base64key, comma-separated; an id has letters, digits, - and _.")
        found.append(DataKey(key_id, _key(encoded)))
    if len({each.id for each in found}) != len(found):
        raise ValueError("uses the same id for two keys.")
    return tuple(found)


def index_key(value: str) -> bytes:
    return _key(value) if value else b""


def _key(encoded: str) -> bytes:
    try:
        # Both alphabets of base64 are met in the wild.
        key = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("holds a key that is not base64.") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"holds a key of {len(key)} bytes; it must be {KEY_BYTES}.")
    return key
