"""What an earlier start compiled, kept beside the code that compiled it: as Python keeps what it makes of sources.

Compiling the lexicons takes most of a start. Whoever could write here could as well change the code, so what is found
is trusted as Python's own files are: when it is ours alone to write, and whole.
"""

import gc
import hashlib
import os
import pickle  # nosec B403
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

FOLDER = Path(__file__).parent / "__pycache__"
CODE = Path(__file__).parents[1]
# The two lexicons, of this content and of one before: whoever goes to and fro between two versions waits once.
MOST_KEPT = 4
_OTHERS_MAY_WRITE = 0o022
_FIGURES = hashlib.sha256().digest_size


def compiled(name: str, content: bytes, build: Callable[[], T], *, folder: Path = FOLDER, code: Path = CODE) -> T:
    """What `build` gives; or what it gave at an earlier start, from the same `content` by the same code.

    A file that is away, damaged or not ours alone is no fault: it is built then, and kept where that can be done.
    """
    key = hashlib.sha256(content + _fingerprint(code)).hexdigest()[:16]
    path = folder / f"{name}-{key}.{sys.implementation.cache_tag}.compiled"
    with suppress(OSError, ValueError, pickle.PickleError, AttributeError, ImportError):
        kept: T = _read(path)
        return kept
    built = build()
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _write(path, built)
    return built


def _read(path: Path) -> Any:
    with path.open("rb") as opened:
        about = os.fstat(opened.fileno())
        if about.st_uid != os.geteuid() or about.st_mode & _OTHERS_MAY_WRITE:
            raise ValueError("somebody else may have written it")
        figures, kept = opened.read(_FIGURES), opened.read()
    if hashlib.sha256(kept).digest() != figures:
        raise ValueError("it is not whole")
    path.touch()
    with undisturbed():
        return pickle.loads(kept)  # nosec B301


def _write(path: Path, built: object) -> None:
    """Beside it first, so that nobody ever reads half of it."""
    kept = pickle.dumps(built, pickle.HIGHEST_PROTOCOL)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)  # of one that was killed while it wrote
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(hashlib.sha256(kept).digest() + kept)
    beside.replace(path)
    for old in _newest_first((*path.parent.glob("*.compiled"), *path.parent.glob("*.new")))[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)


@cache
def _fingerprint(code: Path) -> bytes:
    """Changes with any change of any source: which of them matter is not guessed."""
    found = hashlib.sha256()
    for path in sorted(code.rglob("*.py")):
        source = path.read_bytes()
        found.update(f"{path.relative_to(code)} {len(source)}\n".encode() + source)
    return found.digest()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector of garbage: what is built is kept, and looking it through takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
