"""YAML read strictly: every scalar is a string, nothing is written twice, every place knows its line.

Plain YAML turns `no` into False and 12:30 into 750, keeps the last of two equal keys, and lets a file repeat itself by
reference. A file that a clinician edits must mean what it shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.content.faults import ContentRefused, Fault

Node = str | list["Node"] | dict[str, "Node"]
Place = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: strings, lists and mappings only. `lines` tells where each place stands."""

    path: Path
    data: Mapping[str, Node] = field(default_factory=dict)
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int:
        """The line (from 1) of a place such as ("steps", "stage", "ask"); of the nearest place around it otherwise."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    def fault(self, sentence: str, *place: str | int) -> Fault:
        """A fault at that place."""
        return Fault(self.path, self.line(*place), sentence)


def read_document(path: Path) -> Document:
    """The file at `path`; raises `ContentRefused` with every fault found."""
    faults: list[Fault] = []
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentRefused([Fault(path, 1, "This file is missing.")]) from None
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise ContentRefused([Fault(path, line, "This file must be saved as UTF-8 text.")]) from None
    lines: dict[Place, int] = {}
    try:
        data = _Builder(path, text, lines, faults).document()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        why = fault.problem or fault.context or "it cannot be read"
        raise ContentRefused([Fault(path, mark.line + 1 if mark else 1, f"This is not well-formed: {why}.")]) from None
    except yaml.YAMLError:
        raise ContentRefused([Fault(path, 1, "This file holds a character that does not belong in text.")]) from None
    if not isinstance(data, dict):
        faults.append(Fault(path, 1, "This file must begin with a name and a colon."))
    if faults or not isinstance(data, dict):
        raise ContentRefused(faults)
    return Document(path, data, lines)


class _Builder:
    """Builds plain data from the parser's events, noting lines and faults on the way."""

    def __init__(self, path: Path, text: str, lines: dict[Place, int], faults: list[Fault]) -> None:
        self._path = path
        self._lines = lines
        self._faults = faults
        self._events = iter(yaml.parse(text, Loader=_LOADER))

    def document(self) -> Node:
        data: Node = ""
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault(event, "A second document begins here; one file holds one.")
                read = self._node(next(self._events), ())
                data = read if documents == 1 else data
        return data

    def _node(self, event: Any, place: Place) -> Node:
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, "“*” would repeat another part of the file; write it out instead.")
            return ""
        if event.anchor:
            self._fault(event, "“&” would name this part for repeating; leave it out.")
        if event.tag:
            self._fault(event, f"“{event.tag}” is not allowed here; everything is plain text.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        if not event.style and event.value in ("", "~"):
            self._fault(event, f"“{place[-1]}” has nothing after it." if place else "This file is empty.")
        value: str = event.value
        return value

    def _mapping(self, place: Place) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self._fault(key, "A name before a colon must be one plain word.")
                self._node(key, place)
                self._node(next(self._events), place)
                continue
            name = key.value
            here = (*place, name)
            if name in found:
                self._fault(key, f"“{name}” is written twice; it is first on line {self._lines[here]}.")
            else:
                self._lines[here] = _line(key)
            value = self._node(next(self._events), here)
            found.setdefault(name, value)
        return found

    def _sequence(self, place: Place) -> list[Node]:
        found: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*place, len(found))
            self._lines[here] = _line(event)
            found.append(self._node(event, here))
        return found

    def _fault(self, event: Any, sentence: str) -> None:
        self._faults.append(Fault(self._path, _line(event), sentence))


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line
