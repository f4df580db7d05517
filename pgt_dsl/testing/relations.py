"""Metamorphic relations: a scene is mirrored, turned, scaled, moved, recoloured, and its answers change as foreseen.

Each measure declares how it answers to such changes (``Function.relations``), each kind how its fields do
(``Kind.relations``), and what an answer becomes follows from the nodes of the program (``moved``). Two more relations
ask for no declaration: a piece of scenery changes no answer, nor does another order of painting where nothing overlaps.

What cannot be foreseen is no fault: measures that declare no relation, answers that come within ``NEAR`` of a margin
of changing, and answers that the change leaves without a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import READ_GROUND
from pgt_dsl.program.inputs import Bools, Value
from pgt_dsl.program.oracle_verdict import SCANNED
from pgt_dsl.program.program import Ask, Group, Node, Program
from pgt_dsl.program.shapes import EDGES
from pgt_dsl.program.shapes import field as field_of
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.moved import Change, Foreseen, Moved
from pgt_dsl.testing.moves import Move, Moves, moves
from pgt_dsl.testing.replayed import evaluator_of
from pgt_dsl.testing.subject import Fault, Subject
from pgt_dsl.testing.told import told

NAME = "relations"
NEAR = 0.01  # of a margin: nearer to another answer than this, rounding decides
CLOSE = 1e-6  # of a value, or of a picture's side


@dataclass
class Seen:
    """What was compared: ``told`` counts answers by the name of a change, ``changed`` those that it changes, ``open``
    those that could not be foreseen; by the places of questions."""

    told: Counter[tuple[int, str]] = field(default_factory=Counter)
    changed: Counter[tuple[int, str]] = field(default_factory=Counter)
    open: Counter[tuple[int, str]] = field(default_factory=Counter)


def answers_follow(subject: Subject) -> list[Fault]:
    """The answers of a scene change as foreseen when it is mirrored, turned, scaled, moved, recoloured."""
    return relation_faults_of(subject.pipeline, [subject.scene])[0]


def relation_faults_of(pipeline: Pipeline, scenes: Sequence[Scene], seen: Seen | None = None) -> list[list[Fault]]:
    """The faults of each of some scenes; what was compared is counted in ``seen``."""
    seen = Seen() if seen is None else seen
    found: list[list[Fault]] = [[] for _ in scenes]
    if not scenes:
        return found
    chosen = [move for scene in scenes for move in moves(scene.width, scene.height)]
    each = len(chosen) // len(scenes)
    many = [scene for scene in scenes for _ in range(each)]
    program, registry = pipeline.program, pipeline.registry
    was = evaluator_of(program, registry, many, pipeline.photos)
    change = Change(was, Moves(chosen, [int(code[1:], 16) for code in registry.colors.values()]))
    for k, ask in enumerate(program.asks):
        judged = _Judged(k, ask, program)
        foreseen = Foreseen(change)
        judged.compare(many, chosen, Foreseen.value(foreseen, ask.answer), Moved(change), foreseen, seen)
        for row, why in judged.faults.items():
            found[row // each].append(Fault(NAME, why, ask.origin))
    for row, faults in enumerate(_beside(pipeline, scenes, seen)):
        found[row] += faults
    return found


class _Judged:
    """One question: the rows in which the answer is not as foreseen."""

    def __init__(self, number: int, ask: Ask, program: Program) -> None:
        self.number, self.ask, self.program = number, ask, program
        self.faults: dict[int, str] = {}

    def compare(
        self, scenes: Sequence[Scene], chosen: Sequence[Move], value: Value, now: Evaluator, foreseen: Foreseen,
        seen: Seen,
    ) -> None:  # fmt: skip
        """Compare the foreseen answers with those of the scenes as they are now."""
        rows, node = len(scenes), self.program.nodes[self.ask.answer]
        expected, found, was = (
            self._boxes(ev) if self.ask.form == "box" else told(ev, self.ask.answer, value)
            for ev, value in (
                (foreseen, value),
                (now, now.value(self.ask.answer)),
                (foreseen.change.was, foreseen.change.was.value(self.ask.answer)),
            )
        )
        sure = clear(now, self.ask) & np.broadcast_to(foreseen.defined(self.ask.answer), (rows,)) & ~foreseen.unsure
        tolerance = max((now.registry.functions[name].tolerance for name in foreseen.asked), default=0.0)
        scanned = node.type.is_quantity and "area" in foreseen.asked  # areas of curves are summed along scan lines
        for row, (scene, move) in enumerate(zip(scenes, chosen, strict=True)):
            key = self.number, move.name
            if not sure[row]:
                seen.open[key] += 1
                continue
            seen.told[key] += 1
            size = max(scene.width, scene.height) * max(abs(move.a), 1.0) ** 2
            seen.changed[key] += not alike(was[row], expected[row], size, 0.0)
            loose = tolerance if node.type.is_quantity or node.type.base == "point" else 0.0
            if scanned:
                loose += SCANNED * float(np.abs(np.asarray(expected[row], np.float64)).max())
            if not alike(found[row], expected[row], size, loose * abs(move.a) ** 2, node.type.base == "angle"):
                self.faults[row] = (
                    f"sample {scene.index} of {scene.task} (seed {scene.seed}), {move.name}: question "
                    f"{self.number + 1} is answered {found[row]!r}, where {expected[row]!r} follows from {was[row]!r}"
                )

    def _boxes(self, ev: Evaluator) -> list[list[float]]:
        """The boxes of shapes, where an answer is one."""
        slots, groups = ev.value(self.ask.answer).data, tuple(sorted(ev.facts.groups(self.ask.answer)))
        edges = [np.broadcast_to(field_of(ev, groups, name, slots).data, (ev.rows,)) for name in EDGES]
        return [[float(v) for v in row] for row in np.stack(edges, axis=-1)]


def clear(ev: Evaluator, ask: Ask) -> Bools:
    """The rows in which an answer has a value and does not hang on rounding: bool[B]."""
    there = np.broadcast_to(ev.defined(ask.answer), (ev.rows,))
    margin = np.abs(np.broadcast_to(ev.margin(ask.answer, ask.margins), (ev.rows,)))
    return np.asarray(there & (margin > NEAR))


def alike(found: Any, expected: Any, size: float, loose: float = 0.0, circular: bool = False) -> bool:
    """Whether two plain values are the same up to rounding; ``size`` is that of the picture (px)."""
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(
            alike(f, e, size, loose, circular) for f, e in zip(found, expected, strict=True)
        )
    numbers = isinstance(found, float) or isinstance(expected, float)
    if numbers and not isinstance(found, str | list) and not isinstance(expected, str | list):
        off = abs(found - expected)
        if circular:
            off = abs((off + 180) % 360 - 180)
        return bool(off <= CLOSE * max(size, abs(found)) + loose)
    return bool(found == expected)


# beside what is asked about -----------------------------------------------------------------------------


def _beside(pipeline: Pipeline, scenes: Sequence[Scene], seen: Seen) -> list[list[Fault]]:
    """Faults of the answers when scenery is added, and when what overlaps nothing is painted in another order."""
    found: list[list[Fault]] = [[] for _ in scenes]
    program, registry = pipeline.program, pipeline.registry
    was = evaluator_of(program, registry, scenes, pipeline.photos)
    more = with_scenery(program)
    dressed = None if more is None else evaluator_of(more, registry, scenes, pipeline.photos)
    order = _reordered(was, evaluator_of(program, registry, scenes, pipeline.photos))
    for k, ask in enumerate(program.asks):
        expected = told(was, ask.answer)
        sure = clear(was, ask)
        for name, ev in (("scenery added", dressed), ("painted in another order", order)):
            if ev is None or (ev is order and _reads_order(was, ask)) or (ev is dressed and _reads_ground(was, ask)):
                seen.open[k, name] += len(scenes)
                continue
            values = told(ev, ask.answer)
            for row, scene in enumerate(scenes):
                (seen.told if sure[row] else seen.open)[k, name] += 1
                size = float(max(scene.width, scene.height))
                if sure[row] and not alike(values[row], expected[row], size):
                    found[row].append(Fault(NAME, f"sample {scene.index} of {scene.task} (seed {scene.seed}), {name}: "
                                            f"question {k + 1} is answered {values[row]!r}, not {expected[row]!r}",
                                            ask.origin))  # fmt: skip
    return found


BEHIND = -1_000_000
"""The layer of scenery that is to cover nothing."""


def with_scenery(program: Program) -> Program | None:
    """The program with one more group: a piece of scenery behind all else, a copy of a painted group's first shape."""
    model = next((g for g in program.groups if g.painted and not g.composite and g.parent is None and not g.axes), None)
    if model is None:
        return None
    groups, nodes = program.groups, list(program.nodes)
    fields = dict(model.fields)
    if "scenery" in fields:
        true = replace(nodes[fields["scenery"]], op="const", args=(), attrs={"value": True}, axes=())
        fields["scenery"] = len(nodes)
        nodes.append(true)
    fields["layer"] = len(nodes)
    nodes.append(Node("const", Type("int"), (), {"value": BEHIND}))
    extra = Group(
        len(groups), "scenery beside", model.kind, program.slots, 1, fields=fields, scenery=True, entity=False
    )
    return replace(program, nodes=tuple(nodes), groups=(*groups, extra), slots=program.slots + 1)


