"""Reading a text the way a person would, and keeping the way back to what was really written.

Case, accents, apostrophes, full-width or look-alike letters, zero-width and stacked marks never change a reading. The raw
text is never altered: every word of the reading knows where it stood.
"""

import re
import unicodedata
from dataclasses import dataclass

_APOSTROPHES = "'\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u00b4\u0060\u055a\uff07\ua78c"
_LOOK_ALIKES = {
    **dict(zip("\u0430\u0431\u0432\u0435\u0438\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0501\u0432", "abbeuijkmhopctyxsdb", strict=True)),
    **dict(zip("\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u03f2", "abenikvoptyxwc", strict=True)),
    **dict(zip("\u0131\u0237\u0251\u0261\u0269\u026a\u0274\u0280\u028f\u0299\u029c\u029f\u00f8\u0142\u0111\u0127\u0167\u0180\u0253\u0257", "ijagiinrybhloldhtbbd", strict=True)),
    "\u00e6": "ae",
    "\u0153": "oe",
    "\u00df": "ss",
    "\u00fe": "th",
    "\u00f0": "d",
}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_EASY = {ord(mark): "'" for mark in _APOSTROPHES}
for _letter in "\u00e0\u00e1\u00e2\u00e4\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed\u00ee\u00ef\u00f2\u00f3\u00f4\u00f6\u00f9\u00fa\u00fb\u00fc\u00fd\u00ff\u0175\u0177\u1e81\u1e83\u1e85\u1ef3":
    for _form in (_letter, _letter.upper()):
        _EASY[ord(_form)] = unicodedata.normalize("NFD", _letter)[0]
_EASY |= {ord(mark): '"' for mark in "\u201c\u201d"} | {ord(mark): "-" for mark in "\u2013\u2014"}

# A word: letters and digits, held together by one apostrophe or one letter-like sign ("don't", "k!ll"); or the end of a
# sentence, or of a line; or a sign outside the alphabet (an emoji). Each branch is decided by its first character, and no
# two neighbours inside a branch can match the same character: the time is always linear.
WORDS = re.compile(r"[a-z0-9]+(?:['!@$*][a-z0-9]+)*|(?<!\.)[.!?](?=\s)|\n|[^\x00-\x7f]")
SENTENCE_ENDS = frozenset(".!?")
LINE_END = "\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text folded to plain small letters. `offsets[i]` is the place in the raw text of letter i; None: the same place."""

    folded: str
    offsets: tuple[int, ...] | None
    length: int

    def words(self) -> list[str]:
        """The words and sentence ends in order, apostrophes left out."""
        found: list[str] = WORDS.findall(self.folded)
        if "'" in self.folded:
            return [word.replace("'", "") for word in found]
        return found

    def spans(self) -> list[tuple[int, int]]:
        """Start and end in the raw text of each of `words()`."""
        spans = [match.span() for match in WORDS.finditer(self.folded)]
        if self.offsets is None:
            return spans
        ends = (*self.offsets[1:], self.length)
        return [(self.offsets[start], ends[end - 1]) for start, end in spans]


def read(text: str) -> Reading:
    """The reading of `text`. Never raises, whatever the characters are."""
    if text.isascii():
        return Reading(text.lower().replace("`", "'"), None, len(text))
    easy = text.translate(_EASY)
    if easy.isascii():
        return Reading(easy.lower().replace("`", "'"), None, len(text))
    letters: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(text):
        folded = character.lower() if character.isascii() else fold(character)
        letters.append(folded)
        offsets.extend([place] * len(folded))
    return Reading("".join(letters).replace("`", "'"), tuple(offsets), len(text))


def fold(text: str) -> str:
    """`text` in plain small letters: compatibility forms, accents, look-alikes and invisible marks resolved."""
    out: list[str] = []
    for character in unicodedata.normalize("NFKD", text).casefold():
        if character.isascii():
            out.append("'" if character == "`" else character)
            continue
        kind = unicodedata.category(character)
        if kind in ("Mn", "Me", "Cf") or character in _FILLERS:
            continue
        if character in _APOSTROPHES:
            out.append("'")
        elif character in _LOOK_ALIKES:
            out.append(_LOOK_ALIKES[character])
        elif kind.startswith("Z") or kind in ("Cc", "Cs"):
            out.append(" ")
        else:
            plain = unicodedata.normalize("NFKD", character)
            out.extend(mark for mark in plain if unicodedata.category(mark) not in ("Mn", "Me"))
    return "".join(out)


def fold_word(word: str) -> str:
    """One word of a pattern, folded as texts are: no case, accents or apostrophes."""
    return fold(word).replace("'", "")
