"""English words in all their forms, by rule; the irregular ones are listed in flows/safeguarding/words.yaml."""

from collections.abc import Mapping

_VOWELS = "aeiou"


def _doubles(verb: str) -> bool:
    """Whether the last letter doubles: one short vowel before one consonant (stab, stabbed)."""
    if len(verb) < 3 or verb[-1] in _VOWELS + "wxy" or verb[-2] not in _VOWELS or verb[-3] in _VOWELS:
        return False
    return sum(letter in _VOWELS for letter in verb) == 1


def forms_of(word: str, irregular: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """`word` with -s, -ed and -ing (and -in, as texted), or its listed forms when it is irregular."""
    if word in irregular:
        listed = (word, *irregular[word])
    elif word.endswith("e"):
        listed = (word, word + "s", word + "d", word[:-1] + "ing")
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        listed = (word, word[:-1] + "ies", word[:-1] + "ied", word + "ing")
    else:
        stem = word + word[-1] if _doubles(word) else word
        ending = "es" if word.endswith(("s", "sh", "ch", "x", "z")) else "s"
        listed = (word, word + ending, stem + "ed", stem + "ing")
    return frozenset(listed) | {form[:-1] for form in listed if form.endswith("ing") and len(form) > 5}
