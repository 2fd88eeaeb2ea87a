"""The flow files as domain objects. What is read here is sound in shape; `checks` tell whether it makes sense."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.faults import ContentRefused, Fault
from bot.content.flow_file import (
    ChapterFile,
    ChoiceEntry,
    CommandsFile,
    Entry,
    Facts,
    RouteVariant,
    StepEntry,
    WordingVariant,
    check_shape,
)
from bot.content.reading import Document, read_document
from bot.domain.flow import NOWHERE, Branch, Branches, Choice, Command, Flow, Kind, Step, When

COMMANDS = "commands.yaml"
# A file with one of these is a chapter of the journey; other files in the folder have readers of their own.
_CHAPTER_WORDS = frozenset({"chapter", "steps"})
_FINGERPRINT = 12


class LibraryError(ContentRefused):
    """The flow files cannot be read; `faults` says what is wrong with all of them."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that flows/ holds about the journey.

    `flow.version` is "<version>-<fingerprint of the content>": it changes with every change of the flow, not of a
    remark. `chapters` are the files as read, `homes` the file of each step, for faults that name file and line.
    """

    folder: Path
    flow: Flow
    chapters: tuple[Document, ...]
    homes: Mapping[str, Document]
    commands: Document
    shared_answers: tuple[str, ...] = ()
    opt_out_words: frozenset[str] = frozenset()
    opt_in_words: frozenset[str] = frozenset()
    renamed_in: Mapping[str, Document] = field(default_factory=dict)

    def fault_at(self, step: str, sentence: str, *place: str | int) -> Fault:
        """A fault at a step, or at a part of it such as ("choices", "yes")."""
        return self.homes[step].fault(sentence, "steps", step, *place)


def load_library(flows: Path) -> Library:
    """Reads the chapters and commands.yaml; raises `LibraryError` with the faults of all files together."""
    faults: list[Fault] = []
    chapters: list[tuple[Document, ChapterFile]] = []
    for path in sorted(flows.glob("*.yaml")):
        document = _read(path, faults) if path.name != COMMANDS else None
        if document and _CHAPTER_WORDS & document.data.keys():
            shaped = _shaped(ChapterFile, document, faults)
            chapters += [(document, shaped)] if shaped else []
    commands_document = _read(flows / COMMANDS, faults)
    commands = _shaped(CommandsFile, commands_document, faults) if commands_document else None
    faults += _written_twice(chapters)
    first = [(document, chapter) for document, chapter in chapters if chapter.version]
    if not faults and (len(first) != 1 or first[0][1].start is None):
        where = first[-1][0].path if first else flows / COMMANDS
        faults.append(Fault(where, 1, "Exactly one chapter holds “version” and “start” for the whole flow."))
    if faults or commands is None or commands_document is None:
        raise LibraryError(faults)
    homes = {name: document for document, chapter in chapters for name in chapter.steps}
    start = first[0][1]
    flow = Flow(
        name=start.chapter,
        version=f"{start.version}-{_fingerprint(document.data for document in (*homes.values(), commands_document))}",
        start=start.start or "",
        start_after_loss=commands.start_after_loss,
        restart=commands.restart,
        steps={
            name: _step(name, chapter.chapter, entry, commands.shared_answers)
            for _, chapter in chapters
            for name, entry in chapter.steps.items()
        },
        commands=tuple(
            Command(name, f"commands.{name}.words", entry.does, _routes(entry.go), entry.visit, entry.language)
            for name, entry in commands.commands.items()
        ),
        renamed={old: new for _, chapter in chapters for old, new in chapter.renamed.items()},
    )
    return Library(
        folder=flows,
        flow=flow,
        chapters=tuple(document for document, _ in chapters),
        homes=homes,
        commands=commands_document,
        shared_answers=tuple(commands.shared_answers),
        opt_out_words=frozenset(word.casefold() for word in commands.opt_out_words),
        opt_in_words=frozenset(word.casefold() for word in commands.opt_in_words),
        renamed_in={old: document for document, chapter in chapters for old in chapter.renamed},
    )


def _read(path: Path, faults: list[Fault]) -> Document | None:
    try:
        return read_document(path)
    except ContentRefused as refused:
        faults.extend(refused.faults)
        return None


def _shaped(model: type[Entry], document: Document, faults: list[Fault]) -> Entry | None:
    shaped, wrong = check_shape(model, document)
    faults.extend(wrong)
    return shaped


def _written_twice(chapters: Iterable[tuple[Document, ChapterFile]]) -> list[Fault]:
    seen: dict[str, Document] = {}
    faults = []
    for document, chapter in chapters:
        for name in chapter.steps:
            if name in seen:
                other = f"{seen[name].path.name}:{seen[name].line('steps', name)}"
                faults.append(document.fault(f"There is a step “{name}” already, in {other}.", "steps", name))
            seen.setdefault(name, document)
    return faults


def _fingerprint(contents: Iterable[object]) -> str:
    """Of what the files mean: the order of files, spaces and remarks do not count."""
    parts = sorted({json.dumps(content, ensure_ascii=False) for content in contents})
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_FINGERPRINT]


def _step(name: str, chapter: str, entry: StepEntry, shared: Iterable[str]) -> Step:
    by_choice = Kind.CHOICE if entry.choices or entry.item else Kind.NOTHING
    return Step(
        name=name,
        chapter=chapter,
        note=entry.note,
        say=tuple(_wordings(wording) for wording in entry.say),
        why=_wordings(entry.why),
        ask=_wordings(entry.ask),
        ask_again=_wordings(entry.ask_again),
        answer=entry.answer or by_choice,
        choices=tuple(_choice(f"{chapter}.{name}.{key}", key, choice, shared) for key, choice in entry.choices.items()),
        letters=entry.letters == "yes",
        both_languages=entry.both_languages == "yes",
        find=entry.find,
        item=entry.item,
        take=entry.take,
        gone=entry.gone,
        none_found=_routes(entry.none_found),
        do=entry.do,
        failed=_routes(entry.failed),
        go=_routes(entry.go),
        skip=_routes(entry.skip),
        pass_by=tuple(_when(facts) for facts in entry.pass_by),
        visit=entry.visit,
        entered_by=entry.entered_by,
        end=entry.end == "yes",
    )


def _choice(label: str, key: str, entry: ChoiceEntry, shared: Iterable[str]) -> Choice:
    words = f"answers.{key}.words" if key in shared else f"{label}.words"
    return Choice(key, label, (words,), _routes(entry.go), entry.do, _when(entry.when), _months(entry.age))


def _months(age: str | None) -> tuple[int, int] | None:
    low, _, high = (age or "").partition("-")
    return (int(low), int(high)) if age else None


def _when(facts: Facts) -> When:
    return When({name: frozenset([one] if isinstance(one, str) else one) for name, one in facts.items()})


def _wordings(entry: str | list[WordingVariant] | None) -> Branches:
    if entry is None or isinstance(entry, str):
        return Branches((Branch(When(), entry),)) if entry else NOWHERE
    return Branches(Branch(_when(variant.when), variant.text) for variant in entry)


def _routes(entry: str | list[RouteVariant] | None) -> Branches:
    if entry is None or isinstance(entry, str):
        return Branches((Branch(When(), entry),)) if entry else NOWHERE
    return Branches(Branch(_when(variant.when), variant.to) for variant in entry)
