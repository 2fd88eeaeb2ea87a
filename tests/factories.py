"""Things a test needs before it can begin, sound by default: a test names only what it is about."""

import base64
import secrets
from pathlib import Path

from bot.settings import Settings, load_settings

OUR_NUMBER = "+447700900000"
# Ofcom's numbers for drama: never given to anybody.
PARENT_NUMBER = "+447700900123"


def strong_environment(folder: Path, *, mode: str = "demo") -> dict[str, str]:
    """An environment with strong fresh keys and a SQLite file in `folder`; nothing in it is unsafe."""
    return {
        "HELO_MODE": mode,
        "HELO_DATABASE_URL": f"sqlite:///{folder / 'helo.db'}",
        "HELO_PUBLIC_URL": "https://helo.example",
        "HELO_SECRET_KEY": secrets.token_urlsafe(48),
        "HELO_DATA_KEYS": "first:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "HELO_TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "HELO_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "HELO_TWILIO_NUMBER": OUR_NUMBER,
    }


def make_settings(folder: Path, **changes: str) -> Settings:
    """Settings of a demo in `folder`; `changes` are variables without their prefix, in lower case."""
    changed = {f"HELO_{name.upper()}": value for name, value in changes.items()}
    return load_settings(strong_environment(folder) | changed)
