"""Settings: every fault at once, no secret ever shown, and nothing unsafe in production."""

import base64
import secrets
from pathlib import Path

import pytest

from bot.settings import ROOT, SettingsError, load_settings, read_settings
from tests.factories import strong_environment


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """A production environment with nothing wrong in it."""
    return strong_environment(tmp_path, mode="production")


def faults(environment: dict[str, str]) -> tuple[str, ...]:
    return read_settings(environment).faults


def test_a_sound_production_environment_is_accepted(production: dict[str, str]) -> None:
    settings = load_settings(production)
    assert settings.is_production
    assert settings.flows == ROOT / "flows"
    assert (
        settings.erasure_ledger
        == Path(production["HELO_DATABASE_URL"].removeprefix("sqlite:///")).parent / "erasures.log"
    )
    assert len(settings.index_key) == 32


def test_all_faults_are_reported_at_once(production: dict[str, str]) -> None:
    production |= {"HELO_LEASE_SECONDS": "²", "HELO_IDLE_SECONDS": "ten", "HELO_PUBLIC_URL": "http://helo.example"}
    found = faults(production)
    assert len(found) == 3
    for name in ("HELO_LEASE_SECONDS", "HELO_IDLE_SECONDS", "HELO_PUBLIC_URL"):
        assert any(fault.startswith(name) for fault in found)
    with pytest.raises(SettingsError) as caught:
        load_settings(production)
    assert caught.value.faults == found


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("HELO_SECRET_KEY", "", "not set"),
        ("HELO_SECRET_KEY", "short-but-varied-123", "weak"),
        ("HELO_SECRET_KEY", "x" * 64, "weak"),
        ("HELO_DATA_KEYS", "", "not set"),
        ("HELO_DATA_KEYS", "a:" + base64.b64encode(bytes(32)).decode(), "chance"),
        ("HELO_DATA_KEYS", "demo:" + base64.b64encode(bytes(range(32))).decode(), "demo key"),
        ("HELO_DATA_KEYS", "a:" + base64.b64encode(b"12345").decode(), "5 bytes"),
        ("HELO_DATA_KEYS", "a:not base64 at all", "not base64"),
        ("HELO_DATA_KEYS", "no colon", "id:base64key"),
        ("HELO_INDEX_KEY", base64.b64encode(bytes(32)).decode(), "chance"),
        ("HELO_PUBLIC_URL", "http://helo.example", "https://"),
        ("HELO_PUBLIC_URL", "https://helo.example/path", "without a path"),
        ("HELO_PUBLIC_URL", "helo", "address"),
        ("HELO_DEBUG", "yes", "Debugging"),
        ("FLASK_DEBUG", "1", "Debugging"),
        ("HELO_DATABASE_URL", "sqlite:///:memory:", "memory"),
        ("HELO_DATABASE_URL", "mysql://somewhere/x", "sqlite:///"),
        ("HELO_DATABASE_URL", "sqlite:////proc/helo/helo.db", "cannot be written"),
        ("HELO_TWILIO_ACCOUNT_SID", "", "not set"),
        ("HELO_TWILIO_AUTH_TOKEN", "", "not set"),
        ("HELO_TWILIO_AUTH_TOKEN", "short", "too short"),
        ("HELO_TWILIO_NUMBER", "", "not set"),
        ("HELO_TWILIO_NUMBER", "07700 900000", "+447700900000"),
        ("HELO_TWILIO_API_URL", "http://elsewhere.example", "https://"),
        ("HELO_SMTP_URL", "http://mail.example", "smtp"),
        ("HELO_HEARTBEAT_URL", "http://monitor.example/ping", "https://"),
        ("HELO_FLOWS", "/nowhere/at/all", "not there"),
        ("HELO_SESSION_IDLE_SECONDS", "99999999", "longer"),
        ("HELO_FORGET_EARLIER_SECONDS", "60", "longer"),
        ("HELO_RETENTION_SECONDS", "5", "from 86400"),
        ("HELO_MODE", "live", "demo or production"),
        ("HELO_LEASE_SECNODS", "30", "HELO_LEASE_SECONDS"),
    ],
)
def test_production_refuses(production: dict[str, str], name: str, value: str, word: str) -> None:
    found = faults(production | {name: value})
    assert any(word in fault for fault in found), found


