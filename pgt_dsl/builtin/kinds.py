"""The built-in kinds of shapes: their fields, defaults, and the ways to set them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pgt_dsl.plugins.extension import FieldSpec, Kind, Way

_OUTLINES = "pgt_dsl.geometry.outlines"
_LOOPED: dict[str, Any] = {"home": "pgt_dsl.geometry.loops"}
_ORACLE = "pgt_dsl.geometry.oracle_outlines"
_SIZE = "~ 8vmin .. 20vmin"

COMMON = (
    FieldSpec("at", "point", "~ placed", "where it stands: the middle of its box at turn 0"),
    FieldSpec("x", "length", None, "the distance of `at` from the left edge of the canvas"),
    FieldSpec("y", "length", None, "the distance of `at` from the top of the canvas"),
    FieldSpec("turn", "angle", "= 0deg", "turned clockwise about `at`"),
    FieldSpec("color", "color", "~ basic", "its colour, where `fill` says nothing else"),
    FieldSpec("fill", "color", "= color", "the colour inside; `none` leaves it open"),
    FieldSpec("outline", "color", "= none", "the colour of its rim, painted inside the edge"),
    FieldSpec("stroke", "length", "= 2px", "the thickness of the rim, or of a line"),
    FieldSpec("opacity", "number", "= 100%", "0% lets everything through"),
    FieldSpec("layer", "number", "= 0", "higher layers are painted later; then the order of declaration counts"),
    FieldSpec("label", "text", '= ""', "what the question calls it; painted on it or beside it"),
    FieldSpec("name", "text", '= ""', "what it is called, with its article"),
    FieldSpec("scenery", "bool", "= false", "whether it is kept out of `shapes`"),
)

PLACE = (Way(("at",), {"x": "at.x", "y": "at.y"}), Way(("x", "y"), {"at": "(x, y)"}))


def _fields(own: Iterable[FieldSpec], without: Iterable[str] = (), **defaults: str) -> tuple[FieldSpec, ...]:
    """Own fields and then the common ones, less some, with other defaults for some."""
    mine = tuple(own)
    taken = {spec.name for spec in mine} | set(without)
    rest = (spec for spec in COMMON if spec.name not in taken)
    return mine + tuple(FieldSpec(s.name, s.type, defaults[s.name], s.doc) if s.name in defaults else s for s in rest)


def _length(name: str, default: str | None, doc: str) -> FieldSpec:
    return FieldSpec(name, "length", default, doc)


def _form(default: str) -> FieldSpec:
    return FieldSpec("form", "form", default, "what form it has")


# How fields that do not follow their types answer to mirrors and turns (``Kind.relations``). Most outlines are the same
# to the left and right of an axis that points up at turn 0; those of lines have the axis along them.
_UPRIGHT = {"turn": "spin"}
_ALONG = {"turn": "heading"}
_LEVEL = {"width": "swap:height", "height": "swap:width", "turn": "turn"}  # a quarter turn exchanges their sides
_RELATIONS = {
    "line": _ALONG,
    "arrow": _ALONG,
    "blob": {"turn": "heading", "phase": "turn", "phase2": "turn"},
    "glyph": {"turn": "spin", "mirrored": "mirrored"},
    "box": _LEVEL,
    "panel": _LEVEL,
    "object": _LEVEL,
    "canvas": _LEVEL,
}


def _kind(name: str, doc: str, fields: tuple[FieldSpec, ...], outline: str | None = None, **more: Any) -> Kind:
    noun = more.pop("noun", name)
    ways = PLACE + tuple(more.pop("ways", ()))
    oracle = more.pop("oracle", name)
    home = more.pop("home", _OUTLINES)
    return Kind(
        name, doc, fields, f"{home}:{outline or name}", f"{_ORACLE}:{oracle}", noun=noun, ways=ways,
        relations=_RELATIONS.get(name, _UPRIGHT), **more,
    )  # fmt: skip


_RADIUS = (Way(("radius",), {"size": "2 * radius"}), Way(("size",), {"radius": "size / 2"}))

_LINE = (
    Way(("at", "length", "turn"), {"from": "at - polar(length / 2, turn)", "to": "at + polar(length / 2, turn)"}),
    Way(("from", "to"), {"at": "mix(from, to, 50%)", "length": "distance(from, to)", "turn": "direction(from, to)"}),
    Way(("from", "length", "turn"), {"at": "from + polar(length / 2, turn)", "to": "from + polar(length, turn)"}),
    Way(("to", "length", "turn"), {"at": "to - polar(length / 2, turn)", "from": "to - polar(length, turn)"}),
)


def _ends(length: str) -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("from", "point", None, "where it starts"),
        FieldSpec("to", "point", None, "where it ends; of an arrow, the very tip"),
        FieldSpec("length", "length", length, "from end to end"),
    )


def _strung(points: str, length: str) -> tuple[Way, ...]:
    """How a line through points is set, and what follows from them."""
    return (
        Way(
            (points,),
            {
                "at": f"mix({points}[0], {points}[-1], 50%)",
                "from": f"{points}[0]",
                "to": f"{points}[-1]",
                "length": length,
            },
        ),
    )


def _points(name: str, doc: str) -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(name, "point[]", "~ scatter(4)", doc),
        FieldSpec("at", "point", None, "midway between its ends"),
        FieldSpec("from", "point", None, "its first point"),
        FieldSpec("to", "point", None, "its last point"),
        FieldSpec("length", "length", None, "along the line"),
    )


_BOX = (
    Way(
        ("around",),
        {
            "at": "((around.left + around.right) / 2, (around.top + around.bottom) / 2)",
            "width": "around.right - around.left",
            "height": "around.bottom - around.top",
        },
    ),
    Way(("at", "width", "height"), {"around": "canvas"}),
)

_WIDE = (_length("width", _SIZE, "its width at turn 0"), _length("height", _SIZE, "its height at turn 0"))
_GIVEN = (_length("width", None, "its width"), _length("height", None, "its height"))

KINDS = (
    _kind(
        "figure",
        "A shape of any form; people call it by its form.",
        _fields((_form("~ forms"), _length("size", _SIZE, "the larger side of its box at turn 0"))),
        noun="",
    ),
    _kind(
        "circle",
        "A disc; with `fill = none` and an `outline`, a ring.",
        _fields(
            (
                _length("radius", "~ 4vmin .. 10vmin", "its radius"),
                _length("size", None, "its diameter"),
                _form("= circle"),
            )
        ),
        ways=_RADIUS,
    ),
    _kind("ellipse", "An ellipse.", _fields((*_WIDE, _form("= ellipse")))),
    _kind("square", "A square.", _fields((_length("size", _SIZE, "its side"), _form("= square")))),
    _kind("rect", "A rectangle.", _fields((*_WIDE, _form("= rectangle"))), noun="rectangle"),
    _kind(
        "polygon",
        "A regular polygon, one corner up.",
        _fields(
            (
                FieldSpec("sides", "int", "~ 3 .. 8", "how many sides"),
                _length("size", _SIZE, "the diameter of the circle through its corners"),
            )
        ),
    ),
    _kind(
        "blob",
        "A smooth closed curve without a name.",
        _fields(
            (
                _length("size", "~ 20vmin .. 50vmin", "the larger side of its box at turn 0"),
                FieldSpec("wobble", "number", "~ 10% .. 40%", "how far from round"),
                FieldSpec("phase", "angle", "~ 0deg .. 360deg", "where its two-fold wave starts"),
                FieldSpec("phase2", "angle", "~ 0deg .. 360deg", "where its three-fold wave starts"),
            )
        ),
        noun="closed curve",
    ),
    _kind(
        "dot",
        "A small disc.",
        _fields(
            (_length("radius", "= 1.2vmin", "its radius"), _length("size", None, "its diameter"), _form("= circle"))
        ),
        outline="circle",
        ways=_RADIUS,
    ),
    _kind(
        "line", "A straight line with round ends.", _fields(_ends("~ 15vmin .. 50vmin"), stroke="= 0.8vmin"), ways=_LINE
    ),
    _kind(
        "arrow",
        "A straight arrow; its tip is `to`.",
        _fields(_ends("~ 15vmin .. 40vmin"), stroke="= 1vmin"),
        ways=_LINE,
    ),
    _kind(
        "path",
        "A broken line through points; `segments(p)` are its straight pieces.",
        _fields(_points("points", "the corners, ends among them"), ("turn", "x", "y"), stroke="= 0.8vmin"),
        noun="line",
        ways=_strung("points", "sum(i in 1 .. count(points) - 1: distance(points[i - 1], points[i]))"),
    ),
    _kind(
        "curve",
        "A smooth line through points.",
        _fields(_points("through", "the points it passes, ends among them"), ("turn", "x", "y"), stroke="= 0.8vmin"),
        noun="line",
        ways=_strung("through", "curve_length(through)"),
    ),
    _kind(
        "patch",
        "A filled shape with straight sides and any corners; it must not cross itself.",
        _fields(
            (
                FieldSpec("corners", "point[]", "~ scatter(3)", "the corners, in their order around it"),
                FieldSpec("at", "point", None, "the middle of its box"),
            ),
            ("turn", "x", "y"),
        ),
        ways=(Way(("corners",), {"at": "loop_middle(corners)"}),),
        **_LOOPED,
    ),
    _kind(
        "loop",
        "A smooth closed curve through points; it must not cross itself.",
        _fields(
            (
                FieldSpec("knots", "point[]", "~ scatter(3)", "the points it passes, in their order around it"),
                FieldSpec("at", "point", None, "the middle of its box"),
            ),
            ("turn", "x", "y"),
        ),
        noun="closed curve",
        ways=(Way(("knots",), {"at": "loop_middle(knots, smooth = true)"}),),
        **_LOOPED,
    ),
    _kind(
        "text",
        "A line of text, centred.",
        _fields(
            (FieldSpec("text", "text", "~ words", "what it says"), _length("size", "= 6vmin", "px to the em")),
            color="= black",
        ),
        noun="word",
        paint="text",
    ),
    _kind(
        "glyph",
        "One letter, large; it may be turned or mirrored.",
        _fields(
            (
                FieldSpec("text", "text", "~ letters", "the letter"),
                _length("size", "= 20vmin", "px to the em"),
                FieldSpec("mirrored", "bool", "= false", "whether left and right are exchanged"),
            ),
            color="= black",
        ),
        outline="text",
        noun="letter",
        paint="text",
    ),
    _kind(
        "box",
        "An upright rectangle, given or around a shape.",
        _fields(
            (FieldSpec("around", "shape", None, "the shape whose bounding box it is"), *_GIVEN),
            fill="= none",
            outline="= color",
        ),
        outline="rect",
        ways=_BOX,
    ),
    _kind(
        "panel",
        "A part of the picture in which shapes may lie; with `cut = true` an image of its own.",
        _fields(
            (*_GIVEN, FieldSpec("cut", "bool", "= false", "whether it becomes an image of its own")),
            color="= white",
            outline="= grey",
            layer="= -100",
            scenery="= true",
        ),
        outline="rect",
        scenery=True,
    ),
    _kind(
        "object",
        "A thing annotated in the photo; tasks find it in `img.objects`.",
        _fields(
            (
                FieldSpec("category", "text", None, "what it is"),
                FieldSpec("crowd", "bool", None, "whether it is many that were annotated as one"),
                FieldSpec("cut_off", "bool", None, "whether the edge of the picture cuts it"),
                *_GIVEN,
            ),
            ("turn", "stroke", "opacity"),
            color="= none",
        ),
        outline="rect",
        oracle="rect",
        noun="",
        paint="none",
    ),
    _kind(
        "canvas",
        "The whole picture; tasks call it `canvas`.",
        _fields(_GIVEN, ("turn", "stroke", "opacity"), color="= none"),
        outline="rect",
        noun="picture",
        paint="none",
        scenery=True,
    ),
)
