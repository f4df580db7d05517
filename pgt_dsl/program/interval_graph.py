"""The graph of cells under construction: equal cells are one, and what has one value is a constant."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from pgt_dsl.program.interval_cells import Box, Cell, Members
from pgt_dsl.program.interval_rules import FORWARD, PARTIAL

MOST_CELLS = 20_000


class Graph:
    """Cells under construction. ``box`` holds the forward reading: the domains that follow from the laws alone."""

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.args: list[tuple[Cell, ...]] = []
        self.data: list[Any] = []
        self.whole: list[bool] = []
        self.is_set: list[bool] = []
        self.sure: list[bool] = []  # whether the value is defined in every scene
        self.users: list[list[Cell]] = []
        self.facts: list[Cell] = []  # bool cells that hold in every scene whose laws found what they drew from
        self.box = Box(self, [], [], [])
        self._known: dict[Hashable, Cell] = {}

    def __len__(self) -> int:
        return len(self.ops)

    @property
    def full(self) -> bool:
        """Whether there is no room for further detail."""
        return len(self.ops) >= MOST_CELLS

    def cell(self, op: str, args: Iterable[Cell] = (), data: Hashable = None, whole: bool = False) -> Cell:
        """Add (or find) a cell; what has one value becomes a constant."""
        args = tuple(args)
        key = (op, args, data)
        found = self._known.get(key)
        if found is None:
            domain = FORWARD[op](self.box, args, data)
            if args and isinstance(domain, tuple) and domain[0] == domain[1] and self._constant(args):
                found = self.number(domain[0], whole)
            else:
                sure = op not in PARTIAL and all(self.sure[a] for a in args)
                found = self._add(op, args, data, whole, domain, sure)
            self._known[key] = found
        return found

    def _constant(self, args: tuple[Cell, ...]) -> bool:
        return all(self.ops[a] == "leaf" and not self.is_set[a] and self.box.lo[a] == self.box.hi[a] for a in args)

    def _add(self, op: str, args: tuple[Cell, ...], data: Any, whole: bool, domain: Any, sure: bool) -> Cell:
        made = len(self.ops)
        self.ops.append(op)
        self.args.append(args)
        self.data.append(data)
        self.sure.append(sure)
        self.users.append([])
        for arg in dict.fromkeys(args):
            self.users[arg].append(made)
        numeric = isinstance(domain, tuple)
        self.whole.append(whole and numeric)
        self.is_set.append(not numeric)
        self.box.lo.append(domain[0] if numeric else 0.0)
        self.box.hi.append(domain[1] if numeric else 0.0)
        self.box.sets.append(None if numeric else domain)
        return made

    def number(self, value: float, whole: bool = False) -> Cell:
        """A constant number or truth."""
        return self.leaf(("=", float(value), whole), (float(value), float(value)), whole)

    def leaf(self, key: Hashable, domain: tuple[float, float] | Members | None, whole: bool = False) -> Cell:
        """A cell that nothing else determines, named by its key."""
        found = self._known.get(("leaf", key))
        if found is None:
            found = self._known["leaf", key] = self._add("leaf", (), key, whole, domain, True)
        return found

    def truth(self, key: Hashable) -> Cell:
        """An unknown bool."""
        return self.leaf(key, (0.0, 1.0), True)

    def unsure(self, cell: Cell) -> Cell:
        """The cell, which may be undefined in some scene."""
        self.sure[cell] = False
        return cell

    def members(self, *values: Any) -> Cell:
        """A constant of a finite type."""
        return self.leaf(("in", values), frozenset(values))

    # shorthands ---------------------------------------------------------------------------------

    def value(self, cell: Cell) -> float | None:
        """The number if the forward reading leaves one."""
        low, high = self.box.lo[cell], self.box.hi[cell]
        return low if low == high else None

    def only(self, cell: Cell) -> Any:
        """The member of a set cell if the forward reading leaves one, else None."""
        held = self.box.sets[cell]
        return next(iter(held)) if held is not None and len(held) == 1 else None

    def add(self, a: Cell, b: Cell) -> Cell:
        """a + b."""
        return b if self.value(a) == 0 else a if self.value(b) == 0 else self.cell("add", (a, b), None, self.both(a, b))

    def sub(self, a: Cell, b: Cell) -> Cell:
        """a - b."""
        return a if self.value(b) == 0 else self.cell("sub", (a, b), None, self.both(a, b))

    def mul(self, a: Cell, b: Cell) -> Cell:
        """a * b."""
        return b if self.value(a) == 1 else a if self.value(b) == 1 else self.cell("mul", (a, b), None, self.both(a, b))

    def div(self, a: Cell, b: Cell) -> Cell:
        """a / b."""
        return self.cell("div", (a, b))

    def scale(self, a: Cell, by: float) -> Cell:
        """A number times a constant."""
        return self.mul(a, self.number(by))

    def neg(self, a: Cell) -> Cell:
        """Minus a."""
        return self.args[a][0] if self.ops[a] == "neg" else self.cell("neg", (a,), None, self.whole[a])

    def greatest(self, cells: Iterable[Cell]) -> Cell:
        """The greatest of numbers."""
        held = tuple(dict.fromkeys(cells))
        return held[0] if len(held) == 1 else self.cell("max", held, None, all(self.whole[c] for c in held))

    def least(self, cells: Iterable[Cell]) -> Cell:
        """The least of numbers."""
        return self.neg(self.greatest([self.neg(c) for c in cells]))

    def le(self, a: Cell, b: Cell) -> Cell:
        """a <= b."""
        return self.cell("le", (a, b), None, True)

    def every(self, cells: Iterable[Cell]) -> Cell:
        """Whether all of these hold."""
        held = tuple(dict.fromkeys(c for c in cells if not (self.box.true(c) and self.value(c) == 1)))
        return self.number(1, True) if not held else held[0] if len(held) == 1 else self.cell("and", held, None, True)

    def some(self, cells: Iterable[Cell]) -> Cell:
        """Whether one of these holds."""
        held = tuple(dict.fromkeys(c for c in cells if self.value(c) != 0))
        return self.number(0, True) if not held else held[0] if len(held) == 1 else self.cell("or", held, None, True)

    def no(self, a: Cell) -> Cell:
        """Whether a bool does not hold."""
        return self.args[a][0] if self.ops[a] == "not" else self.cell("not", (a,), None, True)

    def both(self, a: Cell, b: Cell) -> bool:
        """Whether two cells are whole numbers."""
        return self.whole[a] and self.whole[b]

    def between(self, low: Cell, high: Cell, key: Hashable, ordered: bool, whole: bool = False) -> Cell:
        """A number between two others (``ordered``: ``low`` is never above ``high``)."""
        return self.cell("between", (low, high), (key, ordered and self.sure[low] and self.sure[high]), whole)
