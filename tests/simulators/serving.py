"""A WSGI app on a port of this machine, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Says nothing: addresses may hold numbers."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Says nothing."""


def start_server(application: WSGIApplication, port: int = 0) -> BaseWSGIServer:
    """A threaded server, started; `server.port` is where, `server.shutdown()` ends it."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # who hangs must not keep the process
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@contextmanager
def serving(application: WSGIApplication, port: int = 0) -> Iterator[str]:
    """The app's address while the block runs."""
    server = start_server(application, port)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