def test_a_database_below_a_file_is_refused(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    production["HELO_DATABASE_URL"] = f"sqlite:///{tmp_path / 'file' / 'helo.db'}"
    assert "not a folder" in " ".join(faults(production))


def test_a_demo_may_do_what_production_may_not(tmp_path: Path) -> None:
    environment = strong_environment(tmp_path, mode="demo") | {
        "HELO_PUBLIC_URL": "http://127.0.0.1:1",
        "HELO_DEBUG": "1",
    }
    assert load_settings(environment).debug


def test_a_demo_without_keys_is_refused_unless_nothing_is_kept() -> None:
    assert len(faults({})) == 2
    once, again = load_settings({}, throwaway_keys=True), load_settings({}, throwaway_keys=True)
    assert once.data_keys != again.data_keys


def test_production_never_gets_throwaway_keys() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"HELO_MODE": "production"}, throwaway_keys=True)
    assert any(fault.startswith("HELO_DATA_KEYS is not set") for fault in caught.value.faults)


def test_faults_and_errors_never_show_a_secret(production: dict[str, str]) -> None:
    planted = "PLANTED-SECRET-PLANTED-SECRET"
    for name in ("HELO_SECRET_KEY", "HELO_DATA_KEYS", "HELO_INDEX_KEY", "HELO_TWILIO_AUTH_TOKEN", "HELO_DATABASE_URL"):
        found = faults(production | {name: planted})
        assert found
        assert planted not in " ".join(found), name


def test_settings_do_not_print_their_secrets(production: dict[str, str]) -> None:
    shown = repr(load_settings(production))
    for name in ("HELO_SECRET_KEY", "HELO_DATA_KEYS", "HELO_TWILIO_AUTH_TOKEN"):
        assert production[name].rpartition(":")[2] not in shown
    assert "\\x" not in shown


def test_a_secret_is_read_from_a_file(production: dict[str, str], tmp_path: Path) -> None:
    key = secrets.token_urlsafe(48)
    file = tmp_path / "secret"
    file.write_text(key + "\n")
    del production["HELO_SECRET_KEY"]
    reading = read_settings(production | {"HELO_SECRET_KEY_FILE": str(file)})
    assert reading.settings is not None
    assert reading.settings.secret_key == key
    assert next(entry.source for entry in reading.entries if entry.name == "HELO_SECRET_KEY") == f"file {file}"


def test_a_name_given_twice_and_a_file_that_is_not_there_are_faults(production: dict[str, str]) -> None:
    assert "both set" in " ".join(faults(production | {"HELO_SECRET_KEY_FILE": "/nowhere"}))
    del production["HELO_SECRET_KEY"]
    assert "cannot be read" in " ".join(faults(production | {"HELO_SECRET_KEY_FILE": "/nowhere"}))


def test_the_demo_file_is_read_in_a_demo_only(tmp_path: Path) -> None:
    strong = strong_environment(tmp_path, mode="demo")
    del strong["HELO_MODE"]
    file = tmp_path / "demo.env"
    file.write_text("# written by the demo\n" + "".join(f"{name}={value}\n" for name, value in strong.items()))
    assert load_settings({}, demo_file=file).secret_key == strong["HELO_SECRET_KEY"]
    assert read_settings({"HELO_MODE": "production"}, demo_file=file).settings is None
    assert load_settings({"HELO_LEASE_SECONDS": "7"}, demo_file=file).lease_seconds == 7


def test_two_tokens_and_two_numbers(production: dict[str, str]) -> None:
    production |= {
        "HELO_TWILIO_AUTH_TOKEN": f"{'a' * 32}, {'b' * 32}",
        "HELO_TWILIO_NUMBER": "+447700900000,+447700900001",
    }
    settings = load_settings(production)
    assert settings.twilio_auth_tokens == ("a" * 32, "b" * 32)
    assert settings.twilio_numbers == ("+447700900000", "+447700900001")


def test_the_index_key_outlives_a_rotation_of_data_keys(production: dict[str, str]) -> None:
    before = load_settings(production).index_key
    new = "second:" + base64.b64encode(secrets.token_bytes(32)).decode()
    assert load_settings(production | {"HELO_DATA_KEYS": f"{new},{production['HELO_DATA_KEYS']}"}).index_key == before
    assert load_settings(production | {"HELO_DATA_KEYS": new}).index_key == before


def test_every_setting_explains_itself(production: dict[str, str]) -> None:
    for entry in read_settings(production).entries:
        assert entry.help.endswith((".", "?")), entry.name
