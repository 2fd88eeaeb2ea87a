"""How long to wait before a message that did not leave is tried again."""

from types import MappingProxyType

_MINUTE = 60.0
# An alert is about a life: quickly, and for ever. A person's reply is waited for. A reminder has hours.
_WAITS = MappingProxyType(
    {
        "alert": (1.0, 2.0, 5.0, 10.0, 30.0),
        "reply": (2.0, 5.0, 15.0, 30.0, _MINUTE, 2 * _MINUTE, 5 * _MINUTE),
        "reminder": (_MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE),
    }
)
# After this many tries a parent's message is given up, and a person is told. An alert never is.
MOST_TRIES = 12


def wait_seconds(lane: str, tries: int, spread: float = 0.0) -> float:
    """Seconds from the end of try number `tries` (from 1) to the next.

    `spread`, from 0 to 1, lengthens a parent's wait by up to a fifth, so that what failed together does not come back
    together; an alert waits no longer than it must.
    """
    waits = _WAITS[lane]
    wait = waits[min(tries, len(waits)) - 1]
    return wait if lane == "alert" else wait * (1 + 0.2 * spread)


def is_given_up(lane: str, tries: int) -> bool:
    """Whether try number `tries` was the last."""
    return lane != "alert" and tries >= MOST_TRIES
