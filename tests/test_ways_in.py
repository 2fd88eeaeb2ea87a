"""What the README promises somebody who has just arrived: the same test command as the build server's, and a list."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bot.settings import ROOT

# Whatever `.ci/run` looks for on a machine, pretended, so that it never installs anything here.
PRETENDED = ("git", "chromium", "postgres", "python3", "sudo", "apt-get")
LISTED = {"run", "test", "chat", "check", "bench", "fix"}


def put_script(file: Path, lines: str) -> None:
    file.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    file.chmod(0o755)


def test_the_build_server_runs_the_readme_s_test_command_with_nothing_left_out(tmp_path: Path) -> None:
    tools, ci = tmp_path / "tools", tmp_path / "house" / ".ci"
    tools.mkdir()
    ci.mkdir(parents=True)
    for name in PRETENDED:
        put_script(tools / name, "exit 0")
    put_script(tools / "make", 'echo "make $*, everything: $HELO_REQUIRE_ALL, in: $PWD"')
    shutil.copy(ROOT / ".ci" / "run", ci)
    around = {name: value for name, value in os.environ.items() if name != "HELO_REQUIRE_ALL"}
    around["PATH"] = f"{tools}{os.pathsep}{around['PATH']}"
    done = subprocess.run([ci / "run"], env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"^(make \S+) .*every test$", readme, re.MULTILINE)
    assert command is not None
    assert done.stdout == f"{command[1]}, everything: 1, in: {ci.parent.resolve()}\n"


def test_make_help_lists_the_ways_in() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert listed.keys() >= LISTED


def test_make_lets_what_is_compiled_be_kept() -> None:
    around = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    shown = ["make", "--eval", "shown: ; @env", "shown"]
    done = subprocess.run(shown, cwd=ROOT, env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "PATH=" in done.stdout
    assert "PYTHONDONTWRITEBYTECODE" not in done.stdout