def _reordered(was: Evaluator, ev: Evaluator) -> Evaluator:
    """The second evaluator with the layers of shapes whose boxes touch no other's exchanged."""
    groups = [g for g in was.program.groups if g.painted and not g.composite and "layer" in g.fields]
    if not groups:
        return ev
    boxes = np.concatenate([np.broadcast_to(was.bounds(g.id), (was.rows, g.size, 4)) for g in groups], axis=1)
    there = np.concatenate([np.broadcast_to(was.group_present(g.id), (was.rows, g.size)) for g in groups], axis=1)
    x0, y0, x1, y1 = (boxes[..., k] for k in range(4))
    meet = (x0[:, :, None] < x1[:, None]) & (x0[:, None] < x1[:, :, None])
    meet &= (y0[:, :, None] < y1[:, None]) & (y0[:, None] < y1[:, :, None]) & there[:, None]
    free = there & (meet.sum(2) <= 1)
    at = 0
    for group in groups:
        layer = np.broadcast_to(np.asarray(was.group_field(group.id, "layer"), np.float64), (was.rows, group.size))
        jump = np.where(free[:, at : at + group.size], -7.0 - 3 * np.arange(at, at + group.size), 0.0)
        ev.put(("column", group.id, "layer"), Value(layer + jump))
        at += group.size
    return ev


def _reads_ground(ev: Evaluator, ask: Ask) -> bool:
    """Whether an answer asks for what lies beneath shapes."""
    return any(n.op == "call" and n.attrs["name"] in READ_GROUND for n in _read(ev, ask))


def _reads_order(ev: Evaluator, ask: Ask) -> bool:
    """Whether an answer asks for what is in front or for layers."""
    return any(n.op == "field" and n.attrs["name"] in ("order", "layer") for n in _read(ev, ask))


def _read(ev: Evaluator, ask: Ask) -> list[Node]:
    """The nodes that an answer may depend on."""
    return [ev.program.nodes[ident] for what, ident in ev.facts.reach(("node", ask.answer)) if what == "node"]
