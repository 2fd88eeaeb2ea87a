"""A small layered layout: boxes in rows from top to bottom, lines between them that pass no box.

The classic way (Sugiyama): lines that lead back are set aside, every box stands one row below the lowest that leads to
it, long lines get a narrow place in each row they pass, and rows are put in order so that few lines cross.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_GAP, _ROW_GAP, _LINE = 28.0, 46.0, 16.0
_SWEEPS = 8
# Pieces that do not hang together stand side by side up to this width.
_SHELF = 1100.0


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place: its size in, its place out."""

    name: str
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. `lines` are the points each line passes, by (from, to)."""

    boxes: Mapping[str, Box]
    lines: Mapping[tuple[str, str], tuple[tuple[float, float], ...]]
    width: float
    height: float


@dataclass(slots=True)
class _Rows:
    """Rows of names; a long line has a made-up name in every row it passes."""

    rows: list[list[str]]
    sizes: dict[str, tuple[float, float]]
    above: dict[str, list[str]] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    paths: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def lay_out(boxes: Sequence[Box], edges: Iterable[tuple[str, str]]) -> Layout:
    """Places `boxes`; `edges` between them that lead back or to themselves are not drawn."""
    forward = _forward([box.name for box in boxes], edges)
    pieces = []
    for piece in _pieces(boxes, forward):
        names = {box.name for box in piece}
        rows = _in_rows(piece, [edge for edge in forward if edge[0] in names])
        for sweep in range(_SWEEPS):
            _sort(rows, downwards=sweep % 2 == 0)
        pieces.append(_placed({box.name: box for box in piece}, rows))
    return _packed(pieces)


def _pieces(boxes: Sequence[Box], edges: Iterable[tuple[str, str]]) -> list[list[Box]]:
    """Boxes that hang together, each piece in the order of the boxes."""
    group = {box.name: box.name for box in boxes}
    for source, target in edges:
        old, new = group[target], group[source]
        group = {name: new if other == old else other for name, other in group.items()}
    pieces: dict[str, list[Box]] = {}
    for box in boxes:
        pieces.setdefault(group[box.name], []).append(box)
    return list(pieces.values())


def _packed(pieces: Sequence[Layout]) -> Layout:
    """The pieces beside and below one another, no wider than the widest of them or `_SHELF`."""
    shelf = max([_SHELF, *(piece.width for piece in pieces)])
    boxes: dict[str, Box] = {}
    lines: dict[tuple[str, str], tuple[tuple[float, float], ...]] = {}
    left = top = height = width = 0.0
    for piece in pieces:
        if left and left + piece.width > shelf:
            left, top, height = 0.0, top + height + _ROW_GAP, 0.0
        for name, box in piece.boxes.items():
            boxes[name] = Box(name, box.width, box.height, box.x + left, box.y + top)
        for edge, points in piece.lines.items():
            lines[edge] = tuple((x + left, y + top) for x, y in points)
        left, height = left + piece.width + _GAP, max(height, piece.height)
        width = max(width, left - _GAP)
    return Layout(boxes, lines, width, top + height)


def _forward(names: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges without those that lead back, found by walking from the first name on."""
    onward: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        if source in onward and target in onward and source != target and target not in onward[source]:
            onward[source].append(target)
    kept: list[tuple[str, str]] = []
    state: dict[str, str] = {}
    for root in names:
        stack = [(root, iter(onward[root]))] if root not in state else []
        state.setdefault(root, "open")
        while stack:
            name, left = stack[-1]
            target = next(left, "")
            if not target:
                state[name] = "done"
                stack.pop()
            elif state.get(target) != "open":
                kept.append((name, target))
                if target not in state:
                    state[target] = "open"
                    stack.append((target, iter(onward[target])))
    return kept


def _in_rows(boxes: Sequence[Box], edges: Sequence[tuple[str, str]]) -> _Rows:
    row = {box.name: 0 for box in boxes}
    for _ in boxes:
        for source, target in edges:
            row[target] = max(row[target], row[source] + 1)
    rows = _Rows(
        [[] for _ in range(max(row.values(), default=0) + 1)], {box.name: (box.width, box.height) for box in boxes}
    )
    for box in boxes:
        rows.rows[row[box.name]].append(box.name)
    for source, target in edges:
        path = [source]
        for level in range(row[source] + 1, row[target]):
            stop = f"{source}>{target}@{level}"
            rows.rows[level].append(stop)
            rows.sizes[stop] = (_LINE, 0.0)
            path.append(stop)
        path.append(target)
        rows.paths[source, target] = path
        for upper, lower in pairwise(path):
            rows.below.setdefault(upper, []).append(lower)
            rows.above.setdefault(lower, []).append(upper)
    return rows


def _sort(rows: _Rows, *, downwards: bool) -> None:
    """One sweep: each row in the order of the middle of its neighbours in the row before."""
    neighbours = rows.above if downwards else rows.below
    order = rows.rows if downwards else rows.rows[::-1]
    for before, row in pairwise(order):
        place = {name: (index + 0.5) / len(before) for index, name in enumerate(before)}
        own = {name: (index + 0.5) / len(row) for index, name in enumerate(row)}

        def middle(name: str, place: Mapping[str, float] = place, own: Mapping[str, float] = own) -> float:
            near = [place[other] for other in neighbours.get(name, ()) if other in place]
            return sum(near) / len(near) if near else own[name]

        row.sort(key=middle)


def _placed(boxes: Mapping[str, Box], rows: _Rows) -> Layout:
    widths = [sum(rows.sizes[name][0] for name in row) + _GAP * (len(row) - 1) for row in rows.rows]
    width = max(widths, default=0.0)
    middle: dict[str, tuple[float, float, float]] = {}
    found: dict[str, Box] = {}
    top = 0.0
    for row, row_width in zip(rows.rows, widths, strict=True):
        left = (width - row_width) / 2
        height = max((rows.sizes[name][1] for name in row), default=0.0)
        for name in row:
            box_width, box_height = rows.sizes[name]
            foot = top + (box_height if name in boxes else height)
            middle[name] = (left + box_width / 2, top, foot)
            if name in boxes:
                found[name] = Box(name, box_width, box_height, left, top)
            left += box_width + _GAP
        top += height + _ROW_GAP
    lines = {}
    for edge, path in rows.paths.items():
        points = [(middle[edge[0]][0], middle[edge[0]][2])]
        for stop in path[1:-1]:
            points += [(middle[stop][0], middle[stop][1]), (middle[stop][0], middle[stop][2])]
        lines[edge] = (*points, (middle[edge[1]][0], middle[edge[1]][1]))
    return Layout(found, lines, width, max(top - _ROW_GAP, 0.0))
