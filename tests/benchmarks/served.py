"""Real servers under load, one at a time, each in a process of its own with an empty database on a real disk."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT, load_settings
from tests.benchmarks.generator import Load, put_under_load
from tests.benchmarks.parents import posts
from tests.factories import strong_environment
from tests.processes import eventually, family, fetch, free_port

HELO, REFERENCE, NOTHING = "helo", "reference", "nothing"
_TICKS = os.sysconf("SC_CLK_TCK")
_WARM_UP = 40
_SLOWEST_START = 90.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How many parents text at each number of parents at once, and how often the whole is done."""

    parents: dict[int, int]
    rounds: int


FULL = Plan({1: 80, 8: 240, 32: 240}, rounds=5)
SHORT = Plan({8: 12}, rounds=1)


@dataclass(frozen=True, slots=True)
class Served:
    """One server under one load. `processor` is what its processes used for a turn, in microseconds."""

    load: Load
    processor: float


def measure(which: str, plan: Plan) -> dict[int, Served]:
    """A fresh server of its kind under each load of the plan, by the number of parents at once."""
    found = {}
    with _folder() as folder:
        environment = strong_environment(folder)
        walks = iter(list(posts(load_settings(environment), 0, _WARM_UP + sum(plan.parents.values()))))
        with _running(which, folder, environment) as (pid, port):
            eventually(lambda: _is_quiet(pid), _SLOWEST_START)
            put_under_load(port, [next(walks) for _ in range(_WARM_UP)], 8)
            for at_once, parents in plan.parents.items():
                before = _used(pid)
                load = put_under_load(port, [next(walks) for _ in range(parents)], at_once)
                found[at_once] = Served(load, (_used(pid) - before) / len(load.latencies) * 1e6)
    return found


def command_of(which: str, folder: Path, port: int) -> Sequence[str]:
    """How the server is started: ours exactly as a deployer does."""
    if which == HELO:
        return [sys.executable, "-m", "bot.cli", "serve", "--port", str(port)]
    return [sys.executable, "-m", "tests.benchmarks.reference", which, str(port), str(folder / "reference.db")]


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder on the disk of the project: a temporary one may be in memory, where every commit is free."""
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(which: str, folder: Path, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HELO_")}
    # Nothing leaves this machine: whatever the worker would send goes to a port where nobody listens.
    ours = {**environment, "HELO_TWILIO_API_URL": "http://127.0.0.1:9"}
    process = subprocess.Popen(command_of(which, folder, port), env={**inherited, **ours}, cwd=ROOT)
    try:
        if not eventually(lambda: fetch(port, "/healthz"), _SLOWEST_START):
            raise RuntimeError(f"{which} did not start")
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


def _is_quiet(pid: int) -> bool:
    """Whether everybody has read flows and lexicons: the worker beside the server takes as long over it."""
    before = _used(pid)
    time.sleep(0.5)
    return _used(pid) - before < 0.02


def _used(pid: int) -> float:
    """Seconds of processor used so far by a process and all below it."""
    total = 0
    for each in (pid, *family(pid)):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS
