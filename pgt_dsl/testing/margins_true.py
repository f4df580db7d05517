"""Margins are true: an answer that holds by m margins stays the same while less than m of them is used up.

*Definition.* An answer is decided by comparisons: the two sides of ``<``, ``<=`` and ``==``, the keys among which
``argmax`` and ``sort`` choose, the numbers that ``round`` and ``floor`` round, and the truths that measures decide
themselves (``crosses``, ``inside``). When shapes are moved, turned or made larger, a comparison *uses* as much as the
difference of its sides changes, in margins of its unit (for relative margins, in shares of the lesser side as it
was); a measure that decides uses the sum of how far the shapes it is asked about were moved. A change of a scene uses
what the comparison uses that uses most. If that is less than the margin that the scene reports, the answer must be
the same. (Margins are put together by least and greatest, so none can shrink by more than what is used.)

Nothing of the margin reading is used here: units and shares are read from the question, differences from values.

*Not told*: comparisons that are exact and whose sides were changed (``a.x == b.x`` where it was computed so), texts of
measured numbers, colours. Changes that touch these are no test, nor are changes that use more than the margin.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.program import lists, shapes
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Floats, Value
from pgt_dsl.program.program import Ask, Group, Node, NodeId, Program
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.relations import alike
from pgt_dsl.testing.replayed import evaluator_of
from pgt_dsl.testing.subject import Fault, Subject
from pgt_dsl.testing.told import told

NAME = "margins"
TRIES = 15  # changes of one scene
NEARLY = 0.97  # of the margin that a change is to use
MEASURED = ("number", "length", "area", "angle", "point", "vector")
_PLACES = ("at", "from", "to", "points", "through", "corners")  # where they are points: a block may have its own
_SIZES = ("size", "radius", "width", "height", "length")
_UNITS = {"point": "length", "vector": "number"}
RELATIVE, DEGREES = 0.05, 2.0  # what holds where a question does not say: shares of numbers and areas; degrees


@dataclass
class Told:
    """How many changes were tests, and of these how many used at least 80% of the margin; of ``tried``."""

    tried: int = 0
    tests: int = 0
    close: int = 0


def margins_are_true(subject: Subject) -> list[Fault]:
    """The answers stay the same when shapes change by less than the margin that the scene reports."""
    return margin_faults(subject.pipeline, [subject.scene])[0]


def margin_faults(pipeline: Pipeline, scenes: Sequence[Scene], count: Told | None = None) -> list[list[Fault]]:
    """The faults of each of some scenes; how many changes were tests is counted in ``count``."""
    count = Told() if count is None else count
    found: list[list[Fault]] = [[] for _ in scenes]
    program = pipeline.program
    for k, ask in enumerate(program.asks):
        held = [row for row, scene in enumerate(scenes) if (m := scene.asks[k].margin) is not None and np.isfinite(m)]
        if held:
            for row, message in _faults(pipeline, [scenes[row] for row in held], k, ask, count):
                found[held[row]].append(Fault(NAME, message, ask.origin))
    return found


def _faults(pipeline: Pipeline, scenes: Sequence[Scene], k: int, ask: Ask, count: Told) -> list[tuple[int, str]]:
    program = pipeline.program
    many = [scene for scene in scenes for _ in range(TRIES)]
    was = evaluator_of(program, pipeline.registry, many, pipeline.photos)
    margins = np.asarray([scene.asks[k].margin for scene in many], np.float64)
    change = _Change(
        was, [zlib.crc32(f"{s.seed}/{s.index}/{n % TRIES}".encode()) for n, s in enumerate(many)], ask.answer
    )
    use = _Use(was, ask)
    amount = np.full(len(many), 0.01) * np.minimum(was.inputs.width, was.inputs.height)
    now, used = was, np.zeros(len(many))
    for _ in range(4):  # what is used grows nearly in proportion
        now = change.applied(amount)
        used = use.of(now, change.moved)
        if (np.abs(used - NEARLY * margins) < 0.02 * margins).all():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where((used > 0) & np.isfinite(used), NEARLY * margins / used, 1.0)
        amount = np.minimum(amount * np.clip(factor, 0.02, 50), 0.3 * np.minimum(was.inputs.width, was.inputs.height))
    now = change.applied(amount)
    used = use.of(now, change.moved)
    before, after = told(was, ask.answer), told(now, ask.answer)
    tests = (used < margins * (1 - 1e-6)) & (used > 0)
    count.tried += len(many)
    count.tests += int(tests.sum())
    count.close += int((tests & (used >= 0.8 * margins)).sum())
    faults = []
    for row in np.flatnonzero(tests).tolist():
        if not alike(after[row], before[row], 1.0):
            scene = many[row]
            faults.append((row // TRIES, (
                f"sample {scene.index} of {scene.task} (seed {scene.seed}): question {k + 1} holds by "
                f"{margins[row]:.3f} margins, and is answered {after[row]!r} "
                f"instead of {before[row]!r} when {used[row]:.3f} are used"
            )))  # fmt: skip
    return list({row: (row, message) for row, message in reversed(faults)}.values())


class _Change:
    """Random changes of shapes, one for each row: ways to move, grow and turn, to be taken by an amount (px)."""

    def __init__(self, was: Evaluator, seeds: Sequence[int], answer: NodeId) -> None:
        self.was = was
        self.moved: dict[int, Floats] = {}
        program = was.program
        every = [g for g in program.groups if g.painted and not g.composite]
        steps = was.facts.reach(("node", answer))
        asked = [
            g for g in every if ("group", g.id) in steps or any(("node", n) in steps for n in _told_by(g, program))
        ]
        self.groups = asked or every
        slots, rows = program.slots + 1, was.rows
        self.way = np.zeros((rows, slots), np.complex128)
        self.grow, self.turn = np.zeros((rows, slots)), np.zeros((rows, slots))
        own = np.concatenate([np.arange(g.start, g.start + g.size) for g in self.groups] or [np.zeros(0, np.int64)])
        if not len(own):
            return
        places = np.zeros((rows, slots), np.complex128)
        for g in self.groups:
            places[:, g.start : g.start + g.size] = shapes.column(was, g.id, "at").data
        for row, seed in enumerate(seeds):
            numbers = np.random.default_rng(seed)
            what = row % 5
            some = {0: len(own), 4: 1}.get(what, min(2, len(own)))
            chosen = numbers.choice(own, size=some, replace=False)
            ways = np.exp(2j * np.pi * numbers.random(len(chosen)))
            if what == 1 and len(chosen) == 2:  # towards each other, or away
                step = places[row, chosen[1]] - places[row, chosen[0]]
                step = step / abs(step) if step else 1.0
                ways = np.asarray([step, -step]) * numbers.choice([-1, 1])
            if what == 2:  # along one axis, against each other
                ways = numbers.choice([1, 1j]) * np.resize([1.0, -1.0], len(chosen)) * numbers.choice([-1, 1])
            self.way[row, chosen] = ways * numbers.random(len(chosen)) ** 0.25
            if what == 3:
                self.way[row] = 0.0
                self.grow[row, chosen] = np.resize([1.0, -1.0], len(chosen)) * numbers.choice([-1, 1])
                self.turn[row, chosen] = numbers.uniform(-1, 1, len(chosen)) * numbers.choice([0, 1])

    def applied(self, amount: Floats) -> Evaluator:
        """The rows with shapes changed by ``amount`` px each; ``moved`` says how far the shapes of each group went."""
        was = self.was
        ev = Evaluator(was.program, was.inputs, was.registry, was.facts)
        shift = self.way * amount[:, None]
        size = np.minimum(was.inputs.width, was.inputs.height)[:, None]
        factor = np.exp(self.grow * (amount[:, None] / (0.1 * size)))
        angle = self.turn * (amount[:, None] / size * 400)
        self.moved = {}
        for g in self.groups:
            part = slice(g.start, g.start + g.size)
            self._group(ev, g, shift[:, part], factor[:, part], angle[:, part])
            reach = np.abs(was.bounds(g.id)[..., 2:] - was.bounds(g.id)[..., :2]).max(-1)
            far = np.abs(shift[:, part]) + reach * (np.abs(factor[:, part] - 1) + np.abs(np.radians(angle[:, part])))
            self.moved[g.id] = np.broadcast_to(far, (was.rows, g.size))
        return ev

    def _group(self, ev: Evaluator, g: Group, shift: npt.NDArray[np.complex128], factor: Floats, angle: Floats) -> None:
        was = self.was
        about = np.broadcast_to(shapes.column(was, g.id, "at").data, (was.rows, g.size))
        spin = np.exp(1j * np.radians(angle))
        for name, node in g.fields.items():
            value = shapes.column(was, g.id, name)
            extra = value.data.ndim - 2
            wide = (slice(None), slice(None), *(None,) * extra)
            base = was.program.nodes[node].type.base
            if name in _PLACES and base == "point":
                data = about[wide] + shift[wide] + (value.data - about[wide]) * (factor * spin)[wide]
            elif name in _SIZES and base == "length":
                data = value.data * factor[wide]
            elif name == "turn" and base == "angle":
                data = value.data + angle[wide]
            elif name in ("x", "y"):
                spot = about + shift
                data = spot.real if name == "x" else spot.imag
            else:
                continue
            ev.put(("column", g.id, name), Value(np.asarray(data), value.mask))
            if self._alone(g, node) and was.program.nodes[node].op not in ("const", "canvas"):
                axes = was.program.nodes[node].axes
                if not g.axes or axes == g.axes:
                    sizes = tuple(was.program.axes[a].size for a in axes)
                    ev.put(("value", node), Value(np.asarray(data).reshape(was.rows, *sizes, *data.shape[2:]),
                                                  value.mask if value.mask is None else
                                                  value.mask.reshape(-1, *sizes, *value.mask.shape[2:])))  # fmt: skip

    def _alone(self, group: Group, node: NodeId) -> bool:
        """Whether a node is one field of one group, so that its value may be replaced."""
        uses = sum(n == node for g in self.was.program.groups for n in g.fields.values())
        return uses == 1 and len(group.axes) < 2


def _told_by(group: Group, program: Program) -> list[NodeId]:
    """The nodes of the fields that say where a group's shapes are and how large."""
    nodes = [node for name, node in group.fields.items() if name in (*_PLACES, *_SIZES, "turn")]
    return [node for node in nodes if program.nodes[node].op != "const"]


