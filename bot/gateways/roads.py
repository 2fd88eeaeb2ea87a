"""The roads out of the house that the settings open."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bot.gateways.email import SmtpEmail
from bot.gateways.ports import SendsEmail, SendsTexts
from bot.gateways.twilio_sms import TwilioSms
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Roads:
    """What can leave, and how; None where the settings open no such road."""

    texts: SendsTexts | None
    email: SendsEmail | None


def open_roads(settings: Settings) -> Roads:
    """The roads of `settings`. Opens no connection yet."""
    texts, email = None, None
    if settings.has_twilio:
        texts = TwilioSms(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_tokens[0],
            number=settings.twilio_numbers[0],
            further_numbers=settings.twilio_numbers[1:],
            status_callback=f"{settings.public_url}/sms/status",
            api_url=settings.twilio_api_url,
        )
    if settings.smtp_url:
        email = SmtpEmail(settings.smtp_url, sender=_sender(settings), allow_plain=not settings.is_production)
    return Roads(texts, email)


def _sender(settings: Settings) -> str:
    """The mailbox that signs in to the mail server, where that is an address; else one at our own host."""
    user = unquote(urlsplit(settings.smtp_url or "").username or "")
    return user if "@" in user else f"helo@{urlsplit(settings.public_url).hostname}"
