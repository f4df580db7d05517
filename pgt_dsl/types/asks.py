"""Questions: the answer's type is its format, and every clause must suit it."""

from __future__ import annotations

from collections.abc import Callable

from pgt_dsl.program.datatypes import DISCRETE, QUANTITIES, Type
from pgt_dsl.program.program import NodeId, Template, Twin, VarId
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list, convert, same
from pgt_dsl.types.context import Context, advice, describe, plural
from pgt_dsl.types.deciding import deciding_units
from pgt_dsl.types.model import MistakeModel, Question
from pgt_dsl.types.scope import Entry, Lazy, Scope, Stop, Val
from pgt_dsl.types.texts import template

USUAL = {"length": "2vmin", "angle": "4deg", "number": "0.1", "area": "10%"}  # margins and tolerances, as examples


def is_box(cx: Context, val: Val) -> bool:
    """Whether a shape answer is a bounding box (its coordinates are asked for, not its name)."""
    return val.type.base == "shape" and bool(val.groups) and all(cx.groups[g].name.endswith(".box") for g in val.groups)


def continuous(cx: Context, val: Val) -> bool:
    """Whether the answer is a place or a measured quantity, judged by a tolerance."""
    return val.type.base not in DISCRETE or is_box(cx, val)


def question(cx: Context, ask: tree.Ask, scope: Scope) -> Question:
    """Elaborate an ask. Raises ``Stop`` when the answer itself is wrong; other clauses are reported one by one."""
    answer = as_list(cx, cx.expr(cx, ask.answer, scope))
    failed = False
    if answer.type.base in ("range", "vector") or answer.type.rank > 1 or (
            answer.type.rank and answer.type.base in ("bool", "area", "length", "angle", "number")):  # fmt: skip
        cx.fail("T234", f"{describe(answer.type)} cannot be an answer", answer.span, describe(answer.type),
                help="an answer is yes or no, a number or quantity, a color, form, text, shape or point; or a list of "
                "whole numbers, colors, forms, texts, shapes or points")  # fmt: skip
    later = scope.child({"answer": answer})
    named: list[Val] = []
    clear: tuple[Val, ...] = ()
    within: Val | None = None
    expect: Val | None = None
    wrong: list[MistakeModel] = []
    texts: list[Template] = []
    say: list[Template] = []
    because: list[Template] = []

    def attempt(work: Callable[[], object]) -> None:
        nonlocal failed
        try:
            work()
        except Stop:
            failed = True

    def margins() -> None:
        nonlocal clear, within
        clear, within = _margin(cx, ask, answer, scope)

    def expected() -> None:
        nonlocal expect
        if ask.expect is not None:
            expect = _like_answer(cx, cx.expr(cx, ask.expect, scope), answer, "what is expected")

    attempt(margins)
    attempt(expected)
    for mistake in ask.wrong:
        attempt(lambda m=mistake: wrong.append(_mistake(cx, m, answer, later)))  # type: ignore[misc]
    for source, inner, target in ((ask.texts, scope, texts), (ask.say, later, say), (ask.because, later, because)):
        for text in source:
            attempt(lambda t=text, i=inner, o=target: o.append(template(cx, t, i, named)))  # type: ignore[misc]
    over: Val | None = None

    def spread() -> None:
        nonlocal over
        over = _even(cx, ask, answer, scope)

    attempt(spread)
    if failed:
        raise Stop
    return Question(tuple(texts), answer, ask.even is not None, over, clear, within, expect, tuple(wrong), tuple(say),
                    tuple(because), tuple(named), ask.span, ask.even.span if ask.even else None)  # fmt: skip


def _even(cx: Context, ask: tree.Ask, answer: Val, scope: Scope) -> Val | None:
    """The values over which an ``even`` answer is spread, where the spec names them."""
    if ask.even is None:
        return None
    if continuous(cx, answer) or answer.type.rank:
        cx.fail("T236", f"{describe(answer.type)} has too many values to take each equally often", ask.even.span, "",
                others=[(answer.span, describe(answer.type))],
                help="draw it evenly instead: `pick v ~ bins(low .. high, 8)`"
                if not answer.type.rank else "leave `even` out, or ask for one item of the list")  # fmt: skip
    if ask.even.over is None:
        return None
    over = as_list(cx, cx.expr(cx, ask.even.over, scope))
    if over.type != answer.type.listed:
        cx.fail("T235", f"after `even over` stands {describe(answer.type.listed)}"
                + (", or a range" if answer.type.base == "int" else ""), over.span,
                f"this is {describe(over.type)}", others=[(answer.span, describe(answer.type))])  # fmt: skip
    return over


