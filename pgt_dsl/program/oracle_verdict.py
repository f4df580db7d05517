"""What a truth or a whole number could be, when every measure in it may be off by its declared tolerance.

The oracle and the batched reading compute real numbers by different means, so a comparison that hangs on less than
their tolerances decides nothing: it is given the benefit of the doubt, in whichever direction is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pgt_dsl.geometry.oracle import Lazy, Seen, UndefinedValueError
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.oracle_eval import NOWHERE, Env, Oracle
from pgt_dsl.program.oracle_values import same
from pgt_dsl.program.program import DERIVED_FIELDS, GroupId, Node, NodeId

Could = tuple[bool, bool]
"""Whether it could be false, and whether it could be true."""

SHARE = 1e-6
"""Real numbers agree to this share of their size (at least of 1)."""

SCANNED = 0.01
"""An area that is summed along scan lines (of curves, arrows, composites) agrees to this share of it. Of 450 arrows,
paths and curves none was off by more than 0.28 %."""


class Verdicts:
    """Readings of one scene's nodes that know of tolerances."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self._tolerances: dict[NodeId, float] = {}

    # tolerances ---------------------------------------------------------------------------------------

    def tolerance(self, node: NodeId) -> float:
        """By how much a real value may differ between the readings, above ``SHARE`` of it."""
        plan = self.oracle.plan
        known = plan.steady.get(node)
        if known is None:
            known = self._tolerances.get(node)
        if known is not None:
            return known
        self._tolerances[node] = 0.0  # a field of a shape may lead back to itself
        found = self._tolerance(self.oracle.program.nodes[node])
        (self._tolerances if node in plan.loose else plan.steady)[node] = found
        return found

    def _tolerance(self, n: Node) -> float:
        if n.type.base in ("bool", "int", "text", "form", "shape"):
            return 0.0
        inherited = sum(self.tolerance(a) for a in n.args)
        nodes = self.oracle.program.nodes
        if n.op in ("mul", "div"):
            factor = next((nodes[a].attrs["value"] for a in n.args if nodes[a].op == "const"), 1.0)
            size = abs(factor) if isinstance(factor, int | float) else 1.0
            return inherited * size if n.op == "mul" else inherited / size if size else inherited
        if n.op == "call":
            function = self.oracle.registry.functions.get(n.attrs["name"])
            own = 0.0 if function is None else function.tolerance
            if function is not None and function.share:
                own += function.share * self._longest
            return inherited + own + (self._slop(n) if any(nodes[a].type.base == "shape" for a in n.args) else 0.0)
        if n.op == "field":
            name, groups = n.attrs["name"], self.oracle.program.groups
            fields = [groups[g].fields[name] for g in n.attrs["groups"] if name in groups[g].fields]
            derived = self._edges(name, n.attrs["groups"]) if name in DERIVED_FIELDS or not fields else 0.0
            return inherited + max((self.tolerance(f) for f in fields), default=0.0) + derived
        return inherited

    def _slop(self, n: Node) -> float:
        """What ellipses add, by the unit of the result, and to areas what is summed along scan lines."""
        length, perimeter, share = self._ellipses
        if n.type.base == "area":
            return perimeter + SCANNED * self._largest_scanned
        return {"number": share, "angle": 0.0}.get(n.type.base, 2 * length)

    def _edges(self, name: str, groups: Sequence[GroupId]) -> float:
        """By how much (px) a field that follows from an outline may be off: that of its box's sides, of any shape."""
        shapes = self.oracle.shapes
        insets = [s.inset for g in groups for s in shapes.present(g) if shapes.groups[g].kind != "canvas"]
        sides = _SIDES.get(name, ())
        return max((sum(inset[k] for k in sides) for inset in insets), default=0.0)

    @Lazy
    def _largest_scanned(self) -> float:
        """The largest area (px2) of a shape that is not one disc, polygon or straight stroke, whose areas are exact."""
        return max((s.geometry.area for s in self._there() if not _is_plain(s)), default=0.0)

    @Lazy
    def _longest(self) -> float:
        """The longest outline (px) of a shape."""
        return max((s.geometry.length for s in self._there()), default=0.0)

    def _there(self) -> list[Seen]:
        shapes = self.oracle.shapes
        return [s for g in shapes.groups if g.kind != "canvas" for s in shapes.present(g.id)]

    @Lazy
    def _ellipses(self) -> tuple[float, float, float]:
        """Of the ellipses of the scene, the most by which a length, an area and a share may be off."""
        round_ones = [s for s in self.oracle.shapes.painted if s.slop > 0]
        return (
            max((s.slop for s in round_ones), default=0.0),
            max((s.slop * s.geometry.length for s in round_ones), default=0.0),
            max((2 * s.slop * s.geometry.length / s.geometry.area for s in round_ones), default=0.0),
        )

    def _near(self, args: tuple[NodeId, ...], a: float, b: float) -> float:
        nodes = self.oracle.program.nodes
        if all(nodes[k].type.base in ("int", "bool") for k in args):
            return 0.0
        return SHARE * max(1.0, abs(a), abs(b)) + sum(self.tolerance(k) for k in args)

    # truths ------------------------------------------------------------------------------------------------

    def could(self, node: NodeId, env: Env = NOWHERE) -> Could:
        """What a truth could be."""
        n = self.oracle.program.nodes[node]
        special = _COULD.get(n.op)
        found = special(self, node, n, env) if special is not None else None
        if found is None:
            exact = bool(self.oracle.value(node, env))
            found = not exact, exact
        return found

    def _try(self, node: NodeId, env: Env) -> Could:
        """``could``, or neither where undefined: an ``and`` or ``or`` may not have needed it."""
        try:
            return self.could(node, env)
        except UndefinedValueError:
            return False, False

    def _and(self, node: NodeId, n: Node, env: Env) -> Could:
        members = [self._try(a, env) for a in n.args]
        return any(f for f, _ in members), all(t for _, t in members)

    def _or(self, node: NodeId, n: Node, env: Env) -> Could:
        members = [self._try(a, env) for a in n.args]
        return all(f for f, _ in members), any(t for _, t in members)

    def _not(self, node: NodeId, n: Node, env: Env) -> Could:
        false, true = self.could(n.args[0], env)
        return true, false

    def _if(self, node: NodeId, n: Node, env: Env) -> Could:
        no, yes = self.could(n.args[0], env)
        ways = [self._try(arg, env) for arg, open in ((n.args[1], yes), (n.args[2], no)) if open]
        return any(f for f, _ in ways), any(t for _, t in ways)

    def _members(self, node: NodeId, env: Env) -> Iterator[tuple[Could, Could]] | None:
        """Of each item of a loop, whether it could pass ``where`` and what it could be."""
        n = self.oracle.program.nodes[node]
        if n.op == "list":
            return (((False, True), self.could(a, env)) for a in n.args)
        if n.op != "loop":
            return None
        return self._looped(n, env)

    def _looped(self, n: Node, env: Env) -> Iterator[tuple[Could, Could]]:
        for inner in self.oracle.along(n.attrs["axis"], env):
            passes = self.could(n.args[1], inner) if len(n.args) > 1 else (False, True)
            yield passes, self._try(n.args[0], inner) if passes[1] else (False, False)

    def _all(self, node: NodeId, n: Node, env: Env) -> Could | None:
        members = self._members(n.args[0], env)
        if members is None:
            return None
        found = list(members)
        return any(p and f for (_, p), (f, _) in found), all(t or q for (q, _), (_, t) in found)

    def _some(self, node: NodeId, n: Node, env: Env) -> Could | None:
        members = self._members(n.args[0], env)
        if members is None:
            return None
        found = list(members)
        return all(f or q for (q, _), (f, _) in found), any(p and t for (_, p), (_, t) in found)

    def _order(self, node: NodeId, n: Node, env: Env) -> Could:
        low, high = (self.span(a, env) for a in n.args)
        near = self._near(n.args, max(map(abs, low)), max(map(abs, high)))
        strict = n.op == "lt"
        # as low as it goes on the left against as high as it goes on the right, and the other way round
        true = low[0] - near < high[1] if strict else low[0] - near <= high[1]
        false = low[1] + near >= high[0] if strict else low[1] + near > high[0]
        return bool(false), bool(true)

    def _eq(self, node: NodeId, n: Node, env: Env) -> Could:
        kinds = {self.oracle.program.nodes[a].type for a in n.args}
        if all(k.base == "bool" and not k.rank for k in kinds):
            (f1, t1), (f2, t2) = (self.could(a, env) for a in n.args)
            return (f1 and t2) or (t1 and f2), (f1 and f2) or (t1 and t2)
        if all(k.is_quantity for k in kinds):
            one, two = (self.span(a, env) for a in n.args)
            near = self._near(n.args, max(map(abs, one)), max(map(abs, two)))
            apart = one[0] != one[1] or two[0] != two[1] or one != two or near > 0
            return apart, one[0] - near <= two[1] and two[0] - near <= one[1]
        a, b = (self.oracle.value(k, env) for k in n.args)
        exact = same(a, b)
        return not exact, exact or same(a, b, SHARE, sum(self.tolerance(k) for k in n.args))

    def _call(self, node: NodeId, n: Node, env: Env) -> Could:
        exact = bool(self.oracle.value(node, env))
        decided = self.oracle.decided(node, env)
        function = self.oracle.registry.functions.get(n.attrs["name"])
        if decided is not None and function is not None:
            slop = self._slop(Node("call", _LENGTH, n.args))
            if decided.margin <= function.tolerance + SHARE * self.oracle.world.width + slop:
                return True, True
        return not exact, exact

    def _field(self, node: NodeId, n: Node, env: Env) -> Could | None:
        seen: Seen = self.oracle.value(n.args[0], env)
        field = self.oracle.program.groups[seen.group].fields.get(n.attrs["name"])
        return None if field is None else self.could(field, seen.positions)

    # numbers ----------------------------------------------------------------------------------------------------

    def span(self, node: NodeId, env: Env = NOWHERE) -> tuple[float, float]:
        """The least and the greatest that a number could be through truths in it (not through its tolerance)."""
        n = self.oracle.program.nodes[node]
        if n.op == "count":
            members = self._members(n.args[0], env)
            if members is not None:
                passes = [p for p, _ in members]
                return sum(not f for f, _ in passes), sum(t for _, t in passes)
        elif n.op in ("add", "sub") and n.type.is_quantity:
            a, b = (self.span(arg, env) for arg in n.args)
            return (a[0] + b[0], a[1] + b[1]) if n.op == "add" else (a[0] - b[1], a[1] - b[0])
        elif n.op == "neg" and n.type.is_quantity:
            low, high = self.span(n.args[0], env)
            return -high, -low
        elif n.op == "if":
            no, yes = self.could(n.args[0], env)
            ways = [self.span(arg, env) for arg, open in ((n.args[1], yes), (n.args[2], no)) if open]
            return min(low for low, _ in ways), max(high for _, high in ways)
        exact = self.oracle.value(node, env)
        return exact, exact


_SIDES = {
    "left": (0,), "top": (1,), "right": (2,), "bottom": (3,), "width": (0, 2), "height": (1, 3), "at": (0, 1, 2, 3),
    "x": (0, 2), "y": (1, 3),
}  # fmt: skip
_LENGTH = Type("length")


def _is_plain(s: Seen) -> bool:
    """Whether a shape is one disc, one polygon or one straight stroke."""
    if len(s.pieces) != 1:
        return False
    core, radius = s.pieces[0]
    return core.geom_type == "Point" or (
        radius == 0 if core.geom_type == "Polygon" else core.geom_type == "LineString" and len(core.coords) == 2
    )


_COULD: dict[str, Callable[[Verdicts, NodeId, Node, Env], Could | None]] = {
    "and": Verdicts._and,
    "or": Verdicts._or,
    "not": Verdicts._not,
    "if": Verdicts._if,
    "all": Verdicts._all,
    "some": Verdicts._some,
    "lt": Verdicts._order,
    "le": Verdicts._order,
    "eq": Verdicts._eq,
    "call": Verdicts._call,
    "field": Verdicts._field,
}
