"""What the services need of the outside world, as small shapes; the gateways fill them, tests fake them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.conversation import InboundMessage


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the message over; `sid` is its id for it."""

    sid: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was certainly not sent. `code` is the provider's, or a word of ours for what went wrong on the way.

    `permanent`: trying again cannot help. `retry_after` seconds were asked for before the next try. `account`: the
    provider refuses us, not this message, and will refuse every other until people have mended that.
    """

    code: str
    permanent: bool
    retry_after: float | None = None
    account: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was sent: the connection broke after we had asked."""

    reason: str


SendResult = Accepted | Refused | Unknown


class SendsTexts(Protocol):
    """A road for text messages."""

    def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
        """Asks once, never twice, and says what is known. `to` in E.164, `dedupe` our id of the message.

        Never raises for what the road does.
        """

    def find_sent(self, to: str, body: str, *, since: datetime) -> str | None:
        """The provider's id of a text with exactly this body, sent to `to` since then; None when there is none.

        Raises `ProviderAway` when the provider cannot say.
        """

    def received_since(self, since: datetime) -> Iterator[tuple[InboundMessage, datetime]]:
        """The texts that the provider took for our numbers since then, the newest first, with the time it took each.

        Raises `ProviderAway` when the provider cannot say.
        """

    def texted_since(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Whom our numbers texted since then, in whatever way, and when. Raises `ProviderAway`."""


class SendsEmail(Protocol):
    """A road for e-mail."""

    @property
    def sender(self) -> str:
        """The address it comes from."""

    def send(
        self, to: str, subject: str, body: str, *, dedupe: str, calendar: tuple[str, bytes] | None = None
    ) -> SendResult:
        """Asks once, never twice, and says what is known. Never raises for what the road does.

        `calendar`: an invitation to go with it, as its method (REQUEST or CANCEL) and its iCalendar.
        """


class ProviderAway(Exception):
    """The provider could not be asked."""


class AccountRefused(ProviderAway):
    """The provider refuses our account, whatever we ask; `code` is its own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
