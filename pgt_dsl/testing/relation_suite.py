"""The suite of relations for one measure: over random shapes it answers to every change as its author declares.

from pgt_dsl.testing.relation_suite import relation_faults
assert not relation_faults(registry().functions["opening"], registry(), kinds=("wedge",))
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import Function
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.oracle_verdict import SCANNED
from pgt_dsl.program.program import Margins, NodeId
from pgt_dsl.testing.moved import EVERYTHING, Change, Foreseen, Moved
from pgt_dsl.testing.moves import Moves, fault_of, moves
from pgt_dsl.testing.relations import CLOSE, NEAR
from pgt_dsl.testing.replayed import evaluator_of

WIDTH, HEIGHT = 480, 360
FILLED = ("figure", "ellipse", "rect", "polygon", "blob", "text")
LINES = ("line", "arrow", "path", "curve")
_TURNED = frozenset({"figure", "ellipse", "rect", "polygon", "blob", "text", "line", "arrow"})
# A value to ask about, by the type of a parameter. (Of a list of points the first parameter's name is part.)
_DRAWN = {
    "point": "anywhere(canvas)", "length": "2vmin .. 20vmin", "area": "4px * 4px .. 90px * 90px",
    "angle": "0deg .. 360deg", "number": "0.1 .. 3", "Q": "2vmin .. 20vmin", "int": "1 .. 6", "color": "basic",
    "text": "words", "point[]": "scatter(4)", "bool": "coin", "vector": None, "form": "forms",
    "int[]": "repeat(6, 0 .. 4)", "number[]": "repeat(6, 0.1 .. 3)",
}  # fmt: skip


def relation_faults(
    function: Function, registry: Registry, kinds: Sequence[str] = (), count: int = 6, seed: int = 0
) -> list[str]:
    """What is wrong with how a function answers to mirrors, turns, scales, shifts and other colours; a line each.

    registry: where the function is. kinds: the kinds of shapes that it is for (none: filled ones and lines).
    count: scenes for each pair of kinds. A function that declares ``none`` is not looked at. That nothing could be
    compared is a fault too: in a plugin's own tests it should be seen.
    """
    if function.relations is None:
        return [
            f"`{function.name}` does not declare how it answers to changes: write `relations={{}}` when by its types"
        ]
    wrong = fault_of(function.relations)
    if wrong or EVERYTHING in function.relations:
        return [f"`{function.name}`: {wrong}"] if wrong else []
    found: list[str] = []
    compared = 0
    for pair in _pairs(function, kinds):
        try:
            now, foreseen, node = _readings(function, registry, pair, count, seed)
        except PgtError as error:  # the function is not for such shapes
            found += [] if not kinds else [f"`{function.name}` of {' and '.join(pair)}: {error}"]
            continue
        told, faults = _compared(function, now, foreseen, node)
        compared += told
        found += [f"`{function.name}` of {' and '.join(pair)}: {fault}" for fault in faults]
    return found if compared or found else [f"`{function.name}`: nothing could be compared"]


def _pairs(function: Function, kinds: Sequence[str]) -> list[tuple[str, str]]:
    if "shape" not in function.signature:
        return [("dot", "dot")]
    if kinds:
        return [(a, b) for a in kinds for b in kinds]
    filled = [(kind, FILLED[k - 1]) for k, kind in enumerate(FILLED)]
    lines = [(kind, LINES[k - 1]) for k, kind in enumerate(LINES)]
    if function.section == "lines":  # of other shapes they say nothing that a mirror would keep
        return lines
    return [*filled, *lines, ("dot", "blob")]


def _readings(
    function: Function, registry: Registry, pair: tuple[str, str], count: int, seed: int
) -> tuple[Moved, Foreseen, NodeId]:
    from pgt_dsl.api import load

    task = load(spec_of(function, pair), registry)
    pipeline = task.pipeline(seed, HEIGHT)
    scenes = [scene for scene in pipeline.scenes(range(count)) for _ in moves(WIDTH, HEIGHT)]
    was = evaluator_of(task.program, registry, scenes, pipeline.photos)
    chosen = [move for _ in range(count) for move in moves(WIDTH, HEIGHT)]
    change = Change(was, Moves(chosen, [int(code[1:], 16) for code in registry.colors.values()]))
    return Moved(change), Foreseen(change), task.program.names["found"]


def spec_of(function: Function, pair: tuple[str, str]) -> str:
    """A spec whose ``found`` asks a function about random shapes of two kinds, points and quantities.

    Raises ``PgtError`` for a parameter of a type that nothing is drawn for.
    """
    from pgt_dsl.types.signature import parse_signature

    lines, args, shapes = [], [], iter("ab")
    for param in parse_signature(function.signature).params:
        type = param.base + "[]" * param.rank
        if param.base == "shape":
            one = next(shapes, "b")
            args.append(one if not param.rank else {"a": "[a, c, d]", "b": "[b, e, f]"}[one])
            continue
        drawn = _DRAWN.get(type)
        if drawn is None:
            if type != "vector":
                raise PgtError(f"nothing is drawn for a parameter of type {type}")
            args.append(f"(({param.name}_p - {param.name}_q) / 1px)")
            lines += [f"let {param.name}_{k} ~ anywhere(canvas)" for k in "pq"]
            continue
        lines.append(f"let arg_{param.name} ~ {drawn}")
        args.append(f"arg_{param.name}")
    first, second = pair
    shapes_text = [
        f"shape {name}: {kind} {{ {_fields(kind, k)} }}"
        for k, (name, kind) in enumerate(zip("abcdef", (first, second, first, first, second, second), strict=True))
    ]
    called = f"let found = {function.name}({', '.join(args)})"
    canvas = f"canvas {WIDTH // 120} by {HEIGHT // 120}"
    return "\n".join(['task "suite/relations"', canvas, *shapes_text, *lines, called,
                      'ask "How many shapes are there?"', "  answer count(shapes)", ""])  # fmt: skip


def _fields(kind: str, k: int) -> str:
    """Where a shape is and how large: the second of two is the larger, so that one may lie in the other."""
    turn = ["turn ~ 0deg .. 360deg"] if kind in _TURNED else []
    wide = "20vmin .. 60vmin" if k % 2 else "6vmin .. 30vmin"
    size = {"figure": ["size"], "polygon": ["size"], "blob": ["size"], "ellipse": ["width", "height"],
            "rect": ["width", "height"]}.get(kind, [])  # fmt: skip
    return ", ".join([*turn, *(f"{name} ~ {wide}" for name in size)])


def _compared(function: Function, now: Evaluator, foreseen: Foreseen, node: NodeId) -> tuple[int, list[str]]:
    """How many values could be compared, and a line for each change under which some differ."""
    type = now.program.nodes[node].type
    expected, found = foreseen.value(node), now.value(node)
    rows = now.rows
    a, b = (np.broadcast_to(v.data, (rows, *v.data.shape[1:])).reshape(rows, -1) for v in (expected, found))
    scale = np.abs(foreseen.change.moves.a)[:, None]
    sure = ~foreseen.unsure[:, None] & np.ones(a.shape, np.bool_)
    if a.dtype.kind in "fc":
        sure &= np.isfinite(a) & np.isfinite(b)
        off = np.abs(np.where(sure, a, 0) - np.where(sure, b, 0))
        off = np.abs((off + 180) % 360 - 180) if type.base == "angle" else off
        share = CLOSE + (SCANNED if type.base == "area" else 0.0)  # areas of curves are summed along scan lines
        same = off <= function.tolerance * scale**2 + share * np.maximum(np.abs(np.where(sure, b, 0)), 1.0)
    else:
        margin = np.abs(np.broadcast_to(now.margin(node, Margins()), (rows,)))
        sure &= (margin > NEAR)[:, None]
        same = a == b
    faults = []
    chosen = foreseen.change.moves.chosen
    for name in dict.fromkeys(move.name for move in chosen):
        rows_of = np.asarray([move.name == name for move in chosen])[:, None]
        wrong = sure & ~same & rows_of
        if wrong.any():
            row, k = np.argwhere(wrong)[0]
            faults.append(
                f"{name}, it is {b[row, k]!s} where {a[row, k]!s} is foreseen "
                f"({int(wrong.sum())} of {int((sure & rows_of).sum())} values)"
            )
    return int(sure.sum()), faults
