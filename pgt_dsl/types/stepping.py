"""What a recipe steps through: a pick or a let becomes a pick of the values that are named, with equal shares.

The values are known before anything is drawn. Of a range they lie evenly between its ends, which are two of them; of a
law that is even in the logarithm they do so there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import STEPS
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list, coerce
from pgt_dsl.types.context import Context
from pgt_dsl.types.laws import Drawn, law_of
from pgt_dsl.types.scope import Scope, Val
from pgt_dsl.types.settings import Item, Setting, constants, never, within

MOST = 1000  # values without groups
DIGITS = 12  # of a value between two ends: 0.1 + 0.2 is 0.3
RANGES = ("uniform", "log_uniform", "integers", "bins")


@dataclass(slots=True)
class Steps:
    """What a recipe steps through: ``values`` as it names them, or so many (``count``), or all. ``group`` says that it
    is a sweep; ``place`` is where the recipe says it."""

    name: str
    place: Span
    values: tree.Expr | None
    count: int | None
    group: bool
    used: bool = False

    def said(self, what: str) -> str:
        """How a recipe says it."""
        return f"`{'sweep' if self.group else 'levels'} = {{ {self.name} = {what} }}`"


def let_values(cx: Context, item: tree.Let, steps: Steps, setting: Setting | None, scope: Scope) -> Val:
    """The values that a let is stepped through, a list of constants; ``setting`` is what the recipe sets it to."""
    if item.bind.mode != "~":
        if steps.values is None or setting is not None:
            _fail(cx, steps, f"`{item.name}` has one value", "it is not drawn", "name the values: a list",
                  item.bind.expr.span)  # fmt: skip
        one = as_list(cx, cx.expr(cx, item.bind.expr, scope))
        if one.type.rank:
            _fail(cx, steps, f"`{item.name}` is a list", "its values would be lists", "step through another let",
                  item.bind.expr.span)  # fmt: skip
        return _list(cx, steps, _named(cx, steps, one.type, scope), one.type)
    law = law_of(cx, item.bind.expr, scope, item.name)
    if law.type.rank:
        _fail(cx, steps, f"`{item.name}` is a list", "its values would be lists", "step through another let",
              item.bind.expr.span)  # fmt: skip
    if setting is not None:
        law = _set(cx, item, law, setting, scope)
    if steps.values is not None:
        return _within(cx, steps, law, scope, item.bind.expr.span)
    if law.law.name in RANGES:
        ends = [constants(cx, node) for node in law.law.args[:2]]
        if not all(ends):
            _unknown(cx, steps, item.bind.expr.span)
        low, high = (end[0] for end in ends if end)
        return _list(cx, steps, _spread(cx, steps, law.law.name, low, high, item.bind.expr.span), law.type)
    items = constants(cx, law.law.args[0]) if law.law.name in ("choice", "weighted") else None
    if items is None:
        _unknown(cx, steps, item.bind.expr.span)
    return _list(cx, steps, _some(cx, steps, items, item.bind.expr.span), law.type)


def pick_values(cx: Context, values: Val, steps: Steps, scope: Scope) -> Val:
    """Those values of a pick that it is stepped through, in the order in which they are named."""
    type = values.type.item
    known = constants(cx, values.node)
    if steps.values is not None:
        named = _named(cx, steps, type, scope)
        bad = [item for item in named if known is not None and item not in known]
        if bad:
            never(cx, steps.name, _place(steps), values.span, bad)
        return _list(cx, steps, named, type)
    if known is None:
        _unknown(cx, steps, values.span)
    return _list(cx, steps, _some(cx, steps, known, values.span), type)


def bins_values(cx: Context, domain: tree.Call, steps: Steps, scope: Scope) -> Val:
    """The values that a pick of bins is stepped through: of its whole range."""
    law = law_of(cx, domain, scope, steps.name)
    if steps.values is not None:
        return _within(cx, steps, law, scope, domain.span)
    ends = [constants(cx, node) for node in law.law.args[:2]]
    number = constants(cx, law.law.args[2])
    if not all(ends) or number is None:
        _unknown(cx, steps, domain.span)
    many = replace(steps, count=steps.count or int(number[0][1]))
    low, high = (end[0] for end in ends if end)
    return _list(cx, many, _spread(cx, many, "bins", low, high, domain.span), law.type)


def check_count(cx: Context, steps: Steps, many: int) -> None:
    """Report fewer than two steps, or too many."""
    most = STEPS if steps.group else MOST
    if not 2 <= many <= most:
        _fail(
            cx,
            steps,
            f"`{steps.name}` is stepped through 2 to {most} values, not {many}",
            "",
            "`levels` takes more, for it makes no groups" if steps.group and many > most else "",
        )


# values -----------------------------------------------------------------------------------------------


def _set(cx: Context, item: tree.Let, law: Drawn, setting: Setting, scope: Scope) -> Drawn:
    """The law over what a recipe sets a let to."""
    val = cx.expr(cx, setting.expr, scope)
    nodes = list(val.ends) if val.ends is not None else [val.node]
    within(cx, item.name, item.bind.expr.span, law.law, nodes, law.type, setting)
    if val.ends is None and val.type.rank == 0:
        cx.fail("R815", f"`{item.name}` is set to one value and stepped through", setting.place, "one value",
                help="set it to a range or a list, or leave `set` out")  # fmt: skip
    if val.ends is not None and law.law.name in RANGES:
        ends = [coerce(cx, Val(end, cx.builder.type(end), val.span), law.type, item.name).node for end in val.ends]
        return Drawn(replace(law.law, args=(*ends, *law.law.args[2:])), law.type)
    return Drawn(replace(law.law, name="choice", args=(as_list(cx, val).node,)), law.type)


def _named(cx: Context, steps: Steps, type: Type, scope: Scope) -> list[Item]:
    """The values that the recipe names."""
    assert steps.values is not None
    val = cx.expr(cx, steps.values, scope)
    if val.ends is not None and cx.builder.type(val.ends[0]) != Type("int"):
        _fail(cx, steps, f"`{steps.name}` cannot be stepped through a range without end of values", "a range",
              f"`set` it to the range, and say here how many values: {steps.said('8')}")  # fmt: skip
    val = as_list(cx, val)
    if val.type.rank != 1:
        _fail(cx, steps, f"`{steps.name}` is stepped through several values", "one value",
              "write a list of values, or a number of steps without quotes")  # fmt: skip
    val = coerce(cx, val, type.listed, steps.name)
    known = constants(cx, val.node)
    if known is None:
        _fail(cx, steps, f"the values of `{steps.name}` are known before anything is drawn", "not constants",
              "name them: `[2vmin, 4vmin, 8vmin]`")  # fmt: skip
    return known


def _within(cx: Context, steps: Steps, law: Drawn, scope: Scope, span: Span | None) -> Val:
    """The values that the recipe names, which a law must be able to give."""
    named = _named(cx, steps, law.type, scope)
    nodes = [cx.builder.const(law.type, value, unit) for unit, value in named]
    within(cx, steps.name, span, law.law, nodes, law.type, _place(steps))
    return _list(cx, steps, named, law.type)


def _place(steps: Steps) -> Setting:
    """Where the recipe names values, for the faults that a setting has too."""
    assert steps.values is not None
    return Setting(steps.name, steps.values, steps.place)


def _spread(
    cx: Context, steps: Steps, law: str, low: Item, high: Item, span: Span | None
) -> list[Item]:  # fmt: skip
    """So many values of a range, evenly; of whole numbers all, when no number is said."""
    if low[0] != high[0] or isinstance(low[1], str) or not low[1] < high[1]:
        if low[1] != high[1] or low[0] != high[0]:
            _unknown(cx, steps, span)
        _fail(cx, steps, f"the range of `{steps.name}` is one value", "", "set it to a wider one", span)
    if law == "integers":
        whole = range(int(low[1]), int(high[1]) + 1)
        return [(low[0], value) for value in _some(cx, steps, whole, span)]
    if steps.count is None:
        _fail(cx, steps, f"`{steps.name}` has endlessly many values", "all of them",
              f"say how many: {steps.said('8')} is its two ends and 6 values between them", span)  # fmt: skip
    check_count(cx, steps, steps.count)
    shares = [k / (steps.count - 1) for k in range(steps.count)]
    if law == "log_uniform":
        made = [math.exp(math.log(low[1]) * (1 - share) + math.log(high[1]) * share) for share in shares]
    else:
        made = [low[1] * (1 - share) + high[1] * share for share in shares]
    made[0], made[-1] = float(low[1]), float(high[1])
    return [(low[0], float(f"{value:.{DIGITS}g}")) for value in made]


def _some(cx: Context, steps: Steps, items: Sequence[Any], span: Span | None) -> list[Any]:
    """So many of some values, evenly from the first to the last; all, when no number is said."""
    many = len(items) if steps.count is None else steps.count
    if many > len(items):
        _fail(cx, steps, f"`{steps.name}` has {len(items)} values, not {many}", "", "ask for fewer, or for all of them",
              span)  # fmt: skip
    check_count(cx, steps, many)
    return [items[round(k * (len(items) - 1) / (many - 1))] for k in range(many)]


def _list(cx: Context, steps: Steps, named: Sequence[Item], type: Type) -> Val:
    """The values as a list of constants."""
    check_count(cx, steps, len(named))
    if any(item in named[:k] for k, item in enumerate(named)):
        _fail(cx, steps, f"`{steps.name}` has one value twice", "each step is another value", "name it once")
    whole = type.base not in ("number", "length", "area", "angle")
    nodes = [cx.builder.const(type, value if whole else float(value), unit) for unit, value in named]
    return Val(cx.builder.node("list", type.listed, nodes, None, (len(nodes),)), type.listed, steps.place)


def _unknown(cx: Context, steps: Steps, span: Span | None) -> NoReturn:
    _fail(cx, steps, f"the values of `{steps.name}` are not known before anything is drawn", "so there are no steps",
          f"name the values: {steps.said('[...]')}", span)  # fmt: skip


def _fail(
    cx: Context, steps: Steps, message: str, label: str, help: str, span: Span | None = None
) -> NoReturn:  # fmt: skip
    cx.fail("R815", message, steps.place, label or "stepped through here", help=help,
            others=[(span, "its values")] if span is not None else [])  # fmt: skip
    raise AssertionError
