"""Whether what a scene says was drawn could have been drawn: the oracle's reading of every law."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from pgt_dsl.geometry.oracle import Seen
from pgt_dsl.geometry.oracle_functions import margin
from pgt_dsl.program.oracle_eval import NOWHERE, Env, Oracle
from pgt_dsl.program.oracle_values import read, same
from pgt_dsl.program.oracle_verdict import SHARE, Verdicts
from pgt_dsl.program.program import AxisId, Law, Var

Value = Any


def environments(oracle: Oracle, axes: Sequence[AxisId]) -> Iterator[Env]:
    """The positions of all items that are there along block axes, outermost first."""
    envs: list[Env] = [NOWHERE]
    if not axes:
        return iter(envs)
    for axis in axes:
        envs = [inner for env in envs for inner in oracle.along(axis, env)]
    return iter(envs)


def breach(oracle: Oracle, verdicts: Verdicts, var: Var, env: Env) -> str | None:
    """Why the drawn value of ``var`` at ``env`` is impossible (None: it is possible).

    Raises ``UndefinedValueError`` when the scene has no such draw.
    """
    found = oracle.drawn(var.name, env, var.axes)
    value = read(found, var.type, 1.0, oracle.shapes.slot)
    return _breach(oracle, verdicts, var, var.law, value, env)


def _breach(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    if law.name == "stratum":
        return _stratum(o, var, value)
    rule = _RULES.get(law.name)
    return None if rule is None else rule(o, v, var, law, value, env)


def _args(o: Oracle, law: Law, env: Env) -> list[Value]:
    return [o.value(arg, env) for arg in law.args]


def _slack(v: Verdicts, law: Law, *values: float) -> float:
    """What rounding may add to a bound."""
    return SHARE * max(1.0, *map(abs, values)) + sum(v.tolerance(arg) for arg in law.args)


def _bounds(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    low, high = _args(o, law, env)[:2]
    if low <= value <= high:
        return None
    slack = _slack(v, law, low, high)
    return None if low - slack <= value <= high + slack else f"within {low:g} .. {high:g}"


def _integers(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    low, high = _args(o, law, env)[:2]
    return None if value == int(value) and low <= value <= high else f"a whole number of {low:g} .. {high:g}"


def _normal(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    mean, sd = _args(o, law, env)[:2]
    near = abs(value - mean) <= 4 * abs(sd) + _slack(v, law, mean, sd)
    return None if near else f"within four standard deviations of {mean:g}"


def _choice(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    items = o.value(law.args[0], env)
    if isinstance(value, str) and value in items:
        return None
    return None if any(same(value, x, SHARE) for x in items) else f"one of {items}"


def _weighted(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    items, weights = _args(o, law, env)
    allowed = [x for x, w in zip(items, weights, strict=True) if w > 0]
    return None if any(same(value, x, SHARE) for x in allowed) else f"one of {allowed}"


def _taken(items: Sequence[Value], value: Sequence[Value]) -> bool:
    """Whether the values are different items of a list (equal ones as often as there are)."""
    left = list(items)
    for x in value:
        place = next((k for k, y in enumerate(left) if same(x, y, SHARE)), None)
        if place is None:
            return False
        del left[place]
    return True


def _sample(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    items, k = _args(o, law, env)
    return None if len(value) == k and _taken(items, value) else f"{k} different items of {items}"


def _shuffle(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    items = o.value(law.args[0], env)
    return None if len(value) == len(items) and _taken(items, value) else f"a permutation of {items}"


def _repeat(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    n = o.value(law.args[0], env)
    if len(value) != n:
        return f"{n} items"
    if law.inner is None:
        return None
    return next((why for x in value if (why := _breach(o, v, var, law.inner, x, env)) is not None), None)


def _anywhere(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    shape: Seen = o.value(law.args[0], env)
    less = o.value(law.args[1], env) if len(law.args) > 1 else 0.0
    room = margin(shape, value)
    slack = _slack(v, law, value.real, value.imag) + shape.slop
    return None if room >= less - slack else f"in {shape.kind} less {less:g} px"


def _ring(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    centre, low, high = _args(o, law, env)
    slack = _slack(v, law, low, high)
    return None if low - slack <= abs(value - centre) <= high + slack else f"{low:g} .. {high:g} px from {centre}"


def _scatter(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    n = o.value(law.args[0], env)
    gap = o.value(law.args[1], env) if len(law.args) > 1 else 0.0
    if len(value) != n:
        return f"{n} points"
    w, h = o.world.width, o.world.height
    if not all(-SHARE * w <= p.real <= w * (1 + SHARE) and -SHARE * h <= p.imag <= h * (1 + SHARE) for p in value):
        return "points of the canvas"
    slack = _slack(v, law, gap, w)
    near = any(abs(p - q) < gap - slack for p, q in combinations(value, 2))
    return f"points at least {gap:g} px from one another" if near else None


def _placed(o: Oracle, v: Verdicts, var: Var, law: Law, value: Value, env: Env) -> str | None:
    room: Seen = o.value(law.args[0], env)
    if law.group is None:
        return None
    placed = o.shapes.here(law.group, env)
    box, around = placed.box, room.box
    if box[0] >= around[0] and box[1] >= around[1] and box[2] <= around[2] and box[3] <= around[3]:
        return None
    slack = SHARE * max(1.0, o.world.width, o.world.height) + room.slop + max(placed.inset)
    fits = (
        box[0] >= around[0] - slack
        and box[1] >= around[1] - slack
        and box[2] <= around[2] + slack
        and box[3] <= around[3] + slack
    )
    return None if fits else f"such that its box {_rounded(box)} lies in {_rounded(around)}"


def _rounded(box: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(x, 3) for x in box)


def _stratum(o: Oracle, var: Var, value: Value) -> str | None:
    """A value set by a quota: one of the quota's values, or a position among them."""
    pick = next((p for p in o.program.picks if p.var == var.id), None)
    if pick is None:
        return None
    values = o.value(pick.values)
    if pick.what == "values":
        return None if any(same(value, x, SHARE) for x in values) else f"one of {values}"
    if pick.what == "positions":
        return None if value in values else f"a position among {len(values)}"
    return None


_RULES: dict[str, Callable[[Oracle, Verdicts, Var, Law, Value, Env], str | None]] = {
    "uniform": _bounds,
    "log_uniform": _bounds,
    "bins": _bounds,
    "integers": _integers,
    "normal": _normal,
    "choice": _choice,
    "weighted": _weighted,
    "sample": _sample,
    "shuffle": _shuffle,
    "repeat": _repeat,
    "anywhere": _anywhere,
    "ring": _ring,
    "scatter": _scatter,
    "placed": _placed,
}
