"""Understanding an answer generously: a number, a letter, a word, a typo of a word, in either language."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

_EMOJI_MARKS = dict.fromkeys(map(ord, "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff"))
# The same for plain ASCII, which most texts are: apostrophes and marks go, punctuation parts words.
_ASCII = {
    code: None if chr(code) in "'`^" else " "
    for code in range(128)
    if chr(code) in "'`^" or unicodedata.category(chr(code))[0] in "PZC"
}
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LEADING = re.compile(r"^(?:option|number|answer|no|rhif|opsiwn|dewis|ateb)?\s*[#(\[]?\s*")
_FIGURES = re.compile(r"[0-9]+")
_HELD = re.compile(r"([^\W\d])\1+")
_LONGEST = 80


def fold(text: str) -> str:
    """The text as we compare it: no case, accents, apostrophes or punctuation, single spaces; emoji are kept."""
    if text.isascii():
        if text.isalnum():
            return text.lower()  # one plain word, as most answers are
        return " ".join(text.lower().translate(_ASCII).split())
    flat = unicodedata.normalize("NFKD", text.translate(_EMOJI_MARKS)).casefold()
    kept = (
        " " if char.isspace() or unicodedata.category(char)[0] in "PZC" else char
        for char in flat.replace("'", "").replace("\u2019", "").replace("`", "")
        if unicodedata.category(char) != "Mn" and unicodedata.category(char) != "Sk"
    )
    return " ".join("".join(kept).split())


def read_index(folded: str, marks: Sequence[str]) -> int | None:
    """Which option (from 0) a bare number or letter means, or None. Any script's digits count; long ones never do."""
    bare = _LEADING.sub("", folded, count=1).rstrip(" .):,")
    if not bare or len(bare) > 2:
        return None
    digits = [unicodedata.digit(char, -1) for char in bare]
    shown = "".join(map(str, digits)) if all(digit >= 0 for digit in digits) else bare
    wanted = [mark.casefold() for mark in marks]
    if shown in wanted:
        return wanted.index(shown)
    if len(shown) == 1 and "a" <= shown <= "z" and all(mark.isdigit() for mark in marks):
        place = ord(shown) - ord("a")
        return place if place < len(marks) else None
    return None


