"""How the application is served: the one module that knows the production server, and keeps the worker beside it.

gunicorn's threaded worker: a staff page held open costs a thread, not a process.
"""

import ctypes
import signal
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Sequence
from typing import Any
from wsgiref.types import WSGIApplication

from bot.settings import Settings

# A worker that dies at once is started again, but not in a tight loop: seconds.
RESTART_AFTER = 1.0
STOP_WITHIN = 15.0
_PR_SET_PDEATHSIG = 1


def serve_web(settings: Settings, host: str, port: int) -> None:
    """Serves until told to stop; does not return. Raises what `open_for_service` raises, before it listens."""
    # Imported here: whoever only keeps two processes running needs none of it.
    from bot.app import create_app
    from bot.services.open_for_service import open_for_service

    # Read once and shared by the processes that are forked from this one: words, flows and lexicons are never
    # changed, and the database opens connections of its own in each.
    serve_application(create_app(settings, open_for_service(settings)), settings, host, port)


def serve_application(application: WSGIApplication, settings: Settings, host: str, port: int) -> None:
    """Serves any application as ours is served: what it is measured against has the same server."""
    from gunicorn.app.base import BaseApplication

    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn, configured here and nowhere else."""

        def load_config(self) -> None:
            for name, value in _options(settings, bind).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    Server().run()


def _options(settings: Settings, bind: str) -> dict[str, Any]:
    return {
        "bind": bind,
        "worker_class": "gthread",
        "workers": settings.server_workers,
        "threads": settings.server_threads,
        "keepalive": 5,
        "timeout": 60,
        "graceful_timeout": 10,
        "control_socket_disable": True,
        "accesslog": None,  # an address may hold a calendar's secret
        "loglevel": "warning",
        "limit_request_line": 2048,
        "limit_request_fields": 60,
        "forwarded_allow_ips": "",  # nothing is believed of a proxy's headers: HELO_PUBLIC_URL says who we are
        "proc_name": "helo",
    }


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
    return subprocess.Popen(command, preexec_fn=_end_with_parent)  # nosec B603


def _end_with_parent() -> None:
    """Asks Linux to end this process when the one that started it is killed; elsewhere there is nothing to ask."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
