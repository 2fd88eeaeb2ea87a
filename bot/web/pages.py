"""What every page has: words from the catalogue in the page's own language, and the same look.

Templates say `{{ say("chat.send") }}`; the words are escaped like any other value. `{{ language }}` is the page's own
language, and `{{ say("chat.send", language="cy") }}` speaks another one (give that element its `lang`).
"""

from typing import Protocol

from flask import Flask, g

from bot.domain.conversation import LANGUAGES, Value

_NO_VALUES: dict[str, Value] = {}


class Words(Protocol):
    """What a page needs of the catalogue."""

    def text(
        self, language: str, address: str, values: dict[str, Value] = _NO_VALUES, count: int | None = None
    ) -> str: ...


def speak(language: str) -> None:
    """Sets the language of the page being made; raises `ValueError` for one we do not speak."""
    if language not in LANGUAGES:
        raise ValueError("not a language of ours")
    g.page_language = language


def page_language() -> str:
    """The language of the page being made: Welsh first, until somebody has chosen."""
    language: str = g.get("page_language", LANGUAGES[0])
    return language


def dress_pages(app: Flask, words: Words, **everywhere: Value) -> None:
    """Gives every template `say` and `language`. `everywhere` are values any text may use (helplines, the team)."""

    def say(address: str, /, *, count: int | None = None, language: str | None = None, **values: Value) -> str:
        return words.text(language or page_language(), address, {**everywhere, **values}, count)

    app.jinja_env.globals["say"] = say
    app.jinja_env.globals["languages"] = LANGUAGES
    app.context_processor(lambda: {"language": page_language()})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
