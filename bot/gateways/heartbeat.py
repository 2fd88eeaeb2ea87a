"""A sign of life to a monitor outside this house, which tells somebody when it stops coming."""

import requests

SECONDS = (3.0, 10.0)


class HeartbeatUnsent(Exception):
    """The monitor did not take it. The message is a code, never the address, which is as good as a password."""


def send_sign_of_life(address: str) -> None:
    """One GET of `address`, which carries nothing. Raises `HeartbeatUnsent`."""
    try:
        with requests.get(address, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            if not answer.ok or answer.is_redirect:
                raise HeartbeatUnsent(f"http_{answer.status_code}")
    except (requests.RequestException, UnicodeError) as fault:
        raise HeartbeatUnsent(type(fault).__name__) from None
