"""The `helo` command: every command of the contract is there, refuses clearly, and ends with the right status."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from bot.cli import main
from bot.domain.conversation import Channel, InboundMessage
from bot.services.open_for_service import open_for_service
from bot.services.receive_message import receive_message
from bot.settings import ROOT, load_settings
from bot.storage.database import Prepared
from bot.storage.tables import screening
from tests.factories import PARENT_NUMBER, strong_environment
from tests.transcripts.playing import read_transcript

pytestmark = pytest.mark.usefixtures("content_read_once")

COMMANDS = (
    "backup", "chat", "check", "forget", "keys", "map", "offers", "referral", "rescreen", "restore", "screen",
    "seed-demo", "serve", "settings", "staff", "text", "worker",
)  # fmt: skip
Helo = Callable[..., Result]


def text_once(environment: dict[str, str], text: str = "helo") -> None:
    """A parent has texted this database."""
    desk = open_for_service(load_settings(environment))
    message = InboundMessage("twilio", f"SM{'a' * 32}", Channel.SMS, PARENT_NUMBER, text)
    receive_message(desk, message, datetime.now(UTC))
    desk.database.close()


def forget_screening(environment: dict[str, str]) -> None:
    """As if an older lexicon had seen nothing in anything."""
    desk = open_for_service(load_settings(environment))
    desk.database.write(lambda tx: tx.run(Prepared(update(screening).values(level="none"))))
    desk.database.close()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return strong_environment(tmp_path)


@pytest.fixture
def helo(environment: dict[str, str]) -> Helo:
    """Runs a command in the environment of a demo."""

    def run(*arguments: str, typed: str = "", **changes: str) -> Result:
        changed = {f"HELO_{name.upper()}": value for name, value in changes.items()}
        return CliRunner().invoke(main, arguments, input=typed, env=environment | changed)

    return run


def test_every_command_of_the_contract_explains_itself(helo: Helo) -> None:
    listed = helo("--help").output
    for name in COMMANDS:
        assert f"  {name} " in listed
        assert helo(name, "--help").exit_code == 0
        assert main.commands[name].help, name


def test_a_wrong_use_is_status_2(helo: Helo) -> None:
    assert helo("nonsense").exit_code == 2
    assert helo("serve", "--port", "0").exit_code == 2
    assert helo("forget").exit_code == 2
    assert helo("staff", "add", "somebody@example.org").exit_code == 2


def test_settings_show_where_they_come_from_and_no_secret(helo: Helo, environment: dict[str, str]) -> None:
    done = helo("settings", lease_seconds="7")
    assert done.exit_code == 0
    assert "HELO_LEASE_SECONDS = 7   [environment]" in done.output
    assert "HELO_IDLE_SECONDS = 14400   [default]" in done.output
    for name in ("HELO_SECRET_KEY", "HELO_DATA_KEYS", "HELO_TWILIO_AUTH_TOKEN"):
        assert environment[name] not in done.output


def test_settings_that_cannot_be_used_are_listed_with_status_2(helo: Helo) -> None:
    done = helo("settings", lease_seconds="no", public_url="nowhere")
    assert done.exit_code == 2
    assert "HELO_LEASE_SECONDS must be" in done.stderr
    assert "HELO_PUBLIC_URL must be" in done.stderr
    refused = helo("worker", lease_seconds="no", public_url="nowhere")
    assert (refused.exit_code, refused.stderr) == (2, done.stderr)


def test_new_keys_are_good_enough_for_production(helo: Helo, tmp_path: Path) -> None:
    made = dict(line.split("=", 1) for line in helo("keys", "new").output.splitlines())
    assert load_settings(strong_environment(tmp_path, mode="production") | made).data_keys


def test_screen_reads_lines_and_prints_json(helo: Helo) -> None:
    done = helo("screen", typed="hello there\ni want to kill myself\n\n", secret_key="", data_keys="")
    nothing, danger, empty = map(json.loads, done.stdout.splitlines())
    assert nothing["level"] == empty["level"] == "none"
    assert danger["level"] in {"urgent", "immediate"}
    match = danger["matches"][0]
    assert match["rule"].startswith("SG-")
    assert "i want to kill myself"[match["start"] : match["end"]] == match["words"]


def test_chat_plays_and_saves_and_keeps_nothing(helo: Helo, tmp_path: Path) -> None:
    saved = tmp_path / "saved.txt"
    done = helo(
        "chat", "--language", "en", "--segments", "--save", str(saved), typed="yes\n\n", secret_key="", data_keys=""
    )
    assert done.exit_code == 0, done.output
    assert " SMS, " in done.output
    text = saved.read_text(encoding="utf-8")
    assert text.startswith("language: en\nnotes: ")
    assert [entry.kind for entry in read_transcript(saved).entries][:2] == ["parent", "helo"]
    assert "\nparent: yes\nhelo: " in text
    assert not (tmp_path / "helo.db").exists()


def test_chat_is_coloured_where_colour_is_wanted(environment: dict[str, str]) -> None:
    shown = {
        wanted: CliRunner()
        .invoke(main, ["chat", "--language", "en"], input="yes\n\n", env=environment, color=wanted)
        .output
        for wanted in (True, False)
    }
    assert "\x1b[" in shown[True]
    assert "\x1b[" not in shown[False]
    assert click.unstyle(shown[True]) == shown[False]


def test_check_finds_nothing_in_what_ships(helo: Helo) -> None:
    done = helo("check", secret_key="", data_keys="")
    assert done.exit_code == 0, done.output


def test_check_names_the_file_and_line_of_a_fault(helo: Helo, tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(ROOT / "flows", flows)
    file = flows / "self_referral.yaml"
    text = file.read_text(encoding="utf-8")
    assert "{to: stage}" in text
    file.write_text(text.replace("{to: stage}", "{to: stag}"), encoding="utf-8")
    done = helo("check", flows=str(flows))
    assert done.exit_code == 1
    line = next(line for line in done.output.splitlines() if "stag" in line)
    assert line.startswith(f"{file}:")
    assert line.split(":")[1].isdigit()


@pytest.mark.parametrize("form", ["mermaid", "svg"])
def test_map_draws_the_flow(helo: Helo, form: str) -> None:
    done = helo("map", "--format", form)
    assert done.exit_code == 0
    assert "call_offer" in done.output
    if form == "svg":
        assert done.output.startswith("<svg")
        assert "<title" in done.output


def test_text_check_and_report(helo: Helo) -> None:
    assert helo("text", "check").exit_code == 0
    report = helo("text", "report")
    assert report.exit_code == 0
    assert "self_referral" in report.output


def test_staff_come_and_go(helo: Helo) -> None:
    added = helo("staff", "add", "sian@example.org", "--role", "lead", "--name", "Siân")
    assert added.exit_code == 0, added.output
    assert added.stdout.startswith("https://helo.example/staff/")
    assert "sian@example.org\tlead\tactive" in helo("staff", "list").output
    assert helo("staff", "disable", "sian@example.org").exit_code == 0
    assert "sian@example.org\tlead\tdisabled" in helo("staff", "list").output
    assert helo("staff", "disable", "nobody@example.org").exit_code == 1
    assert helo("staff", "add", "no address", "--role", "lead").exit_code == 2


def test_a_demo_sign_in_is_refused_in_production(helo: Helo) -> None:
    assert helo("seed-demo").stdout.startswith("https://helo.example/staff/")
    refused = helo("seed-demo", mode="production")
    assert refused.exit_code == 2
    assert "demo: yes" in refused.stderr


def test_forget_needs_somebody_to_forget(helo: Helo) -> None:
    done = helo("forget", PARENT_NUMBER, "--yes")
    assert (done.exit_code, "nobody to forget" in done.stderr) == (1, True)
    assert helo("forget", PARENT_NUMBER, "--conversation", "x").exit_code == 2


@pytest.mark.parametrize("written", ["07700900123", "(07700) 900-123"])
def test_forget_takes_a_number_as_people_write_it(helo: Helo, environment: dict[str, str], written: str) -> None:
    assert PARENT_NUMBER == "+447700900123"
    text_once(environment)
    assert helo("forget", written, "--yes").exit_code == 0


def test_what_was_forgotten_stays_forgotten_after_a_restore(
    helo: Helo, environment: dict[str, str], tmp_path: Path
) -> None:
    text_once(environment)
    copy, database = tmp_path / "copy", tmp_path / "helo.db"
    assert helo("backup", str(copy)).exit_code == 0
    assert helo("backup", str(copy)).exit_code == 2
    assert helo("restore", str(copy)).exit_code == 1
    assert helo("forget", "-", typed=f"{PARENT_NUMBER}\ny\n").exit_code == 0
    assert helo("forget", PARENT_NUMBER, "--yes").exit_code == 1
    for file in tmp_path.glob(f"{database.name}*"):
        file.unlink()
    restored = helo("restore", str(copy))
    assert restored.exit_code == 0, restored.output
    assert "forgotten again: 1" in restored.output
    assert helo("forget", PARENT_NUMBER, "--yes").exit_code == 1


def test_a_restore_without_the_list_of_the_forgotten_says_so(
    helo: Helo, environment: dict[str, str], tmp_path: Path
) -> None:
    text_once(environment)
    copy = tmp_path / "copy"
    assert helo("backup", str(copy)).exit_code == 0
    assert helo("forget", PARENT_NUMBER, "--yes").exit_code == 0
    for file in (*tmp_path.glob("helo.db*"), tmp_path / "erasures.log"):
        file.unlink()
    restored = helo("restore", str(copy))
    assert restored.exit_code == 0
    assert f"no list of the forgotten at {tmp_path / 'erasures.log'}" in restored.stderr


def test_keys_rotate_and_the_old_one_may_go(helo: Helo, environment: dict[str, str]) -> None:
    text_once(environment)
    new = helo("keys", "new", "--id", "second").output.split("HELO_DATA_KEYS=")[1].strip()
    assert helo("rescreen", data_keys=new).exit_code == 2
    assert helo("keys", "rotate", data_keys=f"{new},{environment['HELO_DATA_KEYS']}").exit_code == 0
    assert helo("rescreen", data_keys=new).exit_code == 0
    assert helo("rescreen").exit_code == 2


def test_the_hazard_log_prints_as_a_page(helo: Helo) -> None:
    done = helo("check", "--hazards")
    assert done.exit_code == 0
    assert "HZ1  A disclosure reaches us and nobody is told" in done.output
    assert "(warning)" not in done.output


def test_rescreen_tells_ids_and_rules_and_no_words(helo: Helo, environment: dict[str, str]) -> None:
    text_once(environment, "i want to kill myself")
    assert helo("rescreen").output == ""
    forget_screening(environment)
    changed = json.loads(helo("rescreen").output)
    assert changed["before"] == "none"
    assert changed["now"] in {"urgent", "immediate"}
    assert "kill" not in json.dumps(changed)


def test_a_database_that_is_away_is_one_sentence(helo: Helo) -> None:
    done = helo("rescreen", database_url="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.output


def test_a_backup_into_a_folder_that_is_not_there_is_refused(helo: Helo, tmp_path: Path) -> None:
    refused = helo("backup", str(tmp_path / "no" / "such" / "copy"))
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"There is no folder {tmp_path / 'no' / 'such'}")
    assert refused.stdout == ""


def test_a_backup_that_cannot_be_written_is_refused(helo: Helo, tmp_path: Path) -> None:
    refused = helo("backup", str(tmp_path / ("a" * 250)))
    assert refused.exit_code == 1
    assert "cannot be written: File name too long." in refused.stderr


@pytest.mark.parametrize("kept", [0, 5, 15, 30, 200, -1])
def test_a_backup_that_was_cut_off_is_called_damaged_before_any_key_is_blamed(
    helo: Helo, tmp_path: Path, kept: int
) -> None:
    copy = tmp_path / "copy"
    assert helo("backup", str(copy)).exit_code == 0
    copy.write_bytes(copy.read_bytes()[:kept])
    refused = helo("restore", str(copy), database_url=f"sqlite:///{tmp_path / 'other.db'}")
    assert refused.exit_code == 2
    first, second = refused.stderr.splitlines()
    assert first.startswith(f"{copy} may be damaged, or no backup of Helo: ")
    assert second.startswith("If the file is sound, ")


def test_a_file_that_is_no_backup_is_called_that(helo: Helo, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("Monday: ring the printer people.\n" * 40, encoding="utf-8")
    refused = helo("restore", str(other))
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"{other} may be damaged, or no backup of Helo: this is not a sealed file.")