class _Use:
    """What a change uses of an answer's margins."""

    def __init__(self, was: Evaluator, ask: Ask) -> None:
        self.was, self.ask = was, ask
        self.program: Program = was.program
        steps = was.facts.reach(("node", ask.answer))
        self.nodes = sorted(ident for what, ident in steps if what == "node")

    def of(self, now: Evaluator, moved: dict[int, Floats]) -> Floats:
        """In margins, float64[B]: infinite where something exact was changed."""
        most = np.zeros(self.was.rows)
        for ident in self.nodes:
            node = self.program.nodes[ident]
            with np.errstate(all="ignore"):
                used = self._node(node, now, moved)
            if used is not None:
                used = np.broadcast_to(used, (self.was.rows, *used.shape[1:])).reshape(self.was.rows, -1)
                most = np.maximum(most, np.nan_to_num(used, nan=0.0, posinf=np.inf).max(axis=1, initial=0.0))
        return most

    def _node(self, node: Node, now: Evaluator, moved: dict[int, Floats]) -> Floats | None:
        types = [self.program.nodes[a].type for a in node.args]
        if node.op in ("lt", "le", "eq") and types[0].rank == 0 and any(t.base in MEASURED for t in types):
            base = next(t.base for t in types if t.base != "int")
            p, q = (self.was.array(a, node.axes) for a in node.args)
            r, s = (now.array(a, node.axes) for a in node.args)
            off = np.abs((r - s) - (p - q))
            if node.op == "eq":
                off = np.where(
                    np.abs(p - q) <= 1e-9 * np.maximum(np.abs(p), 1.0), np.where(off > 1e-9, np.inf, 0.0), off
                )
            return self._share(off, base, p, q)
        if node.op in ("argmax", "sort") and types[0].base in MEASURED:
            keys, mask, _ = lists.keyed(self.was, node)
            after = lists.keyed(now, node)[0]
            off = np.abs((after[..., :, None] - after[..., None, :]) - (keys[..., :, None] - keys[..., None, :]))
            both = mask[..., :, None] & mask[..., None, :]
            p, q = np.broadcast_arrays(keys[..., :, None], keys[..., None, :])
            return np.where(both, self._share(off, types[0].base, p, q), 0.0)
        if node.op == "call":
            return self._call(node, now, moved)
        if node.op in ("in", "unique", "except", "mode", "distinct", "text") or (node.op == "eq" and types[0].rank):
            return self._changed(node, now)
        return None

    def _call(self, node: Node, now: Evaluator, moved: dict[int, Floats]) -> Floats | None:
        """Measures that decide something themselves."""
        function = self.was.registry.functions[node.attrs["name"]]
        if node.type.base in MEASURED and function.slack is None:
            return None
        if function.slack is None:
            touched = self._shapes(node, moved)
            changed = self._changed(node, now)
            return np.where(touched + changed > 0, np.inf, 0.0)
        if function.slack_unit == "length":
            return (self._shapes(node, moved) + self._points(node, now)) / self._unit("length", 1)
        p, r = self.was.array(node.args[0], node.axes), now.array(node.args[0], node.axes)
        return np.asarray(np.abs(r - p) / self._unit(function.slack_unit or "number", p.ndim))

    def _shapes(self, node: Node, moved: dict[int, Floats]) -> Floats:
        """How far the shapes that a call may be asked about were moved, added over its arguments: float64[B]."""
        total = np.zeros(self.was.rows)
        for arg in node.args:
            type = self.program.nodes[arg].type
            if type.base != "shape":
                continue
            groups = self.was.facts.groups(arg)
            far = [np.full(1, np.inf) if moved.get(g) is None and self._depends(g, moved) else moved[g].max(axis=1)
                   for g in groups if g in moved or self._depends(g, moved)]  # fmt: skip
            worst = np.max([np.broadcast_to(f, (self.was.rows,)) for f in far], axis=0) if far else np.zeros(1)
            total = total + worst * (2.0 if type.rank else 1.0)
        return total

    def _depends(self, group: int, moved: dict[int, Floats]) -> bool:
        """Whether a group that is not moved itself hangs on one that is."""
        return any(("group", g) in self.was.facts.reach(("group", group)) for g in moved)

    def _points(self, node: Node, now: Evaluator) -> Floats:
        """How far the points and lengths of a call were changed: float64[B]."""
        total = np.zeros(self.was.rows)
        for arg in node.args:
            if self.program.nodes[arg].type.base in ("point", "length"):
                off = np.abs(now.value(arg).data - self.was.value(arg).data)
                total = total + np.broadcast_to(off, (self.was.rows, *off.shape[1:])).reshape(self.was.rows, -1).max(1)
        return total

    def _changed(self, node: Node, now: Evaluator) -> Floats:
        """Infinite in rows where a measured argument changed: float64[B]."""
        found = np.zeros(self.was.rows)
        for arg in node.args:
            if self.program.nodes[arg].type.base in (*MEASURED, "color"):
                p, r = self.was.value(arg).data, now.value(arg).data
                off = (np.abs(np.broadcast_to(r, (self.was.rows, *r.shape[1:])) - p) > 1e-9).reshape(self.was.rows, -1)
                found = np.where(off.any(1), np.inf, found)
        return found

    # units ----------------------------------------------------------------------------------------------

    def _share(self, off: Floats, base: str, p: npt.NDArray[np.float64], q: npt.NDArray[np.float64]) -> Floats:
        base = _UNITS.get(base, base)
        margins = self.ask.margins
        if base in margins.absolute or (margins.relative is None and base not in ("number", "area")):
            return np.asarray(off / self._unit(base, off.ndim))
        least = np.minimum(np.abs(p), np.abs(q))
        least = np.where(least == 0, 1.0 if base in ("number", "int") else 0.0, least)
        share = RELATIVE if margins.relative is None else self._value(margins.relative, off.ndim)
        return np.asarray(np.where(off > 0, off / np.where(least > 0, least, np.nan) / share, 0.0))

    def _unit(self, base: str, dims: int) -> Floats:
        margins = self.ask.margins
        if base in margins.absolute:
            return self._value(margins.absolute[base], dims)
        if base == "number":
            return np.full((1,) * dims, RELATIVE) if margins.relative is None else self._value(margins.relative, dims)
        if base == "angle":
            return np.full((1,) * dims, DEGREES)
        vmin = (np.minimum(self.was.inputs.width, self.was.inputs.height) / 100).reshape(-1, *(1,) * (dims - 1))
        return vmin * vmin if base == "area" else vmin

    def _value(self, node: NodeId, dims: int) -> Floats:
        data = np.asarray(self.was.value(node).data, np.float64)
        return data.reshape(data.shape[0], *(1,) * (dims - 1))
