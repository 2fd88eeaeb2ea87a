"""Phone numbers we text: UK mobiles, and nothing else. A landline may read a text aloud to the house."""

import re

# Ofcom's numbering plan: 071 to 075 and 077 to 079 are mobiles, and 07624 on the Isle of Man. 070 (personal numbers,
# dear to ring) and the rest of 076 (pagers) are not. Numbers for drama (07700 900000 to 900999) are mobiles of nobody.
_UK_MOBILE = re.compile(r"\+447(?:[1-57-9][0-9]{8}|624[0-9]{6})")
# 01 and 02 are places, 03 is charged as they are; nine or ten digits after the 0.
_UK_LANDLINE = re.compile(r"\+44[123][0-9]{8,9}")
_PREFIX = re.compile(r"(?:0044|44)0?|0")
_DIGITS = frozenset("0123456789")
_LONGEST = 80


def is_uk_mobile(number: str) -> bool:
    """Whether an E.164 number (+44...) is a UK mobile's."""
    return _UK_MOBILE.fullmatch(number) is not None


def read_uk_mobile(text: str) -> str | None:
    """The one UK mobile number in what somebody typed, however it is written, as E.164; None when there is none."""
    number = _read(text)
    return number if is_uk_mobile(number) else None


def read_uk_landline(text: str) -> str | None:
    """The one UK landline number in what somebody typed, as E.164: it may be rung when asked for, and never texted."""
    number = _read(text)
    return number if _UK_LANDLINE.fullmatch(number) else None


def _read(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    digits = "".join(char for char in text if char in _DIGITS)
    prefix = _PREFIX.match(digits)
    return f"+44{digits[prefix.end() :]}" if prefix else ""


def spoken_number(number: str) -> str:
    """A UK number as people write it: 07700 900123, 029 2018 0123. Others stay as they are."""
    digits = number.removeprefix("+44")
    if number.startswith("+442") and len(digits) == 10:
        return f"0{digits[:2]} {digits[2:6]} {digits[6:]}"
    return f"0{digits[:4]} {digits[4:]}" if number.startswith("+44") and len(digits) == 10 else number
