"""Finds every wording address in use: in flows/, in the pages, in Python, with the author's note and where it stands.

An address that is put into words for certain (a step's `ask`, `say("chat.send")`, `Line("common.holding")`) must have
wording. One that is only mentioned, or put together while running ("booking.summary." and a name), keeps the wording
there is from becoming obsolete.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, TemplateError, nodes

from bot.content.faults import ContentRefused
from bot.content.library import Library
from bot.content.reading import Node, Place, read_document

# Calls whose first plain text is an address that will be put into words.
_SPEAKING = frozenset({"Line", "say", "spoken", "remark", "text", "words"})
_SHAPE = re.compile(r"([a-z][a-z0-9_]*)((?:\.[a-z0-9_]+)*)\.?")
_FILE_ENDINGS = frozenset({"csv", "html", "ics", "js", "json", "po", "py", "svg", "txt", "yaml"})
_NOTE = "note:"
_NOTE_REACH = 2


@dataclass(slots=True)
class Use:
    """One address: where it is used and what its authors say about it. `is_needed` False: only mentioned."""

    address: str
    places: list[tuple[Path, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_needed: bool = False


@dataclass(slots=True)
class Uses:
    """Every address in use, in the order of the files; `beginnings` are addresses put together while running."""

    by_address: dict[str, Use] = field(default_factory=dict)
    beginnings: set[str] = field(default_factory=set)

    def keeps(self, address: str) -> bool:
        """True when the wording of the address is still of use."""
        if address in self.by_address or any(address.startswith(beginning) for beginning in self.beginnings):
            return True
        parts = address.split(".")
        mentioned = (self.by_address.get(".".join(parts[:length])) for length in range(2, len(parts)))
        return any(use is not None and not use.is_needed for use in mentioned)

    def note(self, address: str, place: tuple[Path, int], note: str = "", *, is_needed: bool = True) -> None:
        """Notes one more use."""
        use = self.by_address.setdefault(address, Use(address))
        use.is_needed = use.is_needed or is_needed
        if place not in use.places:
            use.places.append(place)
        if note and note not in use.notes:
            use.notes.append(note)


def find_uses(library: Library, code: Path, domains: Iterable[str]) -> Uses:
    """Every use in the flows and in the Python files and pages under `code`.

    `domains` are the first words that make a text an address. In this package itself nothing is put together while
    running: it only speaks of addresses that begin so.
    """
    uses = Uses()
    _from_flow(library, uses)
    known = frozenset(domains) | {step.chapter for step in library.flow.steps.values()} | {"commands", "answers"}
    chapters = {document.path for document in library.chapters} | {library.commands.path}
    for path in sorted(library.folder.rglob("*.yaml")):
        if path not in chapters:
            _from_yaml(path, known, uses)
    for path in sorted(code.rglob("*.py")):
        _from_python(path, known, uses)
    for path in sorted((*code.rglob("*.html"), *code.rglob("*.jinja"), *code.rglob("*.txt"))):
        _from_template(path, known, uses)
    return uses


def step_addresses(library: Library, name: str) -> Iterator[tuple[str, Place]]:
    """Every address a step can say, with the place in its file; typed words not included."""
    step = library.flow.steps[name]
    for number, text in enumerate(step.say):
        yield from ((address, ("say", number)) for address in text.targets())
    for part in ("why", "ask", "ask_again"):
        yield from ((address, (part,)) for address in getattr(step, part).targets())
    for part in ("item", "gone"):
        if address := getattr(step, part):
            yield address, (part,)
    for choice in step.choices:
        yield choice.label, ("choices", choice.key)


def _from_flow(library: Library, uses: Uses) -> None:
    for step in library.flow.steps.values():
        home = library.homes[step.name]
        note = f"[{step.name}] {step.note}"
        for address, place in step_addresses(library, step.name):
            uses.note(address, (home.path, home.line("steps", step.name, *place)), note)
        for choice in step.choices:
            for words in choice.words:
                where = (home.path, home.line("steps", step.name, "choices", choice.key))
                uses.note(words, where, _words_note(words, choice.key))
    for command in library.flow.commands:
        where = (library.commands.path, library.commands.line("commands", command.name))
        uses.note(command.words, where, _words_note(command.words, command.name))
    shared_line = library.commands.line("shared_answers")
    for answer in library.shared_answers:
        address = f"answers.{answer}.words"
        uses.note(address, (library.commands.path, shared_line), _words_note(address, answer))


def _words_note(address: str, name: str) -> str:
    where = "anywhere" if address.startswith(("answers.", "commands.")) else "here"
    return f"[words] What a parent may type {where} for “{name}”; a | between one and the next."


def _from_yaml(path: Path, known: frozenset[str], uses: Uses) -> None:
    """Other content files may hold addresses too (the first safe texts, for one)."""
    try:
        document = read_document(path)
    except ContentRefused:
        return  # its own reader reports it
    for place, text in _texts(document.data):
        if _is_address(text, known):
            uses.note(text, (path, document.line(*place)))


def _texts(node: Node | Mapping[str, Node], place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from _texts(each, (*place, number))
    else:
        for name, each in node.items():
            yield from _texts(each, (*place, name))


def _from_python(path: Path, known: frozenset[str], uses: Uses) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    notes = _python_notes(source)
    spoken = {id(call.args[0]) for call in ast.walk(tree) if isinstance(call, ast.Call) and call.args and _speaks(call)}
    begun = {id(found.values[0]) for found in ast.walk(tree) if isinstance(found, ast.JoinedStr) and found.values}
    begun |= {id(found.left) for found in ast.walk(tree) if isinstance(found, ast.BinOp)}
    for found in ast.walk(tree):
        if not isinstance(found, ast.Constant) or not isinstance(found.value, str):
            continue
        if id(found) in begun:
            if path.parent != Path(__file__).parent:
                _note_beginning(uses, found.value, known)
        else:
            _note_text(uses, found.value, (path, found.lineno), notes, known, is_needed=id(found) in spoken)


def _speaks(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _SPEAKING


def _python_notes(source: str) -> Mapping[int, str]:
    lines = enumerate(source.splitlines(), start=1)
    return {
        number: line.split(_NOTE, 1)[1].strip()
        for number, line in lines
        if line.lstrip().startswith("#") and _NOTE in line
    }


def _from_template(path: Path, known: frozenset[str], uses: Uses) -> None:
    source = path.read_text(encoding="utf-8")
    environment = Environment(autoescape=True)
    try:
        tree = environment.parse(source)
    except TemplateError:
        return  # not a page of ours, or the page's own test will say so
    notes = _template_notes(environment, source)
    spoken = set()
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "name", getattr(call.node, "attr", ""))
        if name in _SPEAKING and call.args:
            spoken.add(id(call.args[0]))
    begun = {id(found.nodes[0]) for found in tree.find_all(nodes.Concat)}
    begun |= {id(found.left) for found in tree.find_all(nodes.Add)}
    for found in tree.find_all(nodes.Const):
        if not isinstance(found.value, str):
            continue
        if id(found) in begun:
            _note_beginning(uses, found.value, known)
        else:
            _note_text(uses, found.value, (path, found.lineno), notes, known, is_needed=id(found) in spoken)


def _template_notes(environment: Environment, source: str) -> Mapping[int, str]:
    """Notes by the line they end on."""
    return {
        line + text.count("\n"): " ".join(text.strip().removeprefix(_NOTE).split())
        for line, kind, text in environment.lex(source)
        if kind == "comment" and text.strip().startswith(_NOTE)
    }


def _note_beginning(uses: Uses, text: str, known: frozenset[str]) -> None:
    """An address that is put together while running: everything that begins so stays."""
    if text.partition(".")[0] in known and "." in text and _SHAPE.fullmatch(text):
        uses.beginnings.add(text)


def _note_text(
    uses: Uses,
    text: str,
    place: tuple[Path, int],
    notes: Mapping[int, str],
    known: frozenset[str],
    *,
    is_needed: bool,
) -> None:
    if not _is_address(text, known):
        return
    line = place[1]
    note = next((notes[near] for near in range(line, line - _NOTE_REACH - 1, -1) if near in notes), "")
    uses.note(text, place, f"[{place[0].stem}] {note}" if note else "", is_needed=is_needed)


def _is_address(text: str, known: frozenset[str]) -> bool:
    match = None if text.endswith(".") else _SHAPE.fullmatch(text)
    return bool(match and match[1] in known and match[2] and match[2].rpartition(".")[2] not in _FILE_ENDINGS)
