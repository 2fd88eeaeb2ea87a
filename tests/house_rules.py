"""The house rules that no library checks. Each is a function of a folder that returns one sentence for each breach.

The rules about imports are import-linter contracts in pyproject.toml. `test_house_rules.py` runs all of them on this
project, and proves each one by planting a breach.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from bot.content.reading import Node, read_document

TOP_LEVEL = {
    "pyproject.toml", "bot", "flows", "locales", "tests", "README.md",  # as the owner asked
    "Makefile", "constraints.txt", ".gitignore", ".gitattributes", ".ci", ".editorconfig", "LICENSE", "CHANGELOG.md",
    "SECURITY.md",
}  # fmt: skip
MOST_LINES = 250
# Rooms where a sentence in Python would be a sentence that somebody reads, and so belongs to the translators.
SPEAKING_ROOMS = ("domain", "services", "gateways", "web")
# Keys of a flow whose text is for whoever edits it, never for parents.
NOTES = {"note", "notes"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
READ_ATTRIBUTES = ("alt", "title", "placeholder", "label", "aria-label", "aria-description")
# What a page may say without the catalogue: our name, which is the same in both languages.
NAMES = {"Helo"}

_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"^[A-ZÂÊÎÔÛŴŶ][^\W\d_'’]*(?:[ ,]+[\w'’-]+){2,}")


def long_modules(root: Path) -> Iterator[str]:
    """A module over the limit has two subjects: split it. A change of the schema is one subject, and stays as it is."""
    for path in _python(root / "bot"):
        if path.parent.name == "versions":
            continue
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > MOST_LINES:
            yield f"{path.relative_to(root)} has {count} lines; the limit is {MOST_LINES}"


def strange_imports_in_domain(root: Path) -> Iterator[str]:
    """The domain imports Python's own library, itself, and transitions in one module."""
    for path in _python(root / "bot" / "domain"):
        for node in ast.walk(_tree(path)):
            for name in _imported(node):
                room = name.split(".")[0]
                known = room in sys.stdlib_module_names or name.startswith("bot.domain")
                if not known and (room, path.stem) != ("transitions", "machines"):
                    yield f"{path.relative_to(root)}:{node.lineno} imports {name}"


def clocks_in_domain(root: Path) -> Iterator[str]:
    """`now` is a parameter: a rule that reads a clock cannot be tested at half past one on a Sunday in March."""
    for path in _python(root / "bot" / "domain"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1] in {"datetime", "date", "time"}:
                    yield f"{path.relative_to(root)}:{node.lineno} asks the clock: {owner}.{node.func.attr}()"


def words_in_python(root: Path) -> Iterator[str]:
    """A sentence in a speaking room that is not a docstring, an exception's or a log's."""
    for room in SPEAKING_ROOMS:
        for path in _python(root / "bot" / room):
            tree = _tree(path)
            excused = _excused(tree)
            for line, text in _strings(tree, excused):
                if _SENTENCE.match(text):
                    yield f"{path.relative_to(root)}:{line} says {text[:40]!r}"


def words_in_templates(root: Path) -> Iterator[str]:
    """A word in a page that does not come out of the catalogue."""
    for path in sorted((root / "bot").rglob("templates/**/*.*")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"\{% block \w*_class %\}.*?\{% endblock %\}", "", text, flags=re.DOTALL)
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
        for name, value in re.findall(r"""([\w-]+)\s*=\s*["']([^"']*)["']""", text):
            if name in READ_ATTRIBUTES and _WORD.search(value):
                yield f"{path.relative_to(root)} has {name}={value[:40]!r}"
        shown = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", text, flags=re.DOTALL)
        for word in _WORD.findall(re.sub(r"&\w+;", " ", shown)):
            if word not in NAMES:
                yield f"{path.relative_to(root)} says {word!r}"


def words_in_scripts(root: Path) -> Iterator[str]:
    """A script or a style sheet that holds words: it takes them from the page instead."""
    for path in sorted((root / "bot").rglob("static/**/*.js")):
        text = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for literal in re.findall(r""""([^"\n]*)"|'([^'\n]*)'|`([^`]*)`""", text):
            if _SENTENCE.match("".join(literal)):
                yield f"{path.relative_to(root)} says {''.join(literal)[:40]!r}"
    for path in sorted((root / "bot").rglob("static/**/*.css")):
        for literal in re.findall(r"""content:\s*["']([^"']*)["']""", path.read_text(encoding="utf-8")):
            if _WORD.search(literal):
                yield f"{path.relative_to(root)} says {literal[:40]!r}"


def words_in_flows(root: Path) -> Iterator[str]:
    """A sentence in a flow: flows hold addresses, the words stand in locales/."""
    for path in sorted((root / "flows").glob("*.yaml")):
        data = read_document(path).data
        if "steps" in data or "commands" in data:
            for place, text in _texts(data):
                if not NOTES & set(place) and len(_WORD.findall(text)) > 2 and " " in text:
                    yield f"{path.relative_to(root)} {'.'.join(place)} says {text[:40]!r}"


def machine_paths(root: Path, files: list[Path]) -> Iterator[str]:
    """A path that exists on one machine only."""
    machine = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "farm", "root", "home")) + r")/\w")
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if machine.search(line):
                yield f"{path.relative_to(root)}:{number} names a place on one machine"


def strange_top_level(root: Path, files: list[Path]) -> Iterator[str]:
    """An entry beside the agreed ones."""
    for name in sorted({path.relative_to(root).parts[0] for path in files} - TOP_LEVEL):
        yield f"{name} is not one of the agreed top-level entries"


def silent_exemptions(root: Path, files: list[Path]) -> Iterator[str]:
    """A check switched off, a test left out, or work left undone, without its reason beside it."""
    # bandit reads every word after `nosec` as one more rule: the reason stands in the line above it.
    bare = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ ?- \w)|#\s*nosec(?! B\d+$)|\bskip\(\s*\)|mark\.(skip|xfail)(?!\w|\()")
    undone = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
    for path in files:
        if path.suffix == ".py" and path.name not in {"house_rules.py", "test_house_rules.py"}:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if bare.search(line) or undone.search(line):
                    yield f"{path.relative_to(root)}:{number} has no reason beside it"


def unpinned_dependencies(root: Path) -> Iterator[str]:
    """A dependency without a version in constraints.txt, or a line there that is more than a name and a version."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    yield from (f"constraints.txt: {line!r}" for line in pins if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line))
    pinned = {_plain(line.split("==")[0]) for line in pins}
    wanted = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    for name in wanted:
        if _plain(re.split(r"[\[<>=~!; ]", name)[0]) not in pinned:
            yield f"{name} has no version in constraints.txt"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _python(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def _strings(tree: ast.Module, excused: set[int]) -> Iterator[tuple[int, str]]:
    """Every string with its line; an f-string as one, with a word in place of each value."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in excused | inside:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "value" for part in node.values]
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _excused(tree: ast.Module) -> set[int]:
    """Strings that nobody reads in a message or a page: docstrings, what is raised or logged, and names of numbers."""
    excused: set[int] = set()
    for node in ast.walk(tree):
        spoken_to_us: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            spoken_to_us.append(node.value)
        elif isinstance(node, ast.Raise | ast.Assert):
            spoken_to_us.append(node)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.startswith(("log.", "warnings.")) or name.split(".")[-1].endswith(("Error", "Exception", "Gauge")):
                spoken_to_us.append(node)
        excused |= {id(inner) for outer in spoken_to_us for inner in ast.walk(outer)}
    return excused


def _texts(node: Node | dict[str, Node], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*place, key))
    else:
        for value in node:
            yield from _texts(value, place)
