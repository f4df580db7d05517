"""Calls: functions of the registry by their signature, functions of the language by inlining."""

from __future__ import annotations

from collections.abc import Sequence

from pgt_dsl.plugins.extension import Function
from pgt_dsl.program.datatypes import QUANTITIES, Type
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types import contrast, on_photo
from pgt_dsl.types.coerce import as_list, coerce, mismatch, named_type
from pgt_dsl.types.context import Context, describe, did_you_mean
from pgt_dsl.types.laws import LAWS
from pgt_dsl.types.line_like import only_lines
from pgt_dsl.types.loops import LIST_FUNCTIONS, comprehension, is_binding, list_call
from pgt_dsl.types.scope import DefDecl, Scope, Use, Val
from pgt_dsl.types.signature import Param, Signature, parse_signature
from pgt_dsl.types.snippets import snippet
from pgt_dsl.types.texts import PLAIN, longest

MAX_DEPTH = 24
PARTS = ("box_of", "segments")
SPREAD = ("apart", "overlap", "iou")  # of two shapes, and over all pairs of lists


def call(cx: Context, node: tree.Call, scope: Scope) -> Val:
    """``name(args)``: a function of the language, a list function, or a function of the registry."""
    known_function(cx, node)
    decl = cx.defs.get(node.name)
    if decl is not None:
        return _inline(cx, node, decl, scope)
    if node.name in LIST_FUNCTIONS:
        return list_call(cx, node, scope)
    if node.name in PARTS:
        return _part(cx, node, scope)
    return _function(cx, node, cx.registry.functions[on_photo.meant(cx, node, scope)], scope)


def known_function(cx: Context, node: tree.Call) -> None:
    """Report a call of something that is no function. Raises ``Stop`` then."""
    if any(node.name in table for table in (cx.defs, LIST_FUNCTIONS, PARTS, cx.registry.functions)):
        return
    span = node.name_span or node.span
    if node.name in LAWS:
        text = node.span.text if node.span else f"{node.name}(...)"
        cx.fail("T229", f"`{node.name}` is no value: it can only be drawn from", span, "stands only after `~`",
                help=f"write `let v ~ {text}`, and use `v` here")  # fmt: skip
    if node.name in cx.kinds or node.name in cx.registry.kinds:
        cx.fail("N301", f"`{node.name}` is a kind of shape, not a function", span, "a kind",
                help=f"declare a shape: `shape a: {node.name} {{ ... }}`")  # fmt: skip
    cx.fail("N301", f"there is no function `{node.name}`", span, "not known here", help=[h for h in (
        did_you_mean(node.name, [*cx.defs, *cx.registry.functions, *LIST_FUNCTIONS, *LAWS, *PARTS]),
        "`pgt kinds` lists all functions") if h])  # fmt: skip


def _part(cx: Context, node: tree.Call, scope: Scope) -> Val:
    """``box_of(s)`` and ``segments(p)``: parts that every shape, or every path, has."""
    from pgt_dsl.types.fields import dot

    if len(node.args.items) != 1 or node.args.where or node.args.body:
        cx.fail("T217", f"`{node.name}` takes one shape", node.span, "", help=f"write `{node.name}(a)`")
    of = cx.expr(cx, node.args.items[0].expr, scope)
    if of.type.base != "shape" or of.type.rank > 1:
        mismatch(cx, of, Type("shape"), "s")
    return dot(cx, of, "box" if node.name == "box_of" else "segments", node.span, node.span)


