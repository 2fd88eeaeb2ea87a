"""Whether a request really comes from Twilio: its signature over our public address and every field.

Twilio signs the address it was told to call, so the address comes from the settings and never from the request (a Host
or X-Forwarded header could lie). The quick way is one HMAC; what it does not recognise goes to Twilio's own library,
which also knows the forms with a port and with repeated fields.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence

SIGNATURE = "HTTP_X_TWILIO_SIGNATURE"
SIGNATURE_SETTINGS = "HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"

Pairs = Sequence[tuple[str, str]]
# Asked with token, address, fields, signature and algorithm.
Judge = Callable[[str, str, Pairs, str, str], bool]

_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_SHA256_LENGTH = 44  # of 32 bytes in base64


class SignatureCheck:
    """Knows our address and Twilio's tokens: several while one is being replaced. Without a token nothing holds."""

    def __init__(self, public_url: str, tokens: Sequence[str], judge: Judge) -> None:
        if not all(tokens):
            raise ValueError("an empty token would let anybody sign")
        self._base = public_url.rstrip("/")
        self._tokens = tuple(tokens)
        self._keys = tuple(token.encode() for token in tokens)
        self._judge = judge

    def holds(self, path: str, query: str, pairs: Pairs, *, signature: str, algorithm: str) -> bool:
        """Whether `signature` was made with one of our tokens over our address and exactly these fields.

        `algorithm` is what `algorithm_of` says. Fields in any order.
        """
        digest = _DIGESTS.get(algorithm)
        if digest is None or not signature:
            return False
        address = f"{self._base}{path}?{query}" if query else self._base + path
        # Surrogates cannot come out of a decoded form, but must not raise if they do.
        signed = (address + "".join([name + value for name, value in sorted(pairs)])).encode("utf-8", "surrogatepass")
        given = signature.encode("latin-1", "replace")
        for key in self._keys:
            if hmac.compare_digest(b64encode(hmac.digest(key, signed, digest)), given):
                return True
        return any(self._judge(token, address, pairs, signature, algorithm) for token in self._tokens)


def algorithm_of(signature: str, settings_header: str) -> str:
    """The signing algorithm: what Twilio's settings header names; without one, what the signature's length tells."""
    for part in settings_header.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA256" if len(signature) == _SHA256_LENGTH else "HMAC_SHA1"
