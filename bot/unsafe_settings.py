"""What a deployment may not do: each refusal is one sentence a deployer can act on, and never shows a secret."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.settings import Settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
LEAST_SECRET = 32
LEAST_DIFFERENT = 12


def find_unsafe(settings: "Settings", environment: Mapping[str, str]) -> list[str]:
    """Every refusal of these settings: missing keys in any mode, everything unsafe in production."""
    faults = [*_missing_keys(settings), *_impossible(settings)]
    if settings.is_production:
        faults += [*_weak_keys(settings), *_open_doors(settings, environment), *_missing_services(settings)]
    return faults


def _missing_keys(settings: "Settings") -> Iterator[str]:
    if not settings.secret_key:
        yield "HELO_SECRET_KEY is not set: `helo keys new` makes one (`make run` makes one for the demo)."
    if not settings.data_keys:
        yield "HELO_DATA_KEYS is not set: `helo keys new` makes one (`make run` makes one for the demo)."


def _impossible(settings: "Settings") -> Iterator[str]:
    if settings.session_idle_seconds > settings.session_absolute_seconds:
        yield "HELO_SESSION_IDLE_SECONDS is longer than HELO_SESSION_ABSOLUTE_SECONDS."
    if settings.idle_seconds > settings.forget_earlier_seconds:
        yield "HELO_IDLE_SECONDS is longer than HELO_FORGET_EARLIER_SECONDS."
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        yield "HELO_DATABASE_URL must begin with sqlite:/// or postgresql://."
    for name, folder in (("HELO_FLOWS", settings.flows), ("HELO_LOCALES", settings.locales)):
        if not folder.is_dir():
            yield f"{name} names a folder that is not there: {folder}"


def _weak_keys(settings: "Settings") -> Iterator[str]:
    if settings.secret_key and (
        len(settings.secret_key) < LEAST_SECRET or len(set(settings.secret_key)) < LEAST_DIFFERENT
    ):
        yield "HELO_SECRET_KEY is too weak for production: `helo keys new` makes a strong one."
    if any(len(set(each.key)) < LEAST_DIFFERENT for each in settings.data_keys):
        yield "HELO_DATA_KEYS holds a key that is not made by chance: `helo keys new` makes a strong one."
    if any(each.id in {"demo", "throwaway"} for each in settings.data_keys):
        yield "HELO_DATA_KEYS holds a demo key: `helo keys new` makes one for production."
    if len(set(settings.index_key)) < LEAST_DIFFERENT:
        yield "HELO_INDEX_KEY is not made by chance: `helo keys new` makes a strong one."


def _open_doors(settings: "Settings", environment: Mapping[str, str]) -> Iterator[str]:
    public = urlsplit(settings.public_url)
    if public.scheme != "https":
        yield "HELO_PUBLIC_URL must begin with https:// in production."
    if settings.debug or environment.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no"}:
        yield "Debugging is on: production refuses HELO_DEBUG and FLASK_DEBUG."
    if settings.twilio_api_url and not _is_private(settings.twilio_api_url):
        yield "HELO_TWILIO_API_URL must begin with https:// in production, or name this machine."
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in {"smtp", "smtps"}:
        yield "HELO_SMTP_URL must begin with smtp:// (STARTTLS) or smtps://."
    if settings.heartbeat_url and not _is_private(settings.heartbeat_url):
        yield "HELO_HEARTBEAT_URL must begin with https:// in production, or name this machine."


def _missing_services(settings: "Settings") -> Iterator[str]:
    if not settings.twilio_account_sid:
        yield "HELO_TWILIO_ACCOUNT_SID is not set."
    if not settings.twilio_auth_tokens:
        yield "HELO_TWILIO_AUTH_TOKEN is not set: without it nobody can tell who is texting."
    elif any(len(token) < LEAST_SECRET for token in settings.twilio_auth_tokens):
        yield "HELO_TWILIO_AUTH_TOKEN is too short to be Twilio's."
    if not settings.twilio_numbers:
        yield "HELO_TWILIO_NUMBER is not set."
    yield from _unwritable(settings.database_url)


def _unwritable(database_url: str) -> Iterator[str]:
    scheme, _, name = database_url.partition(":///")
    if not scheme.startswith("sqlite"):
        return
    if name in {"", ":memory:"}:
        yield "HELO_DATABASE_URL keeps everything in memory: nothing would survive a restart."
        return
    file = Path(name)
    nearest = next(each for each in (file, *file.absolute().parents) if each.exists())
    try:
        if nearest.is_dir():
            tempfile.TemporaryFile(dir=nearest).close()
        else:
            nearest.open("r+b").close()
    except OSError:
        yield f"HELO_DATABASE_URL names a file that cannot be written: {file}"
    else:
        if nearest.is_file() and nearest != file:
            yield f"HELO_DATABASE_URL names a file that cannot be written: {nearest} is not a folder."


def _is_private(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in LOOPBACK
