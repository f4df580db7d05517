"""The ops of programs on values with bounds, as ``pixel_answers`` reads them: arithmetic, truths, lists, choices."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from pgt_dsl.program.oracle_values import spoken
from pgt_dsl.program.program import Node, NodeId, Program
from pgt_dsl.testing.pixel_masks import Masks
from pgt_dsl.testing.pixel_values import ALIKE, OTHER, CannotTell, Rank, Span, Spot, Tint, less, levels, span

Env = dict[int, Any]
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
}  # fmt: skip


class Ops(ABC):
    """The ops that read no scene. ``looked``: whether a pixel has been asked."""

    program: Program
    masks: Masks
    colors: dict[str, str]
    looked: bool

    @abstractmethod
    def value(self, ident: NodeId, env: Env) -> Any:
        """A node's value. Raises ``CannotTell``."""

    @abstractmethod
    def hides(self, ident: NodeId) -> bool:
        """Whether a list hangs on a list of shapes some of which nobody sees."""

    def args(self, node: Node, env: Env) -> list[Any]:
        """The values of a node's arguments."""
        return [self.value(arg, env) for arg in node.args]

    # arithmetic and logic ---------------------------------------------------------------------------------

    def _re(self, node: Node, env: Env) -> Any:
        return self._spot(self.value(node.args[0], env)).x

    def _im(self, node: Node, env: Env) -> Any:
        return self._spot(self.value(node.args[0], env)).y

    def _spot(self, value: Any) -> Spot:
        if not isinstance(value, Spot):
            raise CannotTell("it is no place")
        return value

    def _pair(self, node: Node, env: Env) -> Any:
        x, y = self.args(node, env)
        return Spot(span(x), span(y))

    def _neg(self, node: Node, env: Env) -> Any:
        value = self.value(node.args[0], env)
        if isinstance(value, Rank):
            return Rank(value.slot, -value.sign)
        return Span(-value.high, -value.low) if isinstance(value, Span) else -value

    def _arithmetic(self, node: Node, env: Env) -> Any:
        a, b = self.args(node, env)
        sign = _SIGNS[node.op]
        if isinstance(a, Spot) or isinstance(b, Spot) or isinstance(a, Rank) or isinstance(b, Rank):
            raise CannotTell("places are not reckoned with")
        p, q = span(a), span(b)
        if node.op == "div" and q.low <= 0 <= q.high:
            raise CannotTell("a division by what may be 0")
        if node.type.base == "int" and not isinstance(a, Span) and not isinstance(b, Span):
            return sign(a, b)
        ends = [(p.low, q.low), (p.low, q.high), (p.high, q.low), (p.high, q.high)]
        found = [sign(x, y) for x, y in ends]
        return Span(min(found), max(found))

    _add = _sub = _mul = _div = _arithmetic

    def _lt(self, node: Node, env: Env) -> bool:
        a, b = self.args(node, env)
        return self._less(a, b)

    def _le(self, node: Node, env: Env) -> bool:
        a, b = self.args(node, env)
        return self._less(a, b, equal=True)

    def _less(self, a: Any, b: Any, equal: bool = False) -> bool:
        if isinstance(a, Rank) and isinstance(b, Rank) and a.sign == b.sign and a.slot != b.slot:
            self.looked = True
            return self.masks.in_front(b.slot, a.slot) == (a.sign > 0)
        return less(a, b, equal)

    def _eq(self, node: Node, env: Env) -> bool:
        return self.same(*self.args(node, env))

    def same(self, a: Any, b: Any) -> bool:
        """Whether two values are the same, where pixels tell."""
        if isinstance(a, Tint) and isinstance(b, Tint):
            off = levels(a, b)
            if ALIKE < off <= OTHER:
                raise CannotTell("two colours are nearly alike")
            return off <= ALIKE
        if isinstance(a, Span) or isinstance(b, Span):
            p, q = span(a), span(b)
            if p.high < q.low or q.high < p.low:
                return False
            if p.low == p.high == q.low == q.high:
                return True
            raise CannotTell("two measures may be equal")
        if isinstance(a, Spot | Rank) or isinstance(b, Spot | Rank) or isinstance(a, list) or isinstance(b, list):
            raise CannotTell("places and lists are not told to be equal")
        return bool(a == b)

    def _not(self, node: Node, env: Env) -> bool:
        return not self.value(node.args[0], env)

    def _truths(self, node: Node, env: Env) -> bool:
        """``and`` and ``or``: one side may tell it alone."""
        ends, why = node.op == "or", None
        for arg in node.args:
            try:
                if bool(self.value(arg, env)) == ends:
                    return ends
            except CannotTell as error:
                why = error
        if why is not None:
            raise why
        return not ends

    _and = _or = _truths

    def _if(self, node: Node, env: Env) -> Any:
        return self.value(node.args[1 if self.value(node.args[0], env) else 2], env)

    # lists ----------------------------------------------------------------------------------------------

    def _list(self, node: Node, env: Env) -> list[Any]:
        return self.args(node, env)

    def _concat(self, node: Node, env: Env) -> list[Any]:
        return [item for part in self.args(node, env) for item in part]

    def _range(self, node: Node, env: Env) -> list[int]:
        low, high = (self._exact(v) for v in self.args(node, env))
        return list(range(low, high + 1))

    def _exact(self, value: Any) -> int:
        if isinstance(value, Span):
            if value.low != value.high:
                raise CannotTell("a number is not told exactly")
            value = value.low
        return int(value)

    def _item(self, node: Node, env: Env) -> Any:
        items, k = self.args(node, env)
        k = self._exact(k)
        if self.hides(node.args[0]):
            raise CannotTell("a place in a list of shapes of which some are not seen")
        if not -len(items) <= k < len(items):
            raise CannotTell("there are too few items")
        return items[k]

    def _all(self, node: Node, env: Env) -> bool:
        return all(self.value(node.args[0], env))

    def _some(self, node: Node, env: Env) -> bool:
        return any(self.value(node.args[0], env))

    def _count(self, node: Node, env: Env) -> int:
        return len(self.value(node.args[0], env))

    def _sum(self, node: Node, env: Env) -> Any:
        items = self.value(node.args[0], env)
        if not any(isinstance(item, Span) for item in items):
            return sum(items)
        return Span(sum(span(v).low for v in items), sum(span(v).high for v in items))

    def _max(self, node: Node, env: Env) -> Any:
        items = [span(v) for v in self.value(node.args[0], env)]
        if not items:
            raise CannotTell("the greatest of nothing")
        return Span(max(v.low for v in items), max(v.high for v in items))

    def _argmax(self, node: Node, env: Env) -> Any:
        keys, items = self.args(node, env)
        for k, key in enumerate(keys):
            try:
                if all(self._less(other, key) for n, other in enumerate(keys) if n != k):
                    return items[k]
            except CannotTell:
                continue
        raise CannotTell("two are too near the first place")

    def _sort(self, node: Node, env: Env) -> list[Any]:
        keys, items = self.args(node, env)
        before = [sum(self._before(keys, n, k) for n in range(len(keys)) if n != k) for k in range(len(keys))]
        if sorted(before) != list(range(len(keys))):
            raise CannotTell("the order is not told")
        return [items[before.index(k)] for k in range(len(keys))]

    def _before(self, keys: list[Any], one: int, two: int) -> bool:
        """Whether one key is less; of ranks that hide nothing of each other, by those that lie between."""
        try:
            return self._less(keys[one], keys[two])
        except CannotTell:
            if not isinstance(keys[one], Rank):
                raise
        reach = {one}, {two}
        for _ in keys:
            for found in reach:
                for k in range(len(keys)):
                    if k not in found and any(self._surely(keys[n], keys[k]) for n in found):
                        found.add(k)
        if two in reach[0]:
            return True
        if one in reach[1]:
            return False
        raise CannotTell("two of a stack hide nothing of each other")

    def _surely(self, a: Any, b: Any) -> bool:
        try:
            return self._less(a, b)
        except CannotTell:
            return False

    def _only(self, node: Node, env: Env) -> Any:
        passes, items = self.args(node, env)
        found = [item for item, passed in zip(items, passes, strict=True) if passed]
        if len(found) != 1:
            self.looked = True
            return found  # not one: what a scene's answer never is
        return found[0]

    def _unique(self, node: Node, env: Env) -> list[Any]:
        found: list[Any] = []
        for item in self.value(node.args[0], env):
            if not any(self.same(item, other) for other in found):
                found.append(item)
        return found

    def _mode(self, node: Node, env: Env) -> Any:
        items = self.value(node.args[0], env)
        counts = [sum(self.same(item, other) for other in items) for item in items]
        return items[counts.index(max(counts))]

    def _distinct(self, node: Node, env: Env) -> bool:
        return len(self._unique(node, env)) == len(self.value(node.args[0], env))

    def _reverse(self, node: Node, env: Env) -> list[Any]:
        found: list[Any] = self.value(node.args[0], env)[::-1]
        return found

    def _except(self, node: Node, env: Env) -> list[Any]:
        items, less_ = self.args(node, env)
        out = less_ if isinstance(less_, list) else [less_]
        return [item for item in items if not any(self.same(item, other) for other in out)]

    def _in(self, node: Node, env: Env) -> bool:
        item, items = self.args(node, env)
        return any(self.same(item, other) for other in items)

    def _text(self, node: Node, env: Env) -> str:
        found = ""
        for part in node.attrs["template"]:
            if isinstance(part, str):
                found += part
                continue
            value = self.value(node.args[part["hole"]], env)
            if isinstance(value, Span | Spot | Rank | Tint):
                raise CannotTell("a text of what was measured")
            base = self.program.nodes[node.args[part["hole"]]].type.base
            found += spoken(value, base, part.get("format"), part.get("choices") or (), self.colors)
        return found
