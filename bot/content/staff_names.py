"""Finds the name of a service that is for staff only in a text, however it is spelt.

Any case, accents, apostrophes and hyphens; every word mutated, in the singular or the plural; written as one, or letter
by letter; without its last word ("the Rapid Response people"); as its initials in capitals; and with a slip of the
thumb or two. A word too many found costs an author a minute; one too few, a parent's trust.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.domain.answers import fold, slips
from bot.domain.offers import Offer
from bot.domain.welsh import mutations

# What a name may be said without, when two words or more are left.
_KINDS = frozenset(
    ("team", "teams", "service", "services", "project", "projects", "programme",
     "tim", "timau", "gwasanaeth", "gwasanaethau", "prosiect", "prosiectau")
)  # fmt: skip
_SMALL = frozenset(("a", "and", "ac", "an", "for", "i", "in", "of", "o", "r", "the", "to", "y", "yr", "yn"))
_CAPITALS = re.compile(r"\b(?:[A-Z]\.?){3,}(?![a-z])")
_INITIALS_FROM = 3
# Letters in a name from which one slip, and two, are still that name: "camhs" and "camps" are two words.
_SLIP_FROM, _TWO_SLIPS_FROM = 6, 20
_PLURALS = ("s", "au", "oedd", "iau", "on")
Told = tuple[Offer, str]


def names_of(offer: Offer) -> tuple[str, ...]:
    """What it is called, in both languages and otherwise."""
    return tuple(dict.fromkeys((offer.name.en, offer.name.cy, *offer.also_called)))


def names_told(offers: Iterable[Offer], text: str) -> Iterator[Told]:
    """Each name of these offers that stands in the text, with its offer."""
    folded = fold(text)
    words = folded.split()
    glued = "".join(words)
    capitals = {found.replace(".", "") for found in _CAPITALS.findall(text)}
    for offer in offers:
        for name in names_of(offer):
            asked = _asked(name)
            if asked.pattern.search(folded) or capitals & asked.initials or _slipped(asked, words, glued):
                yield offer, name


def name_pattern(name: str) -> re.Pattern[str]:
    """What finds a name in a folded text: mutated, in the plural, written as one or letter by letter."""
    return _asked(name).pattern


@dataclass(frozen=True, slots=True)
class _Asked:
    """One name as it is looked for: `forms` are its spellings as one word, how many slips each may have, and its parts,
    one of which is whole wherever there are no more."""

    pattern: re.Pattern[str]
    initials: frozenset[str]
    forms: tuple[tuple[str, int, tuple[str, ...]], ...]


@cache
def _asked(name: str) -> _Asked:
    words = fold(name).split()
    shorter = [word for word in words if word not in _KINDS]
    spellings = [words] + ([shorter] if len(shorter) >= 2 and len(shorter) < len(words) else [])
    glued = tuple(dict.fromkeys("".join(each) for each in spellings))
    if len(words) == 1 and name.isupper():
        glued += (" ".join(words[0]),)
    slack = {form: (len(form) >= _SLIP_FROM) + (len(form) >= _TWO_SLIPS_FROM) for form in glued if " " not in form}
    return _Asked(
        re.compile("|".join([*map(_spelt, spellings), *(rf"\b{each}\b" for each in glued if " " in each)])),
        frozenset(filter(None, (_initials(words), _initials([word for word in words if word not in _SMALL])))),
        tuple((form, most, _chunks(form, most + 1)) for form, most in slack.items() if most),
    )


def _spelt(words: list[str]) -> str:
    parts = [rf"(?:{'|'.join(map(re.escape, sorted(_forms(word), key=len, reverse=True)))})" for word in words]
    return rf"\b{' ?'.join(parts)}\b"


def _forms(word: str) -> frozenset[str]:
    """The word mutated, in the singular and in the plural."""
    forms = {word}
    if len(word) > 3:
        forms |= {word + ending for ending in _PLURALS} | ({word[:-1] + "ies"} if word.endswith("y") else set())
        forms |= {word[:-1]} if word.endswith("s") else set()
        forms |= {word[:-3] + "y"} if word.endswith("ies") else set()
    return frozenset(form for each in forms for form in mutations(each))


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words).upper() if len(words) >= _INITIALS_FROM else ""


def _chunks(form: str, number: int) -> tuple[str, ...]:
    size = len(form) // number
    return tuple(form[at * size : (at + 1) * size if at < number - 1 else None] for at in range(number))


def _slipped(asked: _Asked, words: list[str], glued: str) -> bool:
    """Whether words that stand together are the name but for a slip or two."""
    for form, most, chunks in asked.forms:
        if not any(chunk in glued for chunk in chunks):
            continue
        for start in range(len(words)):
            phrase = ""
            for word in words[start:]:
                phrase += word
                if len(phrase) > len(form) + most:
                    break
                if len(phrase) >= len(form) - most and slips(form, phrase, most) <= most:
                    return True
    return False
