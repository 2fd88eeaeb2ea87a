"""Our texts as the XML that Twilio sends on."""

import re
from collections.abc import Iterable

from bot.domain.segments import for_sms, split_for_sms

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twiml(texts: Iterable[str]) -> bytes:
    """`texts` as TwiML, one message each: always well formed, and the same bytes for the same texts."""
    messages = [message for text in texts for message in split_for_sms(_NOT_XML.sub("", for_sms(text)))]
    body = "".join([f"<Message>{_escaped(message)}</Message>" for message in messages])
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
