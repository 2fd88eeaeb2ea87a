"""Typed settings out of an environment: reads every one, reports all faults at once, remembers where each came from.

A class of settings is a frozen dataclass whose fields are made by `setting(...)`;
the comment above a field is its help.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "HELO_"
FROM_FILE = "_FILE"


class SettingsError(ValueError):
    """The settings cannot be used; `faults` holds one sentence for each thing wrong, never a secret."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it was found: `text` is the raw value, `source` says in words where it came from."""

    name: str
    text: str
    source: str
    secret: bool
    help: str


def setting(read: Callable[[str], Any], default: str = "", *, secret: bool = False, name: str = "") -> Any:
    """A field read by `read` from the environment's text; `read` raises ValueError with the end of a sentence.

    `name` is the variable's, without the prefix, where it differs from the field's.
    """
    return field(repr=not secret, metadata={"read": read, "default": default, "secret": secret, "name": name})


def find_entries(kind: type, environment: Mapping[str, str], demo: Mapping[str, str]) -> tuple[list[Entry], list[str]]:
    """Every setting of `kind` as found, and the faults met on the way (unreadable files, names given twice)."""
    helps = _helps(kind)
    entries, faults = [], []
    for each in fields(kind):
        name = PREFIX + (each.metadata["name"] or each.name).upper()
        try:
            text, source = _find(name, each, environment, demo)
        except ValueError as fault:
            faults.append(str(fault))
            text, source = each.metadata["default"], "default"
        entries.append(Entry(name, text, source, each.metadata["secret"], helps[each.name]))
    known = {entry.name for entry in entries}
    faults.extend(_misspelt(known, environment))
    return entries, faults


def read_values(kind: type, entries: list[Entry]) -> tuple[dict[str, Any], list[str]]:
    """The typed value of each entry by field name, and a sentence for each that cannot be read."""
    values: dict[str, Any] = {}
    faults = []
    for each, entry in zip(fields(kind), entries, strict=True):
        try:
            values[each.name] = each.metadata["read"](entry.text)
        except ValueError as fault:
            faults.append(f"{entry.name} {fault}")
            values[each.name] = each.metadata["read"](each.metadata["default"])
    return values, faults


def read_lines(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; comments and empty lines are left out. Empty when there is no such file."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _find(name: str, each: Field[Any], environment: Mapping[str, str], demo: Mapping[str, str]) -> tuple[str, str]:
    beside = name + FROM_FILE
    if environment.get(name) and environment.get(beside):
        raise ValueError(f"{name} and {beside} are both set: keep one.")
    if environment.get(name):
        return environment[name], "environment"
    if environment.get(beside):
        path = Path(environment[beside])
        try:
            return path.read_text(encoding="utf-8").strip(), f"file {path}"
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"{beside} names a file that cannot be read: {path}") from None
    if demo.get(name):
        return demo[name], "demo.env"
    return each.metadata["default"], "default"


def _misspelt(known: set[str], environment: Mapping[str, str]) -> Iterator[str]:
    """A name that looks like one of ours but is not: a silent typo would leave the default standing."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and name.removesuffix(FROM_FILE) not in known:
            near = difflib.get_close_matches(name.removesuffix(FROM_FILE), known, n=1, cutoff=0.88)
            if near:
                yield f"{name} is not a setting: did you mean {near[0]}?"


def _helps(kind: type) -> dict[str, str]:
    """The comment above each field, as one line. A field without a comment is a mistake in the class."""
    helps: dict[str, str] = {}
    comment: list[str] = []
    names = {each.name for each in fields(kind)}
    for line in inspect.getsource(kind).splitlines():
        text = line.strip()
        found = re.match(r"(\w+):", text)
        if text.startswith("#"):
            comment.append(text.lstrip("# "))
        elif found and found[1] in names:
            helps[found[1]] = " ".join(comment)
            comment = []
        elif not text:
            comment = []
    missing = [name for name in names if not helps.get(name)]
    if missing:
        raise TypeError(f"no comment above {', '.join(sorted(missing))}")
    return helps
