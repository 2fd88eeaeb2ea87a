"""Names of languages, as a parent may write them: in English, in Welsh, or in the language itself."""

from functools import cache

from babel import Locale, UnknownLocaleError

from bot.domain.answers import fold


@cache
def _codes() -> dict[str, str]:
    named: dict[str, str] = {}
    for within in ("cy", "en"):
        for code, name in Locale(within).languages.items():
            if len(code) == 2:
                named[fold(name)] = code
    for code in set(named.values()):
        try:
            own = Locale(code).get_language_name()
        except UnknownLocaleError:
            continue
        if own:
            named.setdefault(fold(own), code)
    return named


def language_code(words: str) -> str | None:
    """The two-letter code of the one language that is named in `words`; None where none is, or more than one."""
    found = {code for word in fold(words).split() if (code := _codes().get(word))}
    return found.pop() if len(found) == 1 else None
