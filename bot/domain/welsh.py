"""Welsh words as they are met in a sentence: initial mutations and the small words that lean on a vowel, by rule.

Source of the rules: the standard table of mutations (treigladau); h before a vowel follows "ei" (her), "ein", "eu".
"""

_SOFT = {"ll": "l", "rh": "r", "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f"}
_NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
# These begin with a letter of their own, not with the letter they seem to begin with.
_UNCHANGING = ("ch", "dd", "ff", "ng", "ph", "th")
_VOWELS = "aeiouwy"
_LEANING = ("n", "r", "i", "u", "w", "ch")


def mutations(word: str) -> frozenset[str]:
    """`word` and every form it takes after a word that mutates it. Words of two letters are left as they are."""
    forms = {word}
    if len(word) < 3 or word.startswith(_UNCHANGING):
        return frozenset(forms)
    for table in (_SOFT, _NASAL, _ASPIRATE):
        for letters in (word[:2], word[:1]):
            if letters in table:
                forms.add(table[letters] + word[len(letters) :])
                break
    if word[0] in "aeiou":
        forms.add("h" + word)
    return frozenset(form for form in forms if form == word or len(form) >= 3)


def with_leaning(word: str) -> frozenset[str]:
    """`word`, and with a small word leaning on its last vowel, without the apostrophe (babi'n, babi'r)."""
    if word[-1:] in _VOWELS:
        return frozenset((word, *(word + small for small in _LEANING)))
    return frozenset((word,))


def spoken(word: str) -> frozenset[str]:
    """`word` as written and as said in north and south: pethau, petha, pethe; stopio, stopo; adref, adre."""
    if len(word) < 5:
        return frozenset((word,))
    if word.endswith("au"):
        return frozenset((word, word[:-2] + "a", word[:-2] + "e"))
    if word.endswith("io"):
        return frozenset((word, word[:-2] + "o"))
    if word.endswith("f") and not word.endswith("ff"):
        return frozenset((word, word[:-1]))
    return frozenset((word,))


def forms_of(word: str) -> frozenset[str]:
    """Every form of one Welsh word of a pattern that counts as the same word."""
    return frozenset(form for said in spoken(word) for mutated in mutations(said) for form in with_leaning(mutated))
