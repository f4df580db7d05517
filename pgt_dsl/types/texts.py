"""Texts with holes: as values (``answer "{hour}:{minute:00}"``) and as templates of questions."""

from __future__ import annotations

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import FORMATS, format_fits, format_named
from pgt_dsl.program.program import Hole, NodeId, Template
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.limits import MAX_TEXT
from pgt_dsl.types.context import Context, advice, describe
from pgt_dsl.types.scope import Scope, Val

PLAIN = 24  # characters of a number, a color or a form


def hole(cx: Context, node: tree.Hole, scope: Scope) -> Val:
    """The value of a hole; its format and choices must suit its type."""
    val = cx.expr(cx, node.expr, scope)
    if val.ends is not None:
        cx.fail("T230", "a range cannot be written into a text", node.span, "a range",
                help="write its two ends: `{low} to {high}`")  # fmt: skip
    if node.choices:
        if val.type not in (Type("bool"), Type("int"), Type("text")):
            cx.fail("T231", f"choices go by a number or by yes or no, this is {describe(val.type)}", node.span,
                    describe(val.type),
                    help="write `{n|shape|shapes}` or `{truth|left|right}`")  # fmt: skip
        if len(node.choices) < 2:
            cx.fail("T231", "choices are two or more", node.span, "only one", help="write `{n|shape|shapes}`")
    if node.format is not None:
        _check_format(cx, part=node, val=val)
    return val


def _check_format(cx: Context, part: tree.Hole, val: Val) -> None:
    """A format is one of the closed list and suits the value."""
    assert part.format is not None
    if format_named(part.format) is None:
        cx.fail("T232", f"there is no format `{part.format}`", part.span,
                "not known here",
                help=advice(part.format, FORMATS, "formats"))  # fmt: skip
    if not format_fits(part.format, val.type):
        fitting = [name for name in FORMATS if format_fits(name, val.type)]
        cx.fail("T232", f"the format `{part.format}` does not suit {describe(val.type)}", part.span,
                describe(val.type), help="here you may write " + ", ".join(f"`:{n}`" for n in fitting)
                if fitting else "leave the format out")  # fmt: skip


def text_value(cx: Context, node: tree.Text, scope: Scope) -> Val:
    """A text as a value: a constant, or a ``text`` node with its holes as arguments."""
    plain = node.plain
    if plain is not None:
        return cx.val(cx.builder.const("text", plain), node.span)
    template: list[object] = []
    args: list[int] = []
    for part in node.parts:
        if isinstance(part, str):
            template.append(part)
            continue
        val = hole(cx, part, scope)
        if val.type.rank or val.type.base in ("shape", "point", "vector"):
            cx.fail("T233", f"{describe(val.type)} cannot stand in a text that is a value", part.span,
                    describe(val.type), help="such a text holds numbers, texts, colors and forms; "
                    "shapes and points are named in questions, `say` and `because`")  # fmt: skip
        template.append({"hole": len(args), "format": part.format, "choices": list(part.choices)})
        args.append(val.node)
    val = cx.op("text", "text", *args, span=node.span, attrs={"template": template})
    most = longest(cx, val.node)
    if most > MAX_TEXT:
        cx.fail("L604", f"this text may have {most:,} characters", node.span, "too long",
                help=f"texts that hold one another multiply; a text has at most {MAX_TEXT:,} characters")  # fmt: skip
    return val


def longest(cx: Context, node: NodeId) -> int:
    """How many characters a text, or a text in a list, has at most; what is not text counts as a few."""
    b, known, known_open = cx.builder, cx.lengths, set[NodeId]()
    waiting = [node]
    while waiting:
        at = waiting[-1]
        record = b.nodes[at]
        needs = list(record.args)
        if record.op == "var":
            needs += b.vars[record.attrs["var"]].law.args
        elif record.op == "field":
            fields = (b.groups[g].fields.get(record.attrs["name"]) for g in record.attrs["groups"])
            needs += [field for field in fields if field is not None]
        missing = [n for n in needs if n not in known and n not in known_open and b.type(n).base == "text"]
        if missing and at not in known_open:
            known_open.add(at)
            waiting.extend(missing)
            continue
        waiting.pop()
        inner = [known.get(n, PLAIN) for n in needs]
        if record.op == "const":
            value = record.attrs["value"]
            known[at] = max((len(str(v)) for v in value), default=0) if record.type.rank else len(str(value))
        elif record.op == "text":
            words = sum(len(p) if isinstance(p, str) else max(map(len, p["choices"]), default=0)
                        for p in record.attrs["template"])  # fmt: skip
            known[at] = words + sum(inner)
        else:
            known[at] = max(inner, default=PLAIN)
    return known[node]


def template(cx: Context, node: tree.Text, scope: Scope, named: list[Val] | None = None) -> Template:
    """A question's text; shapes in its holes are added to ``named``."""
    parts: list[str | Hole] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        val = hole(cx, part, scope)
        if named is not None and val.type.base == "shape":
            named.append(val)
        parts.append(Hole(val.node, part.format, tuple(part.choices)))
    source = node.span.text if node.span else ""
    return Template(tuple(parts), source[1:-1])  # without the quotation marks around it
