"""How the application is served: the one module that knows the production server, and keeps the worker beside it.

granian: it reads requests outside Python, so that a turn costs a fifth less than under gunicorn's threads, which were
measured beside it. A page held open costs a thread, not a process.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any
from wsgiref.types import WSGIApplication

from bot.environment import PREFIX
from bot.settings import Settings

# What dies at once is started again, but not in a tight loop: seconds.
RESTART_AFTER = 1.0
FORK_AGAIN_AFTER = 0.2
STOP_WITHIN = 15.0
_PR_SET_PDEATHSIG = 1
_LONGEST_HEADERS = 16_384  # bytes
_SLOWEST_HEADERS = 10_000  # milliseconds


def serve_web(settings: Settings, host: str, port: int) -> None:
    """Serves until told to stop; does not return. Raises what `open_for_service` raises, before it listens."""
    # What is read at start is kept, and looking it through for garbage takes a third of the time.
    gc.disable()
    # Imported here: whoever only keeps two processes running needs none of it.
    from bot.app import create_app
    from bot.services.open_for_service import open_for_service

    # Read once and shared by the processes that are forked from this one: words, flows and lexicons are never
    # changed, and the database opens connections of its own in each.
    serve_application(create_app(settings, open_for_service(settings)), settings, host, port)


def serve_application(application: WSGIApplication, settings: Settings, host: str, port: int) -> None:
    """Serves any application as ours is served: what it is measured against has the same server."""
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    class Patient(MPServer):
        """Forks again what dies, however often. Its maker would give up at the second death within five seconds, and
        everything would be read from the files again while parents write."""

        def _respawn_workers(self, *arguments: Any, **more: Any) -> None:
            time.sleep(FORK_AGAIN_AFTER)
            super()._respawn_workers(*arguments, **more)
            self.respawned_wrks.clear()

    # Processes are forked, so that they share what was read; Python 3.14 would start them from nothing.
    multiprocessing.set_start_method("fork", force=True)
    parent = os.getpid()
    server = Patient(
        "bot",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.server_workers,
        blocking_threads=settings.server_threads,
        http1_settings=HTTP1Settings(max_buffer_size=_LONGEST_HEADERS, header_read_timeout=_SLOWEST_HEADERS),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,  # and no access log: an address may hold a calendar's secret
    )

    def take_up(*_: object) -> WSGIApplication:
        """In each process, before its first request."""
        # At once: whatever else we are told before the server listens to signals goes to the handlers of our parent,
        # which we inherited, and an orphan would keep the port and answer for ever.
        _end_with_parent(parent, by=signal.SIGKILL)
        # The server shows the environment to every request; our keys are read by now, and need not be in there.
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        # What was read at start stays for good: the collector need not look at it again.
        gc.freeze()
        gc.enable()
        return application

    server.serve(target_loader=take_up)


def keep_running(web: Sequence[str], worker: Sequence[str]) -> int:
    """Runs two commands of `helo` side by side; the worker is started again whenever it ends.

    Returns the exit status of the web server, which decides: when it ends, everything ends.
    """
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    server, helper = _start(web), _start(worker)
    try:
        while server.poll() is None and not told_to_stop.wait(0.2):
            if helper.poll() is not None and not told_to_stop.wait(RESTART_AFTER):
                helper = _start(worker)
    finally:
        _stop(server)
        _stop(helper)
    return 0 if told_to_stop.is_set() else server.returncode


def _start(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot.cli", *arguments]
    # This same program with fixed words: no shell, nothing from outside.
    return subprocess.Popen(command, preexec_fn=partial(_end_with_parent, os.getpid()))  # nosec B603


def _end_with_parent(parent: int, *, by: signal.Signals = signal.SIGTERM) -> None:
    """Asks Linux to end this process when the one that started it is killed; elsewhere there is nothing to ask.

    Who was killed before we could ask tells nobody: one left behind would keep the port from whoever comes next.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:
            os._exit(1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
