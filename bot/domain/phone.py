"""Phone numbers we text: UK mobiles, and nothing else. A landline may read a text aloud to the house."""

import re

# Ofcom's numbering plan: 071 to 075 and 077 to 079 are mobiles, and 07624 on the Isle of Man. 070 (personal numbers,
# dear to ring) and the rest of 076 (pagers) are not. Numbers for drama (07700 900000 to 900999) are mobiles of nobody.
_UK_MOBILE = re.compile(r"\+447(?:[1-57-9][0-9]{8}|624[0-9]{6})")
_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015\u00a0]+")
_PREFIX = re.compile(r"(?:\+44|0044)0?|0")


def is_uk_mobile(number: str) -> bool:
    """Whether an E.164 number (+44...) is a UK mobile's."""
    return _UK_MOBILE.fullmatch(number) is not None


def read_uk_mobile(text: str) -> str | None:
    """The UK mobile number that somebody typed, in any of the usual ways, as E.164; None when it is not one."""
    bare = _BETWEEN.sub("", text)
    prefix = _PREFIX.match(bare)
    number = f"+44{bare[prefix.end() :]}" if prefix else ""
    return number if is_uk_mobile(number) else None
