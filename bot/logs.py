"""Logs carry ids, never words or numbers."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# A telephone number: nine digits or more that are not part of an id, which is hexadecimal.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9](?:[ -]?[0-9]){8,14}(?![0-9A-Za-z])")
_ROOT = Path(__file__).resolve().parent.parent


def configure_logs(*, production: bool) -> None:
    """One JSON object a line in production, readable lines elsewhere; to standard error."""
    look: Any = structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_numbers,
            look,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries log what they are given (addresses with tokens in them, statements with values): only their warnings.
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(funcName)s:%(lineno)d", force=True
    )


def hide_numbers(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last net: whatever looks like a telephone number does not reach the log."""
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = _NUMBER.sub("[number]", value)
    return event


def where(error: BaseException) -> dict[str, Any]:
    """What may be logged of an error: its kind and its places in our code. Its message may hold a parent's words."""
    places = [
        f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT / "bot")
    ]
    return {"kind": type(error).__name__, "places": places[-6:]}
