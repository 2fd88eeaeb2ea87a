"""The load: many parents texting at once over connections that stay open, from this process alone.

One thread and one `select`, with every request made beforehand, so that it needs a small part of one processor; how
much it used is part of the result.
"""

import gc
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.parents import Post

_LONGEST_WAIT = 30.0


class NotAnswered(Exception):
    """The server answered something else than 200, or not at all: a figure of it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What happened: `latencies` in seconds, sorted; `busy` is the part of one processor the load itself took."""

    seconds: float
    latencies: tuple[float, ...]
    busy: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, part: float) -> float:
        """The latency, in milliseconds, that this part of the answers did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * part))] * 1000


class _Connection:
    """One parent at a time, each text after the answer to the one before."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._began = 0.0
        self._heard = b""

    def send(self) -> bool:
        """Sends the next text; False when there is none left."""
        request = next(self._requests, None)
        if request is None:
            return False
        self._began = time.perf_counter()
        self.socket.sendall(request)
        return True

    def hear(self) -> float | None:
        """The latency, once the answer is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise NotAnswered("the server hung up")
        self._heard += part
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            raise NotAnswered(head.split(b"\r\n")[0].decode())
        if len(body) < _length(head):
            return None
        self._heard = b""
        return time.perf_counter() - self._began


def put_under_load(port: int, walks: Iterable[Sequence[Post]], at_once: int) -> Load:
    """Sends all `walks` to the server on `port`, `at_once` parents at a time. Raises `NotAnswered`."""
    shares: list[list[bytes]] = [[] for _ in range(at_once)]
    for number, walk in enumerate(walks):
        shares[number % at_once].extend(post.over_http() for post in walk)
    connections = [_Connection(port, iter(share)) for share in shares]
    latencies: list[float] = []
    gc.collect()
    gc.disable()
    try:
        worked, began = time.process_time(), time.perf_counter()
        _run(connections, latencies)
        seconds = time.perf_counter() - began
        busy = (time.process_time() - worked) / seconds
    finally:
        gc.enable()
        for connection in connections:
            connection.socket.close()
    return Load(seconds, tuple(sorted(latencies)), busy)


def _run(connections: Sequence[_Connection], latencies: list[float]) -> None:
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            if connection.send():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            ready = selector.select(_LONGEST_WAIT)
            if not ready:
                raise NotAnswered(f"nothing within {_LONGEST_WAIT:.0f} seconds")
            for key, _ in ready:
                latency = key.data.hear()
                if latency is not None:
                    latencies.append(latency)
                    if not key.data.send():
                        selector.unregister(key.fileobj)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise NotAnswered("an answer without its length")