def arguments(
    cx: Context, node: tree.Call, scope: Scope, params: Sequence[tuple[str, object]], shown: str
) -> dict[str, Val]:
    """Match arguments to parameters by place and name; ``params`` are (name, optional)."""
    given: dict[str, Val] = {}
    if is_binding(node.args):
        if not params:
            cx.fail("T217", f"`{node.name}` takes no arguments", node.span, help=f"`{shown}`")
        given[params[0][0]] = comprehension(cx, node.args, scope, node.span).as_list()
    else:
        if node.args.where is not None or node.args.body is not None:
            cx.fail("T219", "`where` and `:` need a name that runs over a list", node.span,
                    help=f"write `{node.name}(x in xs where ...: ...)`")  # fmt: skip
        names = [name for name, _ in params]
        for k, arg in enumerate(node.args.items):
            name = arg.name or (names[k] if k < len(names) else "")
            if name not in names:
                label = f"no parameter `{arg.name}`" if arg.name else "one too many"
                listed = f": {', '.join(names)}" if names else ""
                cx.fail("T217", f"`{node.name}` takes {_count(len(names))}{listed}", arg.span or arg.expr.span, label,
                        help=f"`{shown}`")  # fmt: skip
            if name in given:
                cx.fail("T217", f"`{name}` is given twice", arg.span or arg.expr.span, "given again",
                        help=f"`{shown}`")  # fmt: skip
            given[name] = cx.expr(cx, arg.expr, scope)
    missing = [name for name, optional in params if name not in given and not optional]
    if missing:
        cx.fail("T217", f"`{node.name}` needs " + " and ".join(f"`{m}`" for m in missing), node.span,
                f"no {' and no '.join(f'`{m}`' for m in missing)}", help=f"`{shown}`")  # fmt: skip
    return given


def _count(n: int) -> str:
    return ("no arguments", "one argument")[n] if n < 2 else f"{n} arguments"


def _inline(cx: Context, node: tree.Call, decl: DefDecl, scope: Scope) -> Val:
    """Expand a function of the language at its call."""
    name = node.name
    names = [use.name for use in cx.calls if use.what == "def"]
    if name in names:
        cx.fail("N304", f"`{name}` calls itself", node.span, " -> ".join([*names[names.index(name) :], name]),
                help="a function cannot call itself; loop over a list instead: `all(x in xs: ...)`")  # fmt: skip
    if len(cx.calls) >= MAX_DEPTH:
        cx.fail("L602", f"functions call one another more than {MAX_DEPTH} deep", node.span)
    cx.called.add(name)
    params = decl.tree.params
    shown = f"{name}({', '.join(f'{p.name}: {p.type.name}' + '[]' * p.type.rank for p in params)})"
    if decl.tree.result is not None:
        shown += f": {decl.tree.result.name}" + "[]" * decl.tree.result.rank
    given = arguments(cx, node, scope, [(p.name, p.default is not None) for p in params], shown)
    inner = Scope(decl.scope, {}, scope.axes, None)
    for param in params:
        want, what = named_type(cx, param.type), f"`{param.name}` of `{name}`"
        if param.name in given:
            inner.names[param.name] = _fit(cx, given[param.name], want, what)
        elif param.default is not None:
            inner.names[param.name] = coerce(cx, cx.expr(cx, param.default.expr, inner), want, what)
    calls, cx.calls = cx.calls, (*cx.calls, Use(name, node.span))
    try:
        result = cx.expr(cx, decl.tree.body, inner)
        if decl.tree.result is not None:
            result = coerce(cx, result, named_type(cx, decl.tree.result), f"the result of `{name}`")
    finally:
        cx.calls = calls
    return Val(result.node, result.type, node.span, result.groups, result.ends)


def _fit(cx: Context, val: Val, want: Type, what: str) -> Val:
    """An argument of a language function; ``number`` parameters take any quantity (``ratio``)."""
    if want == Type("number") and val.type.is_quantity:
        return val
    return coerce(cx, val, want, what)


def _function(cx: Context, node: tree.Call, function: Function, scope: Scope) -> Val:
    signature = parse_signature(function.signature)
    shown = function.signature
    spreads = node.name in SPREAD
    given = arguments(
        cx, node, scope, [(p.name, p.default is not None or (spreads and k)) for k, p in enumerate(signature.params)],
        shown,
    )  # fmt: skip
    if spreads and any(v.type == Type("shape", 1) for v in given.values()):
        return _between_lists(cx, node, list(given.values()), function)
    if spreads and len(given) == 1:
        cx.fail("T217", f"`{node.name}` compares two shapes, or the shapes of a list", node.span, "only one is given",
                help=f"write `{node.name}(a, b)` or `{node.name}(xs)`")  # fmt: skip
    return apply(cx, function, signature, given, node.span)