def _like_answer(cx: Context, val: Val, answer: Val, what: str) -> Val:
    val = as_list(cx, val)
    type = same(cx, val, answer)
    if type is None or type != answer.type:
        cx.fail(
            "T237",
            f"{what} is {describe(answer.type)}, as the answer is",
            val.span,
            f"this is {describe(val.type)}",
            others=[(answer.span, f"the answer: {describe(answer.type)}")],
        )
    return convert(cx, val, answer.type)


def _mistake(cx: Context, mistake: tree.Mistake, answer: Val, scope: Scope) -> MistakeModel:
    val = as_list(cx, cx.expr(cx, mistake.expr, scope))
    if val.type == answer.type.listed:
        return MistakeModel(val, mistake.name or "", mistake.some)
    if mistake.some:
        cx.fail("T248", f"some of what? After `of` stands {describe(answer.type.listed)}"
                + (", or a range" if answer.type.base == "int" else ""), val.span, f"this is {describe(val.type)}",
                others=[(answer.span, f"the answer: {describe(answer.type)}")],
                help="leave out the number to offer this one")  # fmt: skip
    return MistakeModel(_like_answer(cx, val, answer, "a wrong answer"), mistake.name or "")


def _margin(cx: Context, ask: tree.Ask, answer: Val, scope: Scope) -> tuple[tuple[Val, ...], Val | None]:
    """The ``clear`` margins or the ``within`` tolerance."""
    soft = continuous(cx, answer)
    what = "a box" if is_box(cx, answer) else describe(answer.type)
    if ask.margin is None:
        if soft:
            cx.fail("T238", f"{what} is never hit exactly", answer.span, "measured",
                    help=f"say how far off still counts: `within {_usual_tolerance(cx, answer)}`")  # fmt: skip
        return (), None
    vals = [cx.expr(cx, amount, scope) for amount in ask.margin.amounts]
    if ask.margin.mode == "clear" and soft:
        fitting = vals[0].type.base in _tolerance_types(cx, answer) and not is_box(cx, answer)
        amount = vals[0].span.text if fitting and vals[0].span else _usual_tolerance(cx, answer)
        cx.fail("T208", f"{what} has no wrong side to be clear of", ask.margin.span, "",
                others=[(answer.span, what)], help=f"`within {amount}` says how far off still counts")  # fmt: skip
    if ask.margin.mode == "within" and not soft:
        amount = vals[0].span.text if vals[0].span else "2vmin"
        cx.fail(
            "T208",
            f"{what} is right or wrong, never nearly right",
            ask.margin.span,
            "",
            others=[(answer.span, what)],
            help=f"`clear {amount}` leaves out what is too close to call",
        )
    if ask.margin.mode == "within":
        return (), _tolerance(cx, vals, answer, what)
    slacks = {name: f.slack_unit for name, f in cx.registry.functions.items() if f.slack_unit}
    units = deciding_units(cx.builder, answer.node, slacks)
    for val in vals:
        if val.type.base not in QUANTITIES or val.type.rank:
            cx.fail("T210", "a margin is a quantity", val.span, f"this is {describe(val.type)}",
                    help="for example `clear 2vmin`")  # fmt: skip
        base = "number" if val.type.base == "int" else val.type.base
        if val.percent and units:
            continue
        if base not in units:
            decided = ", and ".join(_comparison(cx, u, n, answer) for u, n in units.items())
            others = [(answer.span, f"compares {decided}" if decided else "exact: never too close to call")]
            helps = [f"`clear {USUAL.get(u, '5%')}`" for u in units]
            cx.fail("T209", f"nothing in this answer is decided by {describe(val.type)}", val.span,
                    describe(val.type), others=others, help=helps or "leave `clear` out")  # fmt: skip
    return tuple(vals), None


