"""What is wrong with a content file, said to the person who can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file, the line (from 1), and a sentence that needs no programmer to understand.

    A warning is worth reading, and refuses nothing.
    """

    path: Path
    line: int
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'(warning) ' if self.warning else ''}{self.sentence}"


class ContentRefused(ValueError):
    """Content that cannot be used at all; `faults` are all that were found, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))
