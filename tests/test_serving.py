"""`helo serve` as a deployer runs it: real processes, which live and end together."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.factories import strong_environment
from tests.processes import alive, eventually, family, fetch, free_port

pytestmark = pytest.mark.slow
Served = tuple[subprocess.Popen[bytes], int]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A running `helo serve` and its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve", "--port", str(port)],
        env={**os.environ, **strong_environment(tmp_path)},
        cwd=ROOT,
    )
    try:
        assert eventually(lambda: fetch(port, "/healthz") == 200, 300), "it did not answer"
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(120)


def test_a_worker_is_kept_beside_it_and_both_end_together(served: Served) -> None:
    process, port = served
    assert fetch(port, "/readyz") == 200
    (worker,) = eventually(lambda: family(process.pid, "worker"), 120)
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: set(family(process.pid, "worker")) - {worker}, 120), "the worker was not started again"
    everybody = family(process.pid)
    process.terminate()
    assert process.wait(120) == 0
    assert eventually(lambda: not any(alive(each) for each in everybody), 120), "processes were left behind"


def test_nothing_is_left_behind_when_it_is_killed(served: Served) -> None:
    process, _ = served
    assert eventually(lambda: family(process.pid, "worker"), 120)
    everybody = family(process.pid)
    process.kill()
    process.wait(60)
    assert eventually(lambda: not any(alive(each) for each in everybody), 120), "processes were left behind"


def newborn(web: int, killed: set[int]) -> set[int]:
    return set(family(web)) - killed


def test_a_process_that_dies_again_and_again_takes_nothing_else_with_it(served: Served) -> None:
    process, port = served
    (web,) = (pid for pid in family(process.pid, "serve") if family(pid))
    killed: set[int] = set()
    for _ in range(3):
        answering = eventually(partial(newborn, web, killed), 120)
        assert answering, "nobody took its place"
        assert eventually(lambda: fetch(port, "/healthz") == 200, 120)
        for pid in answering:
            os.kill(pid, signal.SIGKILL)
        killed |= answering
    assert eventually(lambda: fetch(port, "/healthz") == 200, 120), "it does not answer any more"
    assert process.poll() is None
    assert alive(web), "everything was read again from the files, while parents wrote"


def test_a_process_just_forked_ends_with_its_parent_too(served: Served) -> None:
    """Before the server listens to signals, what tells it to end would be swallowed."""
    process, port = served
    (web,) = (pid for pid in family(process.pid, "serve") if family(pid))
    (answering,) = family(web)
    os.kill(answering, signal.SIGKILL)
    (born,) = eventually(partial(newborn, web, {answering}), 120)
    os.kill(web, signal.SIGKILL)
    assert eventually(lambda: not alive(born), 30), "an orphan has the port"
    process.wait(60)
    assert fetch(port, "/healthz") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_whoever_lost_its_parent_before_it_could_ask_ends() -> None:
    for parent, status in ((os.getpid(), 0), (os.getpid() + 1, 1)):
        asks = f"import os; from bot.serving import _end_with_parent; _end_with_parent({parent}); os._exit(0)"
        assert subprocess.run([sys.executable, "-c", asks], cwd=ROOT, timeout=120).returncode == status
