"""Screens texts given one a line: what `helo screen` prints."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.domain.language import guess_language
from bot.domain.lexicon import Lexicon
from bot.domain.screening import screen


def screen_lines(lexicon: Lexicon, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """For each line, in order, an object ready for JSON: level, categories, matches, language if clear."""
    for line in lines:
        text = line.rstrip("\r\n")
        screening = screen(text, lexicon)
        yield {
            "level": screening.level,
            "categories": list(screening.categories),
            "matches": [
                {"rule": match.rule, "words": match.words, "start": match.start, "end": match.end}
                for match in screening.matches
            ],
            "lang": guess_language(text),
        }
