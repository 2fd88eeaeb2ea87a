"""Real servers under load, by turns, each in processes of its own with an empty database on a real disk."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.settings import ROOT, load_settings
from tests.benchmarks.generator import Load, put_under_load
from tests.benchmarks.parents import MOST_PARENTS, Post, posts
from tests.factories import strong_environment
from tests.processes import eventually, family, fetch, free_port

HELO, REFERENCE, NOTHING = "helo", "reference", "nothing"
# The reference as the peers were measured beside it: under gunicorn.
PEERS_REFERENCE = "peers-reference"
SERVERS = (HELO, REFERENCE, PEERS_REFERENCE, NOTHING)
_TICKS = os.sysconf("SC_CLK_TCK")
_WARM_UP = 40
_SLOWEST_START = 90.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How many parents text in one round at each number of parents at once, and how many rounds there are."""

    parents: Mapping[int, int]
    rounds: int


# Short rounds, many of them: a machine's speed changes within seconds, and only neighbours in time can be compared.
FULL = Plan({1: 6, 8: 24, 32: 32}, rounds=15)
SHORT = Plan({8: 16}, rounds=2)


@dataclass(frozen=True, slots=True)
class Served:
    """One server under one load. `processor` is what its processes used for a turn, in microseconds."""

    load: Load
    processor: float


Round = Mapping[str, Mapping[int, Served]]


def measure(plan: Plan) -> list[Round]:
    """Ours, the reference under two servers and nothing at all, all running, put under load by turns."""
    with ExitStack() as opened:
        servers = {which: opened.enter_context(_running(which)) for which in SERVERS}
        for server in servers.values():
            put_under_load(server.port, server.walks(_WARM_UP), 8)
        rounds = []
        for number in range(plan.rounds):
            # Who goes first changes with every round.
            order = list(servers) if number % 2 else list(reversed(servers))
            found: dict[str, dict[int, Served]] = {which: {} for which in order}
            for at_once, parents in plan.parents.items():
                for which in order:
                    found[which][at_once] = servers[which].under_load(parents, at_once)
            rounds.append(found)
    return rounds


class Server:
    """A server that runs, and the parents who have not texted it yet."""

    def __init__(self, pid: int, port: int, walks: Iterator[Sequence[Post]]) -> None:
        self.pid = pid
        self.port = port
        self._walks = walks

    def walks(self, parents: int) -> list[Sequence[Post]]:
        """The walks of the next so many parents."""
        return list(islice(self._walks, parents))

    def under_load(self, parents: int, at_once: int) -> Served:
        """What it does for so many new parents."""
        walks = self.walks(parents)
        before = _used(self.pid)
        load = put_under_load(self.port, walks, at_once)
        return Served(load, (_used(self.pid) - before) / len(load.latencies) * 1e6)


def command_of(which: str, folder: Path, port: int) -> Sequence[str]:
    """How the server is started: ours exactly as a deployer does."""
    if which == HELO:
        return [sys.executable, "-m", "bot.cli", "serve", "--port", str(port)]
    return [sys.executable, "-m", "tests.benchmarks.reference", which, str(port), str(folder / "reference.db")]


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder on the disk of the project: a temporary one may be in memory, where every commit is free."""
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(which: str) -> Iterator[Server]:
    with a_folder() as folder:
        environment = strong_environment(folder)
        walks = list(posts(load_settings(environment), 0, MOST_PARENTS))
        port = free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HELO_")}
        # Nothing leaves this machine: whatever the worker would send goes to a port where nobody listens.
        ours = {**environment, "HELO_TWILIO_API_URL": "http://127.0.0.1:9"}
        process = subprocess.Popen(command_of(which, folder, port), env={**inherited, **ours}, cwd=ROOT)
        try:
            if not eventually(lambda: fetch(port, "/healthz"), _SLOWEST_START):
                raise RuntimeError(f"{which} did not start")
            eventually(lambda: _is_quiet(process.pid), _SLOWEST_START)
            yield Server(process.pid, port, iter(walks))
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
