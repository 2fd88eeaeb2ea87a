"""What Twilio sends, read strictly into our own types.

A captured signature also fits the same characters cut into other fields, because Twilio signs names and values run
together. So every field we use must have its exact shape, and a name must look like a name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from bot.domain.conversation import Channel, InboundMessage
from bot.domain.phone import is_uk_mobile

MOST_FIELDS = 200  # Twilio sends about twenty, and some more for each picture
MOST_BYTES = 64 * 1024

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_PLUS = "%2B"
_MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"[ -~]{1,64}")
_RECUT_SENDER = re.compile(r"From\+?[0-9]")
_COUNT = re.compile(r"[0-9]{1,3}")
_ERROR_CODE = re.compile(r"[0-9]{1,6}")
_OUR_ID = re.compile(r"message=([0-9a-f]{32})")
_OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})


class Malformed(ValueError):
    """The fields are not what Twilio sends; the text names the field, never its value."""


class TooManyFields(Malformed):
    """More fields than Twilio ever sends."""


class NotOurAccount(ValueError):
    """Well signed and well formed, but of another account."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of a text of ours: Twilio's own word for it, and an error's number.

    `outbound_id` is our own id, which we gave Twilio with the address of the report.
    """

    sid: str
    status: str
    error_code: str | None
    outbound_id: str | None = None


def read_pairs(body: bytes) -> list[tuple[str, str]]:
    """The fields of a urlencoded form in order, exactly as sent; raises `Malformed`.

    The same result as `urllib.parse.parse_qsl(keep_blank_values=True, strict_parsing=True)` in half the time.
    """
    if not body:
        return []
    pieces = body.decode("utf-8", "replace").split("&")
    if len(pieces) > MOST_FIELDS:
        raise TooManyFields("too many fields")
    pairs = []
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not equals:
            raise Malformed("a field without a value")
        if "%" in piece or "+" in piece:
            pairs.append((_decoded(name), _decoded(value)))
        else:
            pairs.append((name, value))
    return pairs


def read_fields(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The fields by name; raises `Malformed` where one comes twice or its name is none."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field sent twice")
    for name in fields:
        if not _NAME.fullmatch(name):
            raise Malformed("a name that is no name")
    return fields


def read_message(fields: Mapping[str, str], *, account_sid: str, numbers: frozenset[str]) -> InboundMessage:
    """The text message in `fields`; raises `Malformed` or `NotOurAccount`.

    `can_reply` is false for senders we must not or cannot answer: short codes, letters, foreign and landline
    numbers, and for texts sent to a number that is not ours.
    """
    sid = _message_sid(fields, account_sid)
    if any(fields.get(name, sid) != sid for name in ("SmsMessageSid", "SmsSid")):
        raise Malformed("message ids that differ")
    sender, sent_to, text = _present(fields, "From"), _present(fields, "To"), _present(fields, "Body")
    if not _NUMBER.fullmatch(sent_to):
        raise Malformed("To")
    if not _SENDER.fullmatch(sender):
        raise Malformed("From")
    if not _NUMBER.fullmatch(sender) and (sender.startswith("+") or _RECUT_SENDER.search(text)):
        # `Body=hello` `From=+44...` `FromCity=Barry` re-cut as `From=+44...FromCity` or as `Body=helloFrom+44...`
        # `From=CityBarry`: taken for a sender we cannot answer, it would use up the id of a parent's real text.
        raise Malformed("From")
    media = fields.get("NumMedia", "0")
    if not _COUNT.fullmatch(media):
        raise Malformed("NumMedia")
    opt_out_type = fields.get("OptOutType")
    return InboundMessage(
        provider="twilio",
        sid=sid,
        channel=Channel.SMS,
        contact=sender,
        text=text,
        media_count=int(media),
        opt_out_type=opt_out_type if opt_out_type in _OPT_OUT_TYPES else None,
        can_reply=sent_to in numbers and is_uk_mobile(sender),
        sent_to=sent_to,
    )


def read_report(fields: Mapping[str, str], query: str, *, account_sid: str) -> DeliveryReport:
    """The delivery report in `fields` and the (signed) query; raises `Malformed` or `NotOurAccount`."""
    sid = _message_sid(fields, account_sid)
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    if not re.fullmatch(r"[a-z_]{1,32}", status):
        raise Malformed("MessageStatus")
    code = fields.get("ErrorCode") or None
    if code is not None and not _ERROR_CODE.fullmatch(code):
        raise Malformed("ErrorCode")
    ours = _OUR_ID.fullmatch(query)
    return DeliveryReport(sid, status, code, ours[1] if ours else None)


def _message_sid(fields: Mapping[str, str], account_sid: str) -> str:
    sid = _present(fields, "MessageSid")
    if not _MESSAGE_SID.fullmatch(sid):
        raise Malformed("MessageSid")
    if _present(fields, "AccountSid") != account_sid:
        raise NotOurAccount
    return sid


def _present(fields: Mapping[str, str], name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        raise Malformed(name) from None


def _decoded(piece: str) -> str:
    if "+" in piece:
        piece = piece.replace("+", " ")
    if "%" not in piece:
        return piece
    if piece.startswith(_PLUS) and "%" not in piece[1:]:
        return "+" + piece[len(_PLUS) :]  # a phone number, as three fields of each text are
    return unquote(piece, errors="replace")
