"""Welsh words as they are met in a sentence, by rule.

Initial mutations, the forms of a verb, the ways of north and south, and the small words that lean on a vowel.

Source of the rules: the standard tables of mutations (treigladau) and of the regular verb; h before a vowel follows
"ei" (her), "ein", "eu".
"""

import re
from functools import lru_cache

_SOFT = {"ll": "l", "rh": "r", "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f"}
_NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
# These begin with a letter of their own, not with the letter they seem to begin with.
_UNCHANGING = ("ch", "dd", "ff", "ng", "ph", "th")
_VOWELS = "aeiouwy"
_LEANING = ("n", "r", "i", "u", "w", "ch")
# He, I, you, they did; it was done, is done; he, I will; she would; do it! (-ws and -es are southern, -ish northern.)
_ENDINGS = ("odd", "ws", "ais", "es", "ish", "est", "on", "wyd", "ir", "ith", "iff", "af", "ai", "ech", "wch")
# What a verb-noun loses before an ending, the longest first.
_NOUN_ENDINGS = ("ed", "eg", "an", "en", "i", "o", "u", "a")
# Verb-nouns whose stem is not what is left of them.
_STEMS = {
    "bwrw": ("bwr",),
    "taro": ("taraw", "traw", "tar"),
    "gadael": ("gadaw", "gadew"),
    "cymryd": ("cymer", "cymr", "cym"),
    "ysgwyd": ("ysgydw", "ysgwyd"),
    "dal": ("dali",),
    "gwylio": ("gwyli",),
    "cau": ("cae",),
    "cnoi": ("cno",),
    "dwyn": ("dyg",),
    "dweud": ("dywed", "wed", "dud", "dwed"),
    "gweiddi": ("gwaedd", "gwaeddi", "gweidd"),
    "dechrau": ("dechreu",),
    "rhoi": ("rhodd", "rho"),
    "aros": ("arhos",),
    "dianc": ("dihang",),
    "llefain": ("llef",),
}
# Said short they would be other words (cath, math, gwath).
_NOT_SHORTENED = ("caeth", "gaeth", "maeth", "gwaeth", "hiraeth")
# Words borrowed from English would mutate into these (coke, belt, meds, croup), which are other English words. And
# "neud" is hardly ever "deud" (to say): it is "gwneud" (to do), which is in every other message.
_OTHER_WORDS = frozenset(("bad", "bills", "choke", "ear", "fag", "fat", "feds", "fell", "felt", "group", "mat", "neud"))
_NORTHERN = re.compile(r"(?<=[^aeiouwy])e(?=(?:[bcdfgjlmnprst]|dd|ll|st|ch|nt)$)")


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
    return frozenset(form for form in forms if form == word or (len(form) >= 3 and form not in _OTHER_WORDS))


def with_leaning(word: str) -> frozenset[str]:
    """`word`, and with a small word leaning on its last vowel, without the apostrophe (babi'n, babi'r).

    Not on -aw: llaw'n would be llawn, and llaw'r llawr.
    """
    if word[-1:] in _VOWELS and not word.endswith("aw"):
        return frozenset((word, *(word + small for small in _LEANING)))
    return frozenset((word,))


def spoken(word: str) -> frozenset[str]:
    """`word` as written and as said in north and south.

    pethau, petha, pethe; stopio, stopo; adref, adre; potel, potal; gadael, gadel, gadal; llaeth, llath; chwydu, whydu,
    hwydu; ysgwyd, sgwyd.
    """
    if len(word) < 5:
        return frozenset((word,))
    said = {word}
    if word.endswith("au"):
        said |= {word[:-2] + "a", word[:-2] + "e"}
    elif word.endswith("io"):
        said.add(word[:-2] + "o")
    elif word.endswith("f") and not word.endswith("ff"):
        said.add(word[:-1])
    elif word.endswith("ael"):
        said |= {word[:-3] + "el", word[:-3] + "al"}
    elif word.endswith(("aeth", "oeth")) and word not in _NOT_SHORTENED:
        said.add(word[:-3] + "th")
    elif any(letter in _VOWELS for letter in word[:-3]):
        said.add(_NORTHERN.sub("a", word))
    if word.startswith("ys"):
        said |= {one[1:] for one in said}
    elif word.startswith("chw"):
        said |= {before + one[3:] for one in said for before in ("wh", "hw")}
    return frozenset(said)


def conjugated(verb: str) -> frozenset[str]:
    """The verb-noun `verb` and the forms of its verb: who did, who will, what is done (curo, curodd, cures, curith)."""
    stems = _STEMS.get(verb)
    if stems is None:
        ending = next((one for one in _NOUN_ENDINGS if verb.endswith(one) and len(verb) - len(one) > 1), "")
        stem = verb[: len(verb) - len(ending)]
        stems = (stem, stem[:-1]) if verb.endswith("io") and len(stem) > 3 else (stem,)
    return frozenset((verb, *(stem + ending for stem in stems for ending in _ENDINGS)))


# Two lexicons are built of much the same words.
@lru_cache(8192)
def forms_of(word: str) -> frozenset[str]:
    """Every form of one Welsh word of a pattern that counts as the same word."""
    return frozenset(form for said in spoken(word) for mutated in mutations(said) for form in with_leaning(mutated))


@lru_cache(1024)
def verb_forms_of(verb: str) -> frozenset[str]:
    """Every form of one verb: its verb-noun as any word, and its conjugated forms mutated."""
    said = (one for form in conjugated(verb) - {verb} for one in ({form, form[1:]} if form[:2] == "ys" else {form}))
    return forms_of(verb).union(*map(mutations, said))
