"""Makes the helplines in a text into links that ring them: in a bad moment nobody should have to copy a number."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from bot.domain.conversation import Bilingual, Value

_LEADING_NUMBER = re.compile(r"\+?[0-9][0-9 ]*[0-9]")
_TEXTS = "_text"


class NumberLinks:
    """Knows the numbers of our helplines and no others: a time, a postcode or a parent's own number is left alone."""

    def __init__(self, numbers: Mapping[str, Value]) -> None:
        """`numbers` by key, as a text quotes them ("999, then 55"); a key ending in `_text` is a number for texts."""
        self._links: dict[str, str] = {}
        for key, value in numbers.items():
            for quoted in (value.cy, value.en) if isinstance(value, Bilingual) else (str(value),):
                found = _LEADING_NUMBER.match(quoted)
                if found:
                    scheme = "sms" if key.endswith(_TEXTS) else "tel"
                    self._links[found[0]] = f"{scheme}:{found[0].replace(' ', '')}"
        known = "|".join(re.escape(number) for number in sorted(self._links, key=len, reverse=True))
        self._known = re.compile(rf"(?<![\d:.,/+])(?<!\d )(?:{known})(?![:/]?\d)(?! \d)") if known else None

    def link(self, words: str) -> Markup:
        """The words, escaped, with links."""
        if self._known is None:
            return escape(words)
        parts, end = [], 0
        for found in self._known.finditer(words):
            parts += [
                escape(words[end : found.start()]),
                Markup('<a href="{}">{}</a>').format(self._links[found[0]], found[0]),
            ]
            end = found.end()
        return Markup("").join([*parts, escape(words[end:])])
