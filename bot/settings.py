"""The settings: typed, frozen, read once at start. The comment above a setting is its help (`helo settings`)."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.environment import Entry, SettingsError, find_entries, read_lines, read_values, setting
from bot.setting_kinds import (
    DataKey,
    data_keys,
    index_key,
    mode,
    names,
    numbers,
    optional_path,
    optional_url,
    path,
    seconds,
    secret,
    text,
    url,
    web_page,
    whole_number,
    yes_or_no,
)
from bot.unsafe_settings import find_unsafe

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
VAR = ROOT / "var"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a deployment may choose. Made by `load_settings`; nothing else reads the environment."""

    # What this copy is for: `demo` (a pretend team, pretend phone) or `production` (refuses anything unsafe).
    mode: str = setting(mode, "demo")
    # Where everything is kept: sqlite:///file or postgresql://user:password@host/name.
    database_url: str = setting(text, f"sqlite:///{VAR / 'helo.db'}", secret=True)
    # The address parents, staff and Twilio use, without a path. Twilio's signature is checked over it.
    public_url: str = setting(url, "http://127.0.0.1:8000")
    # Signs cookies and one-time links. At least 32 characters of chance; `helo keys new` makes one.
    secret_key: str = setting(secret, secret=True)
    # Encrypts names, numbers and words: id:base64 of 32 bytes, comma-separated, the current one first.
    data_keys: tuple[DataKey, ...] = setting(data_keys, secret=True)
    # Finds a phone number without storing it readably: base64 of 32 bytes. Made from HELO_SECRET_KEY when empty;
    # it stays the same for the life of the database.
    index_key: bytes = setting(index_key, secret=True)

    # The Twilio account: AC and 32 characters.
    twilio_account_sid: str = setting(text)
    # The account's auth token; two, comma-separated, while rotating: the first signs what we send.
    twilio_auth_tokens: tuple[str, ...] = setting(names, secret=True, name="twilio_auth_token")
    # The number or numbers parents text, as +44..., comma-separated: the first is used when we text first.
    twilio_numbers: tuple[str, ...] = setting(numbers, name="twilio_number")
    # Where Twilio's API is, if not at Twilio: a simulator.
    twilio_api_url: str | None = setting(optional_url)
    # Where e-mail leaves: smtp://user:password@host:587 (STARTTLS) or smtps://host. Empty: no e-mail is sent.
    smtp_url: str | None = setting(optional_url, secret=True)

    # A monitor outside that hears of us every minute, and tells somebody when it no longer does. Its address is called
    # only while everything is ready. Empty: nobody outside would notice that this machine is down.
    heartbeat_url: str | None = setting(optional_url, secret=True)

    # The folder of flows, directory and team.
    flows: Path = setting(path, str(ROOT / "flows"))
    # The folder of words, one folder a language.
    locales: Path = setting(path, str(ROOT / "locales"))
    # Tests only: a folder of public schemas to check against.
    schemas: Path | None = setting(optional_path)
    # The list of erased people, as keyed hashes, re-applied after a restore. Empty: beside the database.
    erasure_ledger: Path = setting(path)

    # How long the first level of the on-call chain has before the next is told, where flows/team.yaml does not say.
    alert_first_seconds: int = setting(seconds(30), "120")
    # How long each next level has before the one after it is told; the last is told again after it, for ever.
    alert_next_seconds: int = setting(seconds(30), "300")
    # How long an acknowledged alert may stay without an outcome before it is chased again.
    acknowledgement_seconds: int = setting(seconds(60), "3600")
    # How long the network has to say that an alert's text arrived; then the next road is tried.
    receipt_seconds: int = setting(whole_number(10, 600, "seconds"), "60")
    # Texts a day for alerts. Replies to parents use up none; the last quarter is for alerts that somebody was not told
    # of yet. When all are used up, alerts go by e-mail and the console.
    alert_texts_a_day: int = setting(whole_number(1, 1000000), "1000")
    # Replies a day to all parents together. Beyond it the bot is silent, goes on listening, and a person is told.
    replies_a_day: int = setting(whole_number(1, 10000000), "20000")
    # Replies a day in one conversation; the same beyond it.
    replies_a_conversation: int = setting(whole_number(1, 100000), "200")
    # How long a worker owns what it is sending; after that another worker may take it.
    lease_seconds: int = setting(seconds(1), "30")
    # How often a worker looks for what is due.
    worker_poll_seconds: int = setting(seconds(1), "1")
    # How often the worker asks Twilio for texts that never reached us.
    reconcile_seconds: int = setting(seconds(1), "300")
    # How far before the last text it knows of it looks again: Twilio's list may be behind, and clocks differ.
    reconcile_overlap_seconds: int = setting(seconds(60), "3600")
    # How old a text must be before it counts as never delivered: Twilio may still be trying.
    reconcile_after_seconds: int = setting(seconds(0), "60")
    # How long after a parent's text that came late a reply may still leave; then staff are told instead. A safe text
    # with numbers to ring leaves for 24 hours, whatever stands here.
    late_reply_seconds: int = setting(seconds(1), "7200")
    # How long before a booked call the parent is reminded, the first time. 0: never.
    reminder_seconds: int = setting(seconds(0), "86400")
    # How long before a booked call the parent is reminded once more. 0: never.
    reminder_again_seconds: int = setting(seconds(0), "3600")
    # How long apart a parent's messages may be and still be read as one: a disclosure is sometimes sent in pieces.
    split_seconds: int = setting(seconds(0), "300")
    # How long an offer counts as checked after somebody confirmed it with its owner; staff and owner hear a fortnight
    # before.
    offer_fresh_seconds: int = setting(seconds(86400), "15552000")
    # How long a time offered and chosen is held for a parent who has not finished.
    hold_seconds: int = setting(seconds(1), "900")
    # After this silence the bot asks: carry on, or start again?
    idle_seconds: int = setting(seconds(1), "14400")
    # After this silence everything starts afresh, and nothing earlier is shown: the number may have a new owner.
    forget_earlier_seconds: int = setting(seconds(1), "2592000")
    # How long a referral (a booked call, an alert) is kept after the last message: agree it with your information
    # governance lead. A chat without one is deleted after the days that parents are told (keep_days, flows/team.yaml).
    retention_seconds: int = setting(seconds(86400), "31536000")
    # Staff are signed out after this long without doing anything.
    session_idle_seconds: int = setting(seconds(1), "900")
    # Staff are signed out after this long whatever they do.
    session_absolute_seconds: int = setting(seconds(1), "43200")
    # A parent's web chat closes itself after this silence.
    web_chat_idle_seconds: int = setting(seconds(1), "1800")
    # Where a parent goes who leaves the web chat in a hurry: a page that nobody wonders about.
    exit_url: str = setting(web_page, "https://www.bbc.co.uk/weather")

    # Processes of the web server. One suits SQLite, which has one writer; PostgreSQL gains from more.
    server_workers: int = setting(whole_number(1, 64), "1")
    # Threads of each process.
    server_threads: int = setting(whole_number(1, 256), "16")
    # Where counts for rate limits are kept: memory:// or redis://host when several machines share them.
    limits_url: str = setting(text, "memory://", secret=True)
    # Shows errors in full in the browser. For developers only.
    debug: bool = setting(yes_or_no, "no")

    @property
    def is_production(self) -> bool:
        """Whether unsafe things are refused."""
        return self.mode == "production"

    @property
    def has_twilio(self) -> bool:
        """Whether there is all that texting by Twilio takes."""
        return bool(self.twilio_account_sid and self.twilio_auth_tokens and self.twilio_numbers)

    @property
    def reconcile_every(self) -> int | None:
        """How often Twilio is asked for texts that never reached us: seconds; None where there is no Twilio."""
        return self.reconcile_seconds if self.has_twilio else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading the settings: `settings` is None when there are faults."""

    settings: Settings | None
    entries: tuple[Entry, ...]
    faults: tuple[str, ...]


def load_settings(
    environment: Mapping[str, str] | None = None, *, throwaway_keys: bool = False, demo_file: Path | None = None
) -> Settings:
    """The settings of `environment`, or of this process; raises `SettingsError` with every fault.

    `throwaway_keys` fills missing keys of a demo with random ones, for commands that keep nothing.
    """
    reading = read_settings(environment, throwaway_keys=throwaway_keys, demo_file=demo_file)
    if reading.settings is None:
        raise SettingsError(reading.faults)
    return reading.settings


def read_settings(
    environment: Mapping[str, str] | None = None, *, throwaway_keys: bool = False, demo_file: Path | None = None
) -> Reading:
    """As `load_settings`, but hands back faults beside what was found, for `helo settings`."""
    if environment is None:
        environment, demo_file = os.environ, demo_file or VAR / "demo.env"
    demo = _demo_lines(environment, demo_file)
    entries, faults = find_entries(Settings, environment, demo)
    values, unreadable = read_values(Settings, entries)
    faults += unreadable
    if throwaway_keys and values["mode"] == "demo":
        values["secret_key"] = values["secret_key"] or secrets.token_urlsafe(48)
        values["data_keys"] = values["data_keys"] or (DataKey("throwaway", secrets.token_bytes(32)),)
    values["index_key"] = values["index_key"] or _derive_index_key(values["secret_key"])
    if values["erasure_ledger"] == Path():
        values["erasure_ledger"] = _beside(values["database_url"]) / "erasures.log"
    settings = Settings(**values)
    faults += find_unsafe(settings, environment)
    return Reading(None if faults else settings, tuple(entries), tuple(dict.fromkeys(faults)))


def _demo_lines(environment: Mapping[str, str], demo_file: Path | None) -> dict[str, str]:
    if demo_file is None or environment.get("HELO_MODE", "demo") != "demo" or environment.get("HELO_MODE_FILE"):
        return {}
    return read_lines(demo_file)


def _derive_index_key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"helo: keyed hash of contacts", hashlib.sha256)


def _beside(database_url: str) -> Path:
    """The folder of a SQLite file; `var/` for a server."""
    scheme, _, file = database_url.partition(":///")
    return Path(file).parent if scheme.startswith("sqlite") and file not in {"", ":memory:"} else VAR
