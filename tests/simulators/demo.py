"""What `make run` runs: the whole thing on this machine, with a pretend Twilio, pretend phones and a pretend team.

The app listens on PORT (8765 unless the environment says otherwise), the phones on the next port. Keys are made once
and kept in var/demo.env, so that a second start finds what the first one kept. Nothing leaves this machine.
"""

import argparse
import base64
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bot.environment import read_lines
from bot.settings import ROOT, VAR, load_settings

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_HELO = (sys.executable, "-m", "bot.cli")


class CannotStart(Exception):
    """Why the demo does not run, as a sentence."""


def demo_environment(var: Path, port: int, around: Mapping[str, str]) -> dict[str, str]:
    """The environment of the demo's processes: `around`, what var/demo.env keeps, and what a demo must have.

    Makes `var` and its demo.env, readable by its owner alone. Raises `CannotStart` where `around` is a production.
    """
    if around.get("HELO_MODE", "demo") != "demo":
        raise CannotStart("HELO_MODE is not demo: `make run` is only for a demo. In production run `helo serve`.")
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = var / "demo.env"
    kept = _fresh_secrets() | read_lines(file)
    # These follow from the port, and keep the demo from ever reaching the real Twilio.
    forced = {
        "HELO_MODE": "demo",
        "HELO_PUBLIC_URL": f"http://{HOST}:{port}",
        "HELO_TWILIO_API_URL": f"http://{HOST}:{port + 1}",
    }
    _write(file, kept | forced)
    defaults = {"HELO_DATABASE_URL": f"sqlite:///{var / 'helo.db'}"} | kept
    chosen = {
        name: value
        for name, value in defaults.items()
        if not around.get(name) and not around.get(f"{name}_FILE") and name not in forced
    }
    return {**around, **chosen, **forced}


def run_demo(var: Path, port: int, around: Mapping[str, str]) -> int:
    """Runs until interrupted; the exit status. Raises `CannotStart`."""
    environment = demo_environment(var, port, around)
    for each in (port, port + 1):
        _refuse_taken(each)
    settings = load_settings(environment)
    served = [*_HELO, "serve", "--host", HOST, "--port", str(port)]
    server = subprocess.Popen(served, env=environment, cwd=ROOT)
    # Beside the server, because each start costs a second of reading flows and words.
    seed = subprocess.Popen([*_HELO, "seed-demo"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with ExitStack() as pretended:  # ended after the server, which may be sending
        try:
            # Imported here: the server is on its way by now.
            from tests.simulators.phone import make_phones
            from tests.simulators.serving import serving

            made = make_phones(settings, settings.public_url, kept=var / "phones.json")
            phones = pretended.enter_context(serving(made, port + 1))
            _wait_until_well(server, port)
            link, _ = seed.communicate(timeout=START_SECONDS)
            print(_welcome(settings.public_url, phones, link.strip()), flush=True)
            return server.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            _stop(seed)
            _stop(server)


def _fresh_secrets() -> dict[str, str]:
    return {
        "HELO_SECRET_KEY": secrets.token_urlsafe(48),
        "HELO_DATA_KEYS": "demo:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "HELO_TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "HELO_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "HELO_TWILIO_NUMBER": "+447700900000",
    }


def _write(file: Path, values: Mapping[str, str]) -> None:
    lines = ["# Made by `make run` for the demo on this machine. Delete it together with helo.db.", ""]
    lines += [f"{name}={value}" for name, value in values.items()]
    # Made unreadable to others before anything is in it.
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        file.chmod(0o600)
        opened.write("\n".join(lines) + "\n")


def _refuse_taken(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            raise CannotStart(f"Port {port} is taken. Choose another: PORT={port + 10} make run") from None


def _wait_until_well(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise CannotStart("Helo stopped before it was ready; what it said is above.")
        connection = http.client.HTTPConnection(HOST, port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise CannotStart(f"Helo was not ready within {START_SECONDS:.0f} seconds.")


def _welcome(app: str, phones: str, link: str) -> str:
    rows = (
        ("Parents' chat", f"{app}/"),
        ("Pretend phone", f"{phones}/"),
        ("Staff console", f"{app}/staff/"),
        ("Sign in, once", link or "not to be had: see above"),
    )
    shown = "\n".join(f"  {name:15} {address}" for name, address in rows)
    return (
        f"\nHelo is running, as a demo. Nothing leaves this machine.\n\n{shown}\n\nCtrl-C stops it; its data stays.\n"
    )


def _stop(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """`python -m tests.simulators.demo`"""
    parser = argparse.ArgumentParser(description="Helo on this machine, with a pretend phone.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or "8765"))
    parser.add_argument("--var", type=Path, default=VAR, help="where the demo keeps its data")
    asked = parser.parse_args()
    # Also where SIGINT is ignored from the start, as for what a shell runs in the background.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        sys.exit(run_demo(asked.var.resolve(), asked.port, os.environ))
    except CannotStart as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
