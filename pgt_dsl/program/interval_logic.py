"""The rules of the cells for comparison, logic and choice; see ``interval_rules``.

``top`` and ``only`` are places in a list: of the greatest key, and of the single item that passes; ``pick`` is the
value at a place (or the field of a shape), with the places in its data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from pgt_dsl.program.interval_cells import INF, Box, Cell, Members, slack

Span = tuple[float, float]
Args = tuple[Cell, ...]
BOTH: Span = (0.0, 1.0)
TRUE: Span = (1.0, 1.0)
FALSE: Span = (0.0, 0.0)


# comparison -----------------------------------------------------------------------------------------------


def at_most(box: Box, args: Args, _: Any) -> Span:
    """a <= b."""
    a, b = args
    if a == b or box.hi[a] <= box.lo[b] - slack(box.lo[b]) or (box.graph.both(a, b) and box.hi[a] <= box.lo[b]):
        return TRUE
    return FALSE if box.lo[a] > box.hi[b] + slack(box.hi[b]) else BOTH


def at_most_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """The bounds of one bound the other."""
    a, b = args
    step = 1.0 if box.graph.both(a, b) else 0.0
    if box.true(cell):
        box.narrow(a, -INF, box.hi[b])
        box.narrow(b, box.lo[a], INF)
    elif box.false(cell):
        box.narrow(a, box.lo[b] + step, INF)
        box.narrow(b, -INF, box.hi[a] - step)


def less(box: Box, args: Args, _: Any) -> Span:
    """a < b: not b <= a."""
    low, high = at_most(box, args[::-1], None)
    return 1 - high, 1 - low


def less_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """As ``at_most_back``; whole numbers differ by one."""
    a, b = args
    step = 1.0 if box.graph.both(a, b) else 0.0
    if box.true(cell):
        box.narrow(a, -INF, box.hi[b] - step)
        box.narrow(b, box.lo[a] + step, INF)
    elif box.false(cell):
        box.narrow(a, box.lo[b], INF)
        box.narrow(b, -INF, box.hi[a])


def equal(box: Box, args: Args, data: Any) -> Span:
    """a = b; real numbers within a tolerance (data, absolute, and ``slack``)."""
    a, b = args
    if a == b:
        return TRUE
    if box.graph.is_set[a]:
        if box.apart(a, b):
            return FALSE
        p, q = box.sets[a], box.sets[b]
        return TRUE if p is not None and p == q and len(p) == 1 else BOTH
    low, high = max(box.lo[a], box.lo[b]), min(box.hi[a], box.hi[b])
    if low > high + 4 * slack(high) + (data or 0.0):
        return FALSE
    one = box.lo[a] == box.hi[a] == box.lo[b] == box.hi[b]
    return TRUE if one else BOTH


def equal_back(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """One domain for both; what surely differs from a single value loses it."""
    a, b = args
    numeric = not box.graph.is_set[a]
    if box.true(cell):
        off = 0.0 if not numeric or box.graph.both(a, b) else data or 0.0
        if not numeric:
            box.meet(a, b)
            return
        for one, other in ((a, b), (b, a)):
            low, high = box.lo[other], box.hi[other]
            box.narrow(one, low - off - 2 * slack(low), high + off + 2 * slack(high))
    elif box.false(cell):
        for one, other in ((a, b), (b, a)):
            if not numeric:
                held, mine = box.sets[other], box.sets[one]
                if held is not None and mine is not None and len(held) == 1:
                    box.keep(one, mine - held)
            elif box.graph.both(a, b) and box.lo[other] == box.hi[other]:
                taken = box.lo[other]
                box.narrow(one, box.lo[one] + (box.lo[one] == taken), box.hi[one] - (box.hi[one] == taken))


# logic ------------------------------------------------------------------------------------------------------


def every(box: Box, args: Args, _: Any) -> Span:
    """And."""
    return min(box.lo[a] for a in args), min(box.hi[a] for a in args)


def every_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """All when true; the last that may be false when false."""
    if box.true(cell):
        for a in args:
            box.narrow(a, 1, 1)
    elif box.false(cell):
        undecided = [a for a in args if not box.true(a)]
        if len(undecided) == 1:
            box.narrow(undecided[0], 0, 0)


def some(box: Box, args: Args, _: Any) -> Span:
    """Or."""
    return max(box.lo[a] for a in args), max(box.hi[a] for a in args)


def some_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """None when false; the last that may be true when true."""
    if box.false(cell):
        for a in args:
            box.narrow(a, 0, 0)
    elif box.true(cell):
        undecided = [a for a in args if not box.false(a)]
        if len(undecided) == 1:
            box.narrow(undecided[0], 1, 1)


def no(box: Box, args: Args, _: Any) -> Span:
    """Not."""
    return 1 - box.hi[args[0]], 1 - box.lo[args[0]]


def no_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Not."""
    box.narrow(args[0], 1 - box.hi[cell], 1 - box.lo[cell])


