"""Reading a text the way a person would, and keeping the way back to what was really written.

Case, accents, apostrophes, full-width or look-alike letters, zero-width and stacked marks never change a reading. The
raw text is never altered: every word of the reading knows where it stood.
"""

import re
import unicodedata
from dataclasses import dataclass

_APOSTROPHES = "'\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u00b4\u0060\u055a\uff07\ua78c"
# Letters of other alphabets that pass for ours, and the ones they pass for.
_CYRILLIC = ("абвеиіјкмнорстухѕԁ", "abbeuijkmhopctyxsd")
_GREEK = ("αβεηικνορτυχωϲ", "abenikvoptyxwc")
_LATIN = ("ıȷɑɡɩɪɴʀʏʙʜʟøłđħŧƀɓɗ", "ijagiinrybhloldhtbbd")
_LOOK_ALIKES = {
    letter: plain for looks, like in (_CYRILLIC, _GREEK, _LATIN) for letter, plain in zip(looks, like, strict=True)
}
_LOOK_ALIKES |= {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_FILLERS = frozenset("ᅟᅠㅤﾠ⠀")
_EASY = {ord(mark): "'" for mark in _APOSTROPHES}
_ACCENTED = "àáâäèéêëìíîïòóôöùúûüýÿŵŷẁẃẅỳ"
_EASY |= {
    ord(form): unicodedata.normalize("NFD", letter)[0] for letter in _ACCENTED for form in (letter, letter.upper())
}
_EASY |= {ord(mark): '"' for mark in "“”"} | {ord(mark): "-" for mark in "–—"}

# A word: letters and digits, held together by one apostrophe or one letter-like sign ("don't", "k!ll"); or the end of
# a sentence, or of a line; or a sign outside the alphabet (an emoji). The first character decides the branch, and
# no two neighbours inside a branch can match the same character: the time is always linear.
WORDS = re.compile(r"[a-z0-9]+(?:['!@$*][a-z0-9]+)*|(?<!\.)[.!?](?=\s)|\n|[^\x00-\x7f]")
SENTENCE_ENDS = frozenset(".!?")
LINE_END = "\n"
# What stands between words and is none.
BREAKS = SENTENCE_ENDS | {LINE_END}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text folded to plain small letters.

    `offsets[i]` is the place in the raw text of letter i; None: the same place. `length` is that of the raw text.
    """

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
        # One sign can fold to several letters, and signs that fold to nothing belong to the letter before them.
        ends: list[int] = []
        end = self.length
        for place, offset in zip(reversed(self.offsets), (*reversed(self.offsets), 0)[1:], strict=True):
            ends.append(end)
            end = place if offset < place else end
        ends.reverse()
        return [(self.offsets[start], ends[stop - 1]) for start, stop in spans]


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