def _comparison(cx: Context, unit: str, node: NodeId, answer: Val) -> str:
    """``lengths: `a.x < b.x`, prelude.pgt:13``: what is compared, and where."""
    span = cx.spans.get(node)
    words = "areas, by their ratio" if unit == "area" else plural(unit)
    if span is None or span == answer.span or not span.text:
        return words
    if answer.span is not None and span.source is answer.span.source:
        where = ""
    else:
        where = f", {span.source.name.rpartition('/')[2]}:{span.source.line_column(span.start)[0]}"
    return f"{words}: `{' '.join(span.text.split())}`{where}"


def _tolerance_types(cx: Context, answer: Val) -> tuple[str, ...]:
    """The base types in which a tolerance of the answer is given."""
    if is_box(cx, answer):
        return ("number",)
    base = "length" if answer.type.base == "point" else answer.type.base
    return (base, "int") if base == "number" else (base,)


def _usual_tolerance(cx: Context, answer: Val) -> str:
    """A tolerance that suits the answer, as an example."""
    return "80%" if is_box(cx, answer) else USUAL["length" if answer.type.base == "point" else answer.type.base]


def _tolerance(cx: Context, vals: list[Val], answer: Val, what: str) -> Val:
    if len(vals) > 1:
        cx.fail("T239", "a tolerance is one quantity", vals[1].span, "one too many")
    wanted = _tolerance_types(cx, answer)
    if vals[0].type.base not in wanted and not (vals[0].percent and answer.type.base != "point"):
        hint = "the share in which the boxes agree" if is_box(cx, answer) else describe(Type(wanted[0]))  # type: ignore[arg-type]
        cx.fail("T239", f"the tolerance of {what} is {hint}", vals[0].span, f"this is {describe(vals[0].type)}",
                others=[(answer.span, what)], help=f"for example `within {_usual_tolerance(cx, answer)}`")  # fmt: skip
    return vals[0]


def twin(cx: Context, node: tree.Twin, scope: Scope, picks: dict[str, VarId]) -> Twin:
    """The pick that flips, and what may move with it."""
    if node.pick not in picks:
        cx.fail("N311", f"`{node.pick}` is no pick", node.pick_span or node.span, "a twin flips a pick",
                help=advice(node.pick, picks, "picks") or f"declare one: `pick {node.pick} ~ coin`")  # fmt: skip
    moves: list[VarId] = []
    for target in node.moves:
        moves.extend(_moving(cx, target, scope))
    return Twin(picks[node.pick], tuple(dict.fromkeys(moves)))


def _moving(cx: Context, target: tree.Expr, scope: Scope) -> list[VarId]:
    """The drawn variables that ``moves x`` or ``moves s.at`` sets free."""
    if isinstance(target, tree.Dot) and isinstance(target.of, tree.Name):
        entry: Entry | None = scope.lookup(target.of.name)
        owner = entry.force(cx) if isinstance(entry, Lazy) else entry
        if owner is not None and owner.type.base == "shape" and owner.groups:
            info = cx.groups[owner.groups[0]]
            if target.name in info.fields:
                val = info.fields[target.name].force(cx)
                return _variables(cx, val, target)
    return _variables(cx, cx.expr(cx, target, scope), target)


def _variables(cx: Context, val: Val, target: tree.Expr) -> list[VarId]:
    record = cx.builder.nodes[val.node]
    if record.op == "var":
        return [record.attrs["var"]]
    if record.op == "field":
        found = []
        for group in record.attrs["groups"]:
            info = cx.groups[group]
            inner = info.fields.get(record.attrs["name"])
            if inner is not None:
                found.extend(_variables(cx, inner.force(cx), target))
        return found
    text = target.span.text if target.span else "a"
    whole = val.type.base == "shape"
    cx.fail("T240", "only what is drawn can move", target.span, "a whole shape" if whole else "this is computed",
            help=f"name what of it may change, for example `{text}.at`" if whole else
            "name a `let ... ~`, or a field that is drawn, such as `a.at`")  # fmt: skip
