"""Fitting a value to the type that is wanted, with the advice that each mismatch deserves."""

from __future__ import annotations

from dataclasses import replace

from pgt_dsl.program.datatypes import BASES, Type, type_of
from pgt_dsl.program.program import NodeId
from pgt_dsl.syntax import tree
from pgt_dsl.types.context import Context, advice, describe, plural
from pgt_dsl.types.scope import Val


def fits(have: Type, want: Type) -> bool:
    """Whether a value of type ``have`` may stand where ``want`` is asked for."""
    if have == want:
        return True
    if have.rank != want.rank:
        return False
    return (have.base, want.base) in {("int", "number"), ("shape", "point")}


def convert(cx: Context, val: Val, want: Type) -> Val:
    """Apply the implicit conversion that ``fits`` allows."""
    if val.type == want or val.type.base == "int":
        return val
    if val.type.base == "shape" and want.base == "point":
        from pgt_dsl.types.fields import get_field

        return get_field(cx, val, "at", val.span)
    return val


def coerce(cx: Context, val: Val, want: Type, what: str) -> Val:
    """``val`` as a value of type ``want``. ``what`` names the field or parameter in messages. Raises ``Stop``."""
    if val.type.base == "range" and want == Type("int", 1):
        return as_list(cx, val)
    if fits(val.type, want):
        return convert(cx, val, want)
    if want.rank and is_empty(cx, val):
        return replace(val, node=cx.builder.node("list", want, (), None, (0,) * want.rank), type=want)
    mismatch(cx, val, want, what)
    raise AssertionError


def as_list(cx: Context, val: Val) -> Val:
    """A range of whole numbers as a list of them; other values unchanged."""
    if val.type.base != "range" or val.ends is None:
        return val
    low, high = val.ends
    if cx.builder.type(low) != Type("int") or cx.builder.type(high) != Type("int"):
        cx.fail("T214", "only a range of whole numbers is a list", val.span,
                f"a range of {plural(cx.builder.type(low if cx.builder.type(high) == Type('int') else high).base)}",
                help="count with whole numbers and compute: `[i in 0 .. 9: 2vmin * i]`")  # fmt: skip
    b = cx.bounds()
    size = b(high)[1] - b(low)[0] + 1
    if not size <= 1000:
        cx.fail("L606", "this range is too long, or nothing bounds it", val.span, "a list of all these numbers",
                help="a list has at most 1000 items")  # fmt: skip
    return cx.op("range", "int[]", low, high, span=val.span, sizes=(max(int(size), 0),))


def is_empty(cx: Context, val: Val) -> bool:
    """Whether a value is the list ``[]``, which fits every list."""
    record = cx.builder.nodes[val.node]
    return val.type.rank == 1 and record.op == "list" and not record.args


def one(cx: Context, val: Val, base: str, what: str) -> Val:
    """``val`` as a single value of a base type."""
    return coerce(cx, val, Type(base), what)  # type: ignore[arg-type]


def mismatch(cx: Context, val: Val, want: Type, what: str) -> None:
    """Report that ``val`` does not fit; every usual slip has its own code and advice."""
    have = val.type
    text = val.span.text if val.span else "this"
    if have.base == "range":
        cx.fail("T215", f"{_a(what)} is one value, this is a range", val.span, "a range",
                help=f"`{what} ~ {text}` draws a value from it" if " " not in what else
                f"draw a value from it first: `let v ~ {text}`")  # fmt: skip
    if have.rank == 1 and want.rank == 0 and have.base == want.base:
        if want.base == "shape":
            size = cx.builder.size(val.node)
            cx.fail("T206", f"one shape is wanted, `{text}` is a list of {size}", val.span, "a list of shapes",
                    help=[f"for every one of them: `all(x in {text}: ...)` with `x` in place of `{text}`",
                          f"for the first: `{text}[0]`"])  # fmt: skip
        cx.fail(
            "T203",
            f"{_a(what)} is one {want.base}, this is a list",
            val.span,
            describe(have),
            help=f"`{what} ~ {text}` draws one of them" if " " not in what else f"`{text}[0]` is its first item",
        )
    if have.base == "text" and want.rank == 0 and want.base in ("color", "form"):
        bare = text.strip('"')
        known = cx.base.lookup(bare)
        cx.fail(
            "T205",
            f"{_a(what)} is a {want.base}, this is text",
            val.span,
            "text",
            help=[f"drop the quotes: `{bare}`"] if known else [*advice(bare, _choices(cx, want.base), f"{want.base}s")],
        )
    if val.percent and want.base == "length":
        digits = text.rstrip("%")
        cx.fail(
            "T202",
            f"{_a(what)} is a length; `%` is a plain number",
            val.span,
            "a number",
            help=f"write `{digits}vmin` or `{digits}vw`, or a share of a length: `{text} * canvas.width`",
        )
    if have.base in ("int", "number") and want.base in ("length", "angle") and have.rank == want.rank == 0:
        unit = "vmin" if want.base == "length" else "deg"
        simple = text.replace(".", "", 1).isdigit() or text.isidentifier()
        cx.fail("T202", f"{_a(what)} is {describe(want)}, this is {describe(have)} without a unit", val.span,
                "no unit", help=f"write `{text}{unit}`" if text.replace(".", "", 1).isdigit() else
                f"multiply it by a unit: `{text if simple else f'({text})'} * 1{unit}`")  # fmt: skip
    if want.rank == 1 and have.rank == 0 and have.base == want.base:
        cx.fail("T210", f"{_a(what)} is {describe(want)}, this is only one", val.span, describe(have),
                help=f"put it in brackets: `[{text}]`")  # fmt: skip
    helps: tuple[str, ...] = ()
    if have == Type("shape") and want.is_quantity:
        helps = (f"measure the shape, for example `{text}.x` or `area({text})`",)
    elif want == Type("point"):
        helps = ("a point is two lengths, `(50vw, 30vh)`, or the place of a shape, `a.at`",)
    elif want == Type("text") and have.base in ("int", "number") and not have.rank:
        helps = (f'write `"{text}"`',) if text.isdigit() else (f"write `digits({text})`",)
    cx.fail("T210", f"{_a(what)} is {describe(want)}", val.span, f"this is {describe(have)}", help=helps)


def _a(what: str) -> str:
    return what if " " in what else f"`{what}`"


def _choices(cx: Context, base: str) -> list[str]:
    return list(cx.registry.colors if base == "color" else cx.registry.forms)


def same(cx: Context, left: Val, right: Val) -> Type | None:
    """The common type of two values, or None when they are not alike."""
    if fits(left.type, right.type):
        return right.type
    if fits(right.type, left.type):
        return left.type
    return None


def constant(cx: Context, node: NodeId) -> object:
    """The value of a constant node, or None."""
    record = cx.builder.nodes[node]
    return record.attrs["value"] if record.op == "const" else None


def named_type(cx: Context, name: tree.TypeName) -> Type:
    """A type written in the text."""
    if name.name not in BASES or name.name == "range":
        cx.fail("N301", f"there is no type `{name.name}`", name.span, "not known here",
                help=advice(name.name, [base for base in BASES if base != "range"], "types"))  # fmt: skip
    if name.rank > 2:
        cx.fail("L615", "lists nest at most two deep", name.span)
    return type_of(name.name + "[]" * name.rank)
