"""A short run of the fuzzer, and the proof that it finds what is there. `make fuzz` runs for as long as one likes."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def fuzz(*options: str) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("no atheris for this machine: it comes for Linux on x86-64 only")
    command = [sys.executable, "-m", "tests.fuzz.screening", "-seed=1", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", timeout=500, check=False)


def test_no_text_breaks_screening() -> None:
    done = fuzz("-runs=4000")
    assert done.returncode == 0, done.stderr[-2000:]
    runs = re.search(r"Done (\d+) runs", done.stderr)
    assert runs is not None
    assert int(runs[1]) >= 4000


def test_the_fuzzer_finds_a_planted_fault() -> None:
    done = fuzz("--plant", "-runs=400000", "-max_total_time=240")
    assert done.returncode != 0
    assert "the planted fault" in done.stderr + done.stdout
