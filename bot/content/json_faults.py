"""A JSON file of somebody else's, taken apart without trust: every fault says where, and none is a traceback."""

import json
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 20_000_000
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class PathFault:
    """One fault of a JSON file: where (`$.contents[0].name`) and a sentence."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


class ImportRefused(ValueError):
    """The file cannot be imported; `faults` are all that were found."""

    def __init__(self, faults: Collection[PathFault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(map(str, self.faults)))


def parsed(text: bytes) -> Any:
    """The JSON in `text`. Raises `ImportRefused`."""
    if len(text) > MOST_BYTES:
        raise ImportRefused([PathFault("$", "This file is too long to be a directory.")])
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ImportRefused([PathFault("$", "This is not well-formed JSON.")]) from None


def services_in(data: Any) -> Iterator[tuple[str, Any]]:
    """Every service of a page, a list, or one service, with its path. Raises `ImportRefused`."""
    if isinstance(data, dict) and "contents" in data:
        if not isinstance(data["contents"], list):
            raise ImportRefused([PathFault("$.contents", "must be a list of services.")])
        yield from ((f"$.contents[{number}]", each) for number, each in enumerate(data["contents"]))
    elif isinstance(data, list):
        yield from ((f"$[{number}]", each) for number, each in enumerate(data))
    else:
        yield "$", data


def clean(text: str) -> str:
    """Plain text on one line: no control signs, no halves of signs, single spaces."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if unicodedata.category(char)[0] != "C")


def with_lists(node: Any) -> Any:
    """Mappings whose names count 0, 1, 2 are lists."""
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [with_lists(node[name]) for name in sorted(node, key=int)]
    return {name: with_lists(each) for name, each in node.items()}


def dotted(place: Place) -> str:
    """A place as people write it: contact.phone."""
    return ".".join(map(str, place))
