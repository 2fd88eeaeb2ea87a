"""`make run`: keys are made once and kept, nothing reaches the real Twilio, and it starts and stops cleanly."""

import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from bot.settings import ROOT, load_settings
from tests.simulators.demo import CannotStart, demo_environment, run_demo


def test_keys_are_made_once_and_kept_unreadable_to_others(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = demo_environment(var, 8765, {})
    assert stat.S_IMODE((var / "demo.env").stat().st_mode) == 0o600
    second = demo_environment(var, 9000, {})
    moved = {"HELO_PUBLIC_URL", "HELO_TWILIO_API_URL"}
    assert {name for name in first if first[name] != second[name]} == moved
    assert load_settings(second).public_url == "http://127.0.0.1:9000"


def test_another_demo_has_other_keys(tmp_path: Path) -> None:
    one, other = demo_environment(tmp_path / "a", 8765, {}), demo_environment(tmp_path / "b", 8765, {})
    secret = ("HELO_SECRET_KEY", "HELO_DATA_KEYS", "HELO_TWILIO_ACCOUNT_SID", "HELO_TWILIO_AUTH_TOKEN")
    assert all(one[name] != other[name] for name in secret)


def test_the_environment_s_own_choices_stand_but_never_the_real_twilio(tmp_path: Path) -> None:
    around = {
        "HELO_DATABASE_URL": "postgresql://somewhere/helo",
        "HELO_SECRET_KEY_FILE": "/run/secret",
        "HELO_TWILIO_API_URL": "https://api.twilio.com",
        "HELO_PUBLIC_URL": "https://helo.example",
        "PATH": "/bin",
    }
    made = demo_environment(tmp_path, 8765, around)
    assert made["HELO_DATABASE_URL"] == "postgresql://somewhere/helo"
    assert "HELO_SECRET_KEY" not in made
    assert made["HELO_TWILIO_API_URL"] == "http://127.0.0.1:8766"
    assert made["HELO_PUBLIC_URL"] == "http://127.0.0.1:8765"
    assert made["PATH"] == "/bin"


def test_a_production_is_never_taken_for_a_demo(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="only for a demo"):
        demo_environment(tmp_path, 8765, {"HELO_MODE": "production"})
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken"):
            run_demo(tmp_path, port, {})


def free_ports() -> int:
    """A port whose next one is free as well."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            try:
                next_one.bind(("127.0.0.1", one.getsockname()[1] + 1))
            except OSError:
                continue
            return int(one.getsockname()[1])


@pytest.mark.slow
def test_the_demo_starts_texts_and_keeps_what_it_heard(tmp_path: Path) -> None:
    port = free_ports()
    command = [sys.executable, "-m", "tests.simulators.demo", "--port", str(port), "--var", str(tmp_path)]
    session = requests.Session()
    session.trust_env = False
    for start in (1, 2):
        demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert demo.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = demo.stdout.readline()
                assert line, f"it ended: {said}"
                said += line
            addresses = dict(re.findall(r"^  (\S.*?) {2,}(http://\S+)$", said, re.MULTILINE))
            sign_in = addresses.pop("Sign in, once")
            assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/staff/demo/\S+", sign_in), said
            assert addresses == {
                "Parents' chat": f"http://127.0.0.1:{port}/",
                "Pretend phone": f"http://127.0.0.1:{port + 1}/",
                "Staff console": f"http://127.0.0.1:{port}/staff/",
            }
            for address in addresses.values():
                assert session.get(address, timeout=10).status_code == 200, address
            phone = f"http://127.0.0.1:{port + 1}/phones/+447700900001"
            if start == 1:
                session.post(phone, data={"body": "helo"}, timeout=10)
            thread = session.get(f"{phone}/thread", timeout=10).text
            assert thread.count('class="theirs"') >= 1
            assert "helo" in thread
        finally:
            demo.send_signal(signal.SIGINT)
            assert demo.wait(30) == 0
            demo.stdout.close()  # type: ignore[union-attr]
    session.close()
