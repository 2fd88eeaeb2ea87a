"""Keeps what the web chat answered as its page draws it: the languages of the lines, the buttons, the cards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot.services.put_into_words import Rendered


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as the page shows it: `lines` are (language, words), `options` are (mark, label).

    `about` names what the page draws with it: an offer, or a card.
    """

    language: str
    lines: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class PackedReply:
    """An answer of the bot on the web, and the step at which it left the parent."""

    step: str
    texts: tuple[Shown, ...]


def pack_reply(step: str, texts: Iterable[Rendered]) -> str:
    """The answer as one string to keep; the same answer always gives the same string."""
    shown = [
        {"language": text.language, "lines": text.lines, "options": text.options}
        | ({"about": text.about} if text.about else {})
        for text in texts
    ]
    return json.dumps({"step": step, "texts": shown})


def unpack_reply(kept: str) -> PackedReply:
    """What `pack_reply` kept."""
    read = json.loads(kept)
    return PackedReply(
        read["step"],
        tuple(
            Shown(
                text["language"],
                tuple(map(_pair, text["lines"])),
                tuple(map(_pair, text["options"])),
                text.get("about", ""),
            )
            for text in read["texts"]
        ),
    )


def _pair(pair: list[str]) -> tuple[str, str]:
    first, second = pair
    return first, second
