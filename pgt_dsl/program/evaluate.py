"""The batched readings of a program: ``Evaluator`` gives a node's value, margin and definedness, each on demand.

A reading is a table of one small function per op (``ops.VALUES``, ``margins.MARGINS``, ``defined.DEFINED``); the
evaluator only remembers, orders the work without deep recursion, and selects rows. A further reading is a further
table of the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, cast

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program import defined, loops, margins, ops, outlines, running, shapes
from pgt_dsl.program.calls import Call, SceneView
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Bools, Drawn, Floats, Inputs, Ints, Registry, Value, take_rows
from pgt_dsl.program.program import GroupId, Margins, Node, NodeId, Program, VarId

__all__ = ["Call", "Evaluator", "Inputs", "SceneView", "Value"]

Key = tuple[Hashable, ...]


class Evaluator:
    """Reads a program on a batch of B rows. Everything computed once is remembered, also across ``take``."""

    def __init__(self, program: Program, inputs: Inputs, registry: Registry, facts: Facts | None = None) -> None:
        self.program = program
        self.inputs = inputs
        self.registry = registry
        self.facts = facts or Facts(program)
        self.rows = inputs.rows
        self.width = _narrow(inputs.width)
        self.height = _narrow(inputs.height)
        # of two names of one colour the first stays, as in questions
        self.color_names: Mapping[int, str] = {int(v[1:], 16): k for k, v in reversed([*registry.colors.items()])}
        self._memo: dict[Key, Any] = {}
        self._before: list[tuple[dict[Key, Any], Ints]] = []
        self._parent: Evaluator | None = None
        self._own: frozenset[tuple[str, int]] = frozenset()

    # what is remembered -----------------------------------------------------------------------

    def get(self, key: Key) -> Any:
        """What is remembered under a key, or None; selects the rows of what an earlier batch remembered."""
        found = self._memo.get(key)
        if found is None:
            for memo, rows in self._before:
                old = memo.get(key)
                if old is not None:
                    found = self._memo[key] = take_rows(old, rows)
                    break
        return found

    def put(self, key: Key, thing: Any) -> Any:
        """Remember a column (arrays, values, outlines and tuples of them, with the rows in front)."""
        self._memo[key] = thing
        return thing

    def take(self, rows: Ints) -> Evaluator:
        """The evaluator of the chosen rows (int64 indices); columns already computed are kept."""
        made = Evaluator.__new__(Evaluator)
        made.__dict__.update(self.__dict__)
        made.inputs = self.inputs.take(rows)
        made.rows = len(rows)
        made.width, made.height = take_rows(self.width, rows), take_rows(self.height, rows)
        made._memo = {}
        made._before = [(self._memo, rows), *((memo, old[rows]) for memo, old in self._before)]
        made._parent = self._parent.take(rows) if self._parent is not None else None
        return made

    def fork(self, var: VarId, drawn: Drawn) -> Evaluator:
        """The same batch with one variable replaced; variables that do not depend on it keep their columns."""
        made = Evaluator(self.program, self.inputs, self.registry, self.facts)
        made._parent = self
        made._own = self._own | {("var", var)}
        made.put(("var", var), drawn)
        return made

    # readings -----------------------------------------------------------------------------------

    def value(self, node_id: NodeId) -> Value:
        """The node's column; see ``program.program`` for how it is laid out."""
        found = self.get(("value", node_id))
        if found is None:
            with np.errstate(all="ignore"):
                self._drive(node_id, "value", self.facts.needs, self._value)
            found = self._memo["value", node_id]
        return cast(Value, found)

    def _value(self, node_id: NodeId) -> Value:
        node = self.program.nodes[node_id]
        return ops.VALUES[node.op](self, node)

    def _drive(
        self, root: NodeId, what: str, needs: Callable[[NodeId], Iterable[NodeId]], compute: Callable[[NodeId], Any]
    ) -> None:
        """Compute a node after everything it needs, with a stack of our own instead of Python's."""
        stack = [root]
        entered: set[NodeId] = set()
        while stack:
            node_id = stack[-1]
            if self.get((what, node_id)) is not None:
                stack.pop()
                continue
            missing = [n for n in needs(node_id) if self.get((what, n)) is None]
            if missing and node_id not in entered:
                entered.add(node_id)
                stack.extend(missing)
                continue
            if any(n in entered for n in missing):
                raise PgtError(f"a value of the task depends on itself (node {node_id})")
            self.put((what, node_id), compute(node_id))
            stack.pop()

    def margin(self, node_id: NodeId, given: Margins) -> Floats:
        """By how many of its margins a node's value holds: float64[B or 1, axes...], signed for bool (positive when
        true), not negative for the rest, ``inf`` when exact. Lists give one number for the whole."""
        with np.errstate(all="ignore"):
            return margins.whole(self, node_id, given)

    def defined(self, node_id: NodeId) -> Bools:
        """Where the node has a value at all: bool[B or 1, axes...]."""
        with np.errstate(all="ignore"):
            return defined.defined(self, node_id)

    # helpers of the readings ----------------------------------------------------------------------

    def array(self, node_id: NodeId, axes: tuple[int, ...]) -> Array:
        """The data of a node aligned to more axes."""
        return loops.fit(self.value(node_id).data, self.program.nodes[node_id].axes, axes)

    def aligned(self, node_id: NodeId, axes: tuple[int, ...]) -> Value:
        """The value of a node aligned to more axes."""
        value, have = self.value(node_id), self.program.nodes[node_id].axes
        return Value(
            loops.fit(value.data, have, axes), None if value.mask is None else loops.fit(value.mask, have, axes)
        )

    def column(self, node_id: NodeId) -> Array:
        """The data of a node without axes, for every row: ``[B, list dimensions]``."""
        data = self.value(node_id).data
        return np.broadcast_to(data, (self.rows, *data.shape[1:]))

    def drawn(self, var_id: VarId) -> Drawn:
        """The column of a drawn variable, ``[B or 1, axes by rising id, list dimensions]``."""
        found = self.get(("var", var_id))
        if found is None:
            if self._parent is not None and not (self._own & self.facts.reach(("var", var_id))):
                found = self._parent.drawn(var_id)
            else:
                found = self.inputs.draws.draw(self, self.program.vars[var_id])
            self.put(("var", var_id), found)
        return cast(Drawn, found)

    def load(self, ref: str) -> Callable[..., Any]:
        """The function behind a plugin's reference."""
        from pgt_dsl.plugins.discover import load_ref

        return cast(Callable[..., Any], load_ref(ref))

    def call_of(self, node: Node) -> Call:
        """The arguments of a ``call`` node as its functions see them."""
        types = tuple(self.program.nodes[arg].type for arg in node.args)
        groups = tuple(
            tuple(sorted(self.facts.groups(arg))) if types[k].base == "shape" else () for k, arg in enumerate(node.args)
        )
        return Call(
            self, tuple(self.aligned(arg, node.axes) for arg in node.args), types, node.type, node.sizes, groups
        )

    def call(self, node: Node) -> Value:
        """The value of a ``call`` node."""
        function = self.registry.functions[node.attrs["name"]]
        found = running.run(self, node, function.value)
        data, mask = found.data, found.mask
        if node.type.rank and mask is None:
            mask = np.ones((1,) * data.ndim, np.bool_)
        return Value(data, mask)

    # shapes, photos and the scene ---------------------------------------------------------------------

    def group_present(self, group_id: GroupId) -> Bools:
        """Which of a group's shapes are there: bool[B or 1, size]."""
        return shapes.present(self, group_id)

    def group_field(self, group_id: GroupId, name: str) -> Array:
        """A field of a group's shapes, ``[B or 1, size, list dimensions]``. Raises ``KeyError`` if it has none."""
        return shapes.column(self, group_id, name).data

    def group_value(self, group_id: GroupId, name: str) -> Value:
        """As ``group_field``, with the mask of list fields."""
        return shapes.column(self, group_id, name)

    def outline(self, group_id: GroupId) -> Outline:
        """The outlines of a group in px, leading dimensions (B or 1, size)."""
        return outlines.outline(self, group_id)

    def bounds(self, group_id: GroupId) -> Floats:
        """Upright bounding boxes (left, top, right, bottom) of a group: float64[B or 1, size, 4]."""
        return outlines.bounds(self, group_id)

    def paint_order(self) -> Ints:
        """The paint rank of every slot: int64[B or 1, slots + 1], -1 for what is not painted."""
        return outlines.paint_order(self)

    @property
    def scene(self) -> SceneView:
        """Batch-level things that some functions need."""
        return SceneView(self)

    def photo_ids(self) -> Ints:
        """The photo of each row: int64[B]. Raises ``PgtError`` when the task has none."""
        var = self.program.background.photo
        if var is None:
            raise PgtError("this task has no photo")
        return np.asarray(np.broadcast_to(self.drawn(var).value.data, (self.rows,)), np.int64)

    def photo_frame(self) -> dict[str, Floats]:
        """How the photo lies on the canvas: ``width`` and ``height`` of the canvas in px, ``zoom`` where it is set."""
        frame = {"width": self.inputs.width, "height": self.inputs.height}
        zoom = self.program.background.fields.get("zoom")
        if zoom is not None:
            frame["zoom"] = np.broadcast_to(np.asarray(self.value(zoom).data, np.float64), (self.rows,))
        return frame

    def photo_objects(self) -> Mapping[str, Value]:
        """The columns of the photo's objects: data and mask ``[B, O]``."""
        names = ("at", "width", "height", "category", "crowd", "cut_off")
        if self.get(("object", "at")) is None:
            if self.inputs.photos is None:
                raise PgtError("this task needs photos with annotated objects, and none were given")
            made = self.inputs.photos.object_columns(self.photo_ids(), **self.photo_frame())
            for name in names:
                self.put(("object", name), Value(*made[name]))
        return {name: self.get(("object", name)) for name in names}

    def photo_spots(self) -> Value:
        """Places of the photo whose depth is known: complex128 and mask ``[B, S]``."""
        found = self.get(("spots",))
        if found is None:
            if self.inputs.photos is None:
                raise PgtError("this task needs photos whose depth is known, and none were given")
            found = self.put(("spots",), Value(*self.inputs.photos.spots(self.photo_ids(), **self.photo_frame())))
        assert isinstance(found, Value)
        return found


def _narrow(sizes: Floats) -> Floats:
    """One number when all rows agree, so that constants stay constants."""
    return sizes[:1] if sizes.size and (sizes == sizes[0]).all() else sizes