def needs(box: Box, args: Args, _: Any) -> Span:
    """A truth of which only a necessary condition is known."""
    return FALSE if box.false(args[0]) else BOTH


def needs_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Where it holds, so does the condition."""
    if box.true(cell):
        box.narrow(args[0], 1, 1)


# choice -----------------------------------------------------------------------------------------------------


def domain(box: Box, cells: list[Cell]) -> Span | Members | None:
    """The hull of several cells' domains."""
    if not box.graph.is_set[cells[0]]:
        return min(box.lo[c] for c in cells), max(box.hi[c] for c in cells)
    found: Members = frozenset()
    for cell in cells:
        held = box.sets[cell]
        if held is None:
            return None
        found = found | held
    return found


def choice(box: Box, args: Args, _: Any) -> Span | Members | None:
    """If."""
    condition, then, other = args
    return domain(box, [then] if box.true(condition) else [other] if box.false(condition) else [then, other])


def choice_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """The branch taken has the value; a branch that cannot have it is not taken."""
    condition, then, other = args
    if box.true(condition):
        box.meet(cell, then)
    elif box.false(condition):
        box.meet(cell, other)
    elif box.apart(cell, then):
        box.narrow(condition, 0, 0)
    elif box.apart(cell, other):
        box.narrow(condition, 1, 1)


def places(box: Box, key: Cell, data: Any) -> Iterator[int]:
    """Which arguments a key may choose."""
    held = box.sets[key]
    return (k for k, name in enumerate(data) if held is None or name in held)


def pick(box: Box, args: Args, data: Any) -> Span | Members | None:
    """The value that a key chooses; anything where no key fits."""
    found = [args[1 + k] for k in places(box, args[0], data)]
    if found:
        return domain(box, found)
    return None if box.graph.is_set[args[1]] else (-INF, INF)


def pick_back(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """Keys whose values cannot be meant are out; the last one has the value."""
    fit = [k for k in places(box, args[0], data) if not box.apart(cell, args[1 + k])]
    box.keep(args[0], frozenset(data[k] for k in fit))
    if len(fit) == 1:
        box.meet(cell, args[1 + fit[0]])


def top(box: Box, args: Args, _: Any) -> Members:
    """Places of the greatest key that is there (presence, key, ...)."""
    count = len(args) // 2
    sure = [box.lo[args[2 * k + 1]] for k in range(count) if box.true(args[2 * k])]
    least = max(sure, default=-INF)
    found = frozenset(
        k for k in range(count)
        if not box.false(args[2 * k]) and box.hi[args[2 * k + 1]] >= least - slack(least)
    )  # fmt: skip
    return found or frozenset(range(count))


def top_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """A known place is there, and no key that is there is above its own."""
    held = box.sets[cell]
    if held is None or len(held) != 1:
        return
    (best,) = held
    key = args[2 * best + 1]
    if any(box.true(p) for p in args[::2]):  # else there may be none, and nothing chosen
        box.narrow(args[2 * best], 1, 1)
    for k in range(len(args) // 2):
        if k != best and box.true(args[2 * k]):
            box.narrow(key, box.lo[args[2 * k + 1]], INF)
            box.narrow(args[2 * k + 1], -INF, box.hi[key])


def only(box: Box, args: Args, _: Any) -> Members:
    """Places of the single item that passes."""
    sure = [k for k, a in enumerate(args) if box.true(a)]
    found = frozenset(sure[:1]) if len(sure) == 1 else frozenset(k for k, a in enumerate(args) if not box.false(a))
    return found or frozenset(range(len(args)))


def unread(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """No rule back: that one passes, and no other, holds only where the value matters."""


def place(box: Box, args: Args, data: Any) -> Members:
    """The place of an index in a full list of ``data`` items; negative ones count from the end."""
    low, high = max(box.lo[args[0]], -data), min(box.hi[args[0]], data - 1)
    if not low <= high or not math.isfinite(low) or not math.isfinite(high):
        return frozenset(range(data))
    return frozenset(k % data for k in range(int(low), int(high) + 1))


def place_back(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """An index that surely counts from the front is the place."""
    held = box.sets[cell]
    if held is not None and box.lo[args[0]] >= 0 and box.hi[args[0]] < data:
        box.narrow(args[0], min(held), max(held))


LOGIC: dict[str, tuple[Callable[[Box, Args, Any], Any], Callable[[Box, Cell, Args, Any], None]]] = {
    "le": (at_most, at_most_back), "lt": (less, less_back), "eq": (equal, equal_back), "and": (every, every_back),
    "or": (some, some_back), "not": (no, no_back), "needs": (needs, needs_back), "if": (choice, choice_back),
    "pick": (pick, pick_back), "top": (top, top_back), "only": (only, unread), "place": (place, place_back),
}  # fmt: skip