class Understanding:
    """What one set of options can be called, in both languages; built once and shared."""

    def __init__(
        self,
        phrases: Mapping[str, Iterable[str]],
        numbers: Mapping[str, str],
        negations: frozenset[str],
        *,
        agreeing: frozenset[str] = frozenset(),
        courtesy: frozenset[str] = frozenset(),
    ) -> None:
        """`phrases` by option key; `numbers` from a folded word to a digit ("one" to "1").

        `negations` are folded words that forbid a loose match. `agreeing` options are never read into a longer
        message: "I am scared" holds "I am", and is no consent. Only words of `courtesy` may stand beside them.
        """
        self._agreeing, self._courtesy = agreeing, courtesy
        self._phrases = {key: frozenset(filter(None, map(fold, spoken))) for key, spoken in phrases.items()}
        self._letters = {phrase: frozenset(phrase) for spoken in self._phrases.values() for phrase in spoken}
        self._exact = {phrase: key for key, spoken in self._phrases.items() for phrase in spoken}
        self._numbers = numbers
        self._negations = negations

    def _stretched(self, folded: str) -> str | None:
        """The option whose phrase this is but for letters held down: yesss, nooo."""
        flat = _HELD.sub(r"\1", folded)
        close = {key for phrase, key in self._exact.items() if _HELD.sub(r"\1", phrase) == flat}
        return close.pop() if len(close) == 1 else None

    def exact(self, text: str, keys: Sequence[str], marks: Sequence[str]) -> str | None:
        """The option meant by its mark or by a phrase that is the whole message; None when it is neither."""
        if len(text) > _LONGEST:
            return None
        folded = fold(text)
        index = read_index(self._numbers.get(folded, folded), marks)
        if index is not None:
            return keys[index]
        key = self._exact.get(folded)
        return key if key in keys else None

    def mark(self, text: str, keys: Sequence[str], marks: Sequence[str]) -> str | None:
        """The option meant by its mark, with nothing beside it but words of courtesy: "2 please", "yr ail, diolch"."""
        if len(text) > _LONGEST:
            return None
        bare = " ".join(word for word in fold(text).split() if word not in self._courtesy)
        index = read_index(self._numbers.get(bare, bare), marks)
        return None if index is None else keys[index]

    def loose(self, text: str, keys: Sequence[str], marks: Sequence[str]) -> str | None:
        """As `exact`, then a phrase within a short message, or a small slip of the thumb; never a guess between two."""
        if len(text) > _LONGEST:
            return None
        found = self.exact(text, keys, marks)
        if found is not None:
            return found
        found = self.mark(text, keys, marks)
        if found is not None:
            return found
        words = _WORD.findall(fold(text))
        if not words or len(words) > 8:
            return None
        bare = " ".join(word for word in words if word not in self._courtesy)
        close = self._exact.get(bare) or self._stretched(" ".join(words))
        return close if close in keys else self._within(words, keys) or self._typo(words, keys)

    def several(self, text: str, keys: Sequence[str], marks: Sequence[str]) -> tuple[str, ...]:
        """Every option that a short message names, by its number or by a phrase, in their order; a letter never counts.

        A message that says what is not meant names nothing: "not evenings" must not be read as evenings.
        """
        words = _WORD.findall(fold(text)) if len(text) <= _LONGEST else []
        if any(word in self._negations for word in words):
            return ()
        digits = (self._numbers.get(word, word) for word in words)
        named = {keys[at] for word in digits if word.isdigit() and (at := read_index(word, marks)) is not None}
        message = f" {' '.join(words)} "
        named |= {key for key, spoken in self._phrases.items() if any(f" {each} " in message for each in spoken)}
        return tuple(key for key in keys if key in named)

    def _within(self, words: list[str], keys: Sequence[str]) -> str | None:
        message = f" {' '.join(words)} "
        hits: dict[str, int] = {}
        for key in keys:
            for phrase in self._phrases.get(key, ()) if key not in self._agreeing else ():
                if len(phrase) > 2 and f" {phrase} " in message:
                    hits[key] = max(hits.get(key, 0), len(phrase))
        if not hits:
            return None
        best = max(hits, key=lambda key: hits[key])
        phrase_words = {word for phrase in self._phrases[best] if f" {phrase} " in message for word in phrase.split()}
        negated = any(word in self._negations and word not in phrase_words for word in words)
        tied = sum(length == hits[best] for length in hits.values()) > 1
        return None if negated or tied or len(hits) > 2 else best

    def _typo(self, words: list[str], keys: Sequence[str]) -> str | None:
        message = " ".join(words)
        if len(message) < 4 or message in self._exact:
            return None
        allowed = 1 if len(message) < 8 else 2
        letters = frozenset(message)
        figures = _FIGURES.findall(message)
        close = {
            key
            for key in keys
            for phrase in self._phrases.get(key, ())
            if len(phrase) >= (5 if key in self._agreeing else 4)
            and abs(len(phrase) - len(message)) <= allowed
            and len(letters ^ self._letters[phrase]) <= 2 * allowed
            and _FIGURES.findall(phrase) == figures  # 2 months is no slip for 12 months
            and slips(phrase, message, allowed) <= allowed
        }
        return close.pop() if len(close) == 1 else None


def slips(left: str, right: str, most: int) -> int:
    """How many letters were dropped, added, changed or swapped with a neighbour; more than `most` gives `most + 1`."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        after = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (a != b))
            if before and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        if min(after) > most:
            return most + 1
        before, row = row, after
    return min(row[-1], most + 1)
