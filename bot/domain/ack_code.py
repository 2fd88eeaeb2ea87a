"""The short code with which somebody takes an alert from their own phone, and what they text to do so."""

from collections.abc import Collection

from bot.domain.answers import fold

LETTERS = "23456789BCDFGHJKMNPQRTVWXYZ"  # no vowel, no letter that looks like a digit: no code spells a word
LENGTH = 5  # 27 letters: 23.8 bits


def code_of(fingerprint: str) -> str:
    """The code that a keyed hash (hexadecimal) stands for."""
    number = int(fingerprint, 16)
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def read_acknowledgement(text: str, words: Collection[str]) -> str | None:
    """The code in a text that is nothing but a word of acknowledging and a code; None for any other text.

    An answer that a phone writes by itself may quote our own text; so nothing may stand before or after.
    """
    first, _, rest = fold(text).partition(" ")
    code = rest.replace(" ", "").upper()
    known = first in {fold(word) for word in words}
    return code if known and len(code) == LENGTH and not set(code) - set(LETTERS) else None