def apply(cx: Context, function: Function, signature: Signature, given: dict[str, Val], span: Span | None) -> Val:
    """Call a registry function on values, filling defaults."""
    bound: dict[str, Type] = {}
    args: list[Val] = []
    for param in signature.params:
        val = given.get(param.name)
        if val is None:
            assert param.default is not None
            val = cx.expr(cx, snippet(param.default, f"<default of {param.name}>"), cx.base)
        args.append(_argument(cx, val, param, bound, function.name))
        if param.name in function.lines:
            only_lines(cx, args[-1], f"`{param.name}` of `{function.name}`", function.name)
    if function.name == contrast.NAME:
        contrast.one_colour(cx, args[0], span)
    if function.name in on_photo.NAMES:
        cx.photo_reads.append((function.name, span))
    result = bound.get(signature.result) or Type(signature.result, 0)  # type: ignore[arg-type]
    if signature.rank:
        result = Type(result.base, signature.rank)
    sizes = (_result_size(cx, signature, args, span),) if signature.rank else ()
    return cx.op("call", result, *(a.node for a in args), span=span, attrs={"name": function.name}, sizes=sizes)


def _argument(cx: Context, val: Val, param: Param, bound: dict[str, Type], name: str) -> Val:
    what = f"`{param.name}` of `{name}`"
    if param.rank or (val.type.base == "range" and param.base == "T"):
        val = as_list(cx, val)
    if param.base in ("T", "Q"):
        if val.type.rank != param.rank or (param.base == "Q" and val.type.base not in QUANTITIES):
            wanted = ("a list of " if param.rank else "a ") + ("quantit" if param.base == "Q" else "value")
            ending = ("ies" if param.rank else "y") if param.base == "Q" else ("s" if param.rank else "")
            cx.fail("T210", f"{what} is {wanted}{ending}", val.span,
                    f"this is {describe(val.type)}")  # fmt: skip
        bound.setdefault(param.base, Type(val.type.base))
        return val
    return coerce(cx, val, Type(param.base, param.rank), what)  # type: ignore[arg-type]


def _result_size(cx: Context, signature: Signature, args: list[Val], span: Span | None) -> int:
    """The bound of a list result: a product of numbers and integer parameters, of list sizes, or of the most letters
    of a text."""
    b = cx.bounds()
    by_name = {p.name: a for p, a in zip(signature.params, args, strict=True)}
    size = 1.0
    for factor in signature.size.split("*"):
        text = factor.strip()
        if text.isdigit():
            size *= int(text)
        elif text in by_name:
            arg = by_name[text]
            if arg.type == Type("text"):
                size *= max(longest(cx, arg.node), PLAIN)
                continue
            size *= cx.builder.size(arg.node) if arg.type.rank else max(b(arg.node)[1], 0)
    if not size <= 1000:
        cx.fail("L606", "this list is too long, or nothing bounds its length", span, "too long",
                help="a list has at most 1000 items")  # fmt: skip
    return int(size)


def _between_lists(cx: Context, node: tree.Call, vals: list[Val], function: Function) -> Val:
    """``apart(xs)``, ``apart(xs, y)``, ``apart(xs, ys)``: the least over all pairs (the greatest for overlaps)."""
    from pgt_dsl.types.expressions import list_of
    from pgt_dsl.types.loops import reduce

    signature = parse_signature(function.signature)
    names = [p.name for p in signature.params]
    lists = [v if v.type.rank else list_of(cx, [v], v.span) for v in vals]
    for val in lists:
        if val.type != Type("shape", 1):
            mismatch(cx, val, Type("shape", 1), "xs")
    pairs = len(lists) == 1
    axis = cx.builder.loop_axis([v.node for v in lists], pairs)
    items = [cx.val(cx.builder.elem(axis, k), node.span, lists[0 if pairs else k].groups) for k in (0, 1)]
    body = apply(cx, function, signature, dict(zip(names, items, strict=True)), node.span)
    where = None
    if not pairs and set(lists[0].groups) & set(lists[1].groups):
        equal = cx.op("eq", "bool", items[0].node, items[1].node)
        where = cx.op("not", "bool", equal.node).node
    listed = cx.val(cx.builder.loop(axis, body.node, where), node.span)
    # of fewer than two shapes there is nothing to be near: the gap is as good as endless, the overlap none
    nothing = cx.builder.const(body.type.listed, [1e6] if node.name == "apart" else [0.0])
    size = cx.builder.size(listed.node) + 1
    full = cx.op("concat", body.type.listed, listed.node, nothing, span=node.span, sizes=(size,))
    return reduce(cx, "min" if node.name == "apart" else "max", full, None, node.span)
