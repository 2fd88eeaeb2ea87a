"""What a text costs on the network: how many parts it travels in, and which letters make it dear.

Sources: 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension table) and 23.040 (parts of a long text). A text of
GSM letters holds 160 of them, or 153 a part when it is longer; one other letter turns the whole text into UCS-2:
70 UTF-16 units, or 67 a part. Welsh needs UCS-2 for its circumflexes; we pay, and never strip an accent.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")  # each travels as an escape and a letter: two units that stay together
_GSM_ALL = _GSM | _GSM_EXTENDED

_SINGLE = {"GSM-7": 160, "UCS-2": 70}
_PART = {"GSM-7": 153, "UCS-2": 67}

# The marks that word processors put in and that mean the same in plain form (GOV.UK Notify replaces the same ones).
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "…": "...",
        "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
        "\u2028": "\n", "\u2029": "\n",
        "\u00ad": "", "\u180e": "", "\u200b": "", "\u200c": "", "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip

_MARKS = re.compile(f"[{''.join(map(chr, _PLAIN))}]")  # a translation costs more than finding that none is needed

# Twilio refuses a message body over 1,600 characters (error 21617). A little under, so that no count of theirs differs.
LONGEST_MESSAGE = 1500
_BREAK = re.compile(r"\s")

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text travels: `units` in GSM septets or UTF-16 code units, `costly` the letters that force UCS-2."""

    encoding: Encoding
    units: int
    parts: int
    costly: tuple[str, ...]


def for_sms(text: str) -> str:
    """The text as we put it on the network: curly quotes, dashes, ellipses, odd spaces made plain, accents kept.

    Invisible characters go, except the joiner that holds an emoji family together. Letters are composed (NFC), which
    changes no letter but may save a part.
    """
    if text.isascii():
        return text.replace("\t", " ")
    if _MARKS.search(text):
        text = text.translate(_PLAIN)
    return unicodedata.normalize("NFC", text)


def count_segments(text: str) -> Segments:
    """How `text`, exactly as it stands, travels. An empty text has no part. Never raises."""
    costly = tuple(dict.fromkeys(letter for letter in text if letter not in _GSM_ALL))
    encoding: Encoding = "UCS-2" if costly else "GSM-7"
    widths = [_width(letter, encoding) for letter in text]
    units = sum(widths)
    if units <= _SINGLE[encoding]:
        return Segments(encoding, units, 1 if text else 0, costly)
    return Segments(encoding, units, _parts(widths, _PART[encoding]), costly)


def split_for_sms(text: str) -> tuple[str, ...]:
    """`text` as messages that Twilio takes, at most `LONGEST_MESSAGE` UTF-16 units each, cut at white space if any.

    Nearly always one; only a parent's own long words, shown back to them, need more. A blank text gives none.
    """
    messages = []
    rest = text.strip()
    while _is_too_long(rest):
        cut = _fitting(rest)
        at_space = [found.start() for found in _BREAK.finditer(rest, cut // 2, cut + 1)]
        cut = at_space[-1] if at_space else cut
        messages.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*messages, rest) if rest else tuple(messages)


def _width(letter: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if letter in _GSM_EXTENDED else 1
    return 2 if letter > "\uffff" else 1


def _parts(widths: list[int], room: int) -> int:
    """Parts filled one after the other; what is two units wide moves to the next part whole."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def _is_too_long(text: str) -> bool:
    length = len(text)
    return 2 * length > LONGEST_MESSAGE and length + sum(letter > "\uffff" for letter in text) > LONGEST_MESSAGE


def _fitting(text: str) -> int:
    """How many characters of `text` fit into one message."""
    units = 0
    for index, letter in enumerate(text):
        units += 2 if letter > "\uffff" else 1
        if units > LONGEST_MESSAGE:
            return index
    return len(text)
