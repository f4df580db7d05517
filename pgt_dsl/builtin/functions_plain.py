"""Declarations of the functions on points, angles, numbers, words and colours."""

from __future__ import annotations

from pgt_dsl.plugins.extension import Function

_VALUE = "pgt_dsl.program.functions"
_ORACLE = "pgt_dsl.program.oracle_plain"


# What is not by type when the picture is mirrored, turned, scaled, moved or recoloured (``Function.relations``).
_COLOR = {"recolor": "another colour has another value"}
_RELATIONS = {
    "direction": {"result": "heading"},
    "turn_between": {"a": "heading", "b": "heading"},
    "polar": {"t": "heading", "result": "step"},
    "rotate": {"by": "turn"},
    "offset": {"result": "side"},
    "point_x": {"result": "x:point_y"},
    "point_y": {"result": "y:point_x"},
    "grid": {"result": "same"},
    "grid_step": {"result": "same"},
    "lightness": _COLOR,
    "color_gap": _COLOR,
    "lighter": _COLOR,
    "shifted": _COLOR,
}


def _of(section: str, signature: str, doc: str, tolerance: float = 1e-6, **refs: str) -> Function:
    """A function whose references carry its own name unless ``value``, ``oracle`` say otherwise."""
    name = signature.partition("(")[0]
    slack = refs.get("slack")
    oracle = refs.get("oracle", name)
    return Function(
        name, signature, doc, f"{_VALUE}:{refs.get('value', name)}", oracle if ":" in oracle else f"{_ORACLE}:{oracle}",
        f"{_VALUE}:{slack}" if slack else None, "number" if slack else None, tolerance, section,
        _RELATIONS.get(name, {}),
    )  # fmt: skip


FUNCTIONS = (
    _of("points", "distance(p: point, q: point): length", "between two points"),
    _of("points", "direction(p: point, q: point): angle", "from p to q, 0deg .. 360deg: 0deg is right, 90deg is down"),
    _of("points", "angle_at(v: point, p: point, q: point): angle", "at v between p and q, 0deg .. 180deg"),
    _of("points", "turn_between(a: angle, b: angle): angle", "the least turn from a to b, 0deg .. 180deg"),
    _of("points", "polar(r: length, t: angle): point", "the step of length r in direction t"),
    _of("points", "mix(p: point, q: point, t: number): point", "p at 0%, q at 100%, and straight between"),
    _of("points", "rotate(p: point, about: point, by: angle): point", "p turned clockwise about a point"),
    _of("points", "project(p: point, a: point, b: point): number", "where p falls along a b: 0 at a, 1 at b"),
    _of(
        "points",
        "offset(p: point, a: point, b: point): length",
        "the distance of p from the line a b, positive to its right",
    ),
    _of("points", "point_x(p: point): length", "its distance from the left edge; the same as `p.x`", value="part_x"),
    _of("points", "point_y(p: point): length", "its distance from the top; the same as `p.y`", value="part_y"),
    _of("points", "vector_x(v: vector): number", "its first part; the same as `v.x`", value="part_x", oracle="point_x"),
    _of(
        "points", "vector_y(v: vector): number", "its second part; the same as `v.y`", value="part_y", oracle="point_y"
    ),
    _of(
        "points",
        "grid(rows: int, cols: int, share: number = 80%): point[rows * cols]",
        "the centres of rows x cols cells, row by row, on the middle `share` of the canvas",
    ),
    _of("points", "grid_step(n: int, share: number = 80%): length", "the smaller side of a cell of `grid(n, n)`"),
    _of("points", "spaced(p: point, q: point, n: int): point[n]", "n points evenly from p to q, both among them"),
    _of(
        "points",
        "curve_length(points: point[]): length",
        "the length of the smooth curve through points",
        oracle="pgt_dsl.geometry.oracle_functions:curve_length",
    ),
    Function(
        "loop_middle",
        "loop_middle(points: point[], smooth: bool = false): point",
        "the middle of the box of the closed outline through points; undefined when it crosses itself",
        "pgt_dsl.geometry.loops:loop_middle",
        "pgt_dsl.geometry.oracle_outlines:loop_middle",
        None,
        None,
        1e-6,
        "points",
        {},
    ),
    _of("numbers", "abs(x: Q): Q", "size without sign", value="absolute", oracle="abs_"),
    _of(
        "numbers",
        "round(x: number): int",
        "the nearest whole number, halves upwards",
        value="round_half_up",
        oracle="round_",
        slack="round_slack",
    ),
    _of("numbers", "floor(x: number): int", "the whole number at or below x", slack="floor_slack"),
    _of("numbers", "mod(n: int, m: int): int", "the remainder, never negative"),
    _of("numbers", "pow(x: number, n: number): number", "x to the power n", value="power", oracle="pow_"),
    _of("numbers", "sqrt(x: number): number", "the square root"),
    _of("numbers", "sin(t: angle): number", "the sine"),
    _of("numbers", "cos(t: angle): number", "the cosine"),
    _of("numbers", "tan(t: angle): number", "the tangent"),
    _of("colours", "lightness(c: color): number", "CIE L*, 0% .. 100%"),
    _of("colours", "color_gap(a: color, b: color): number", "how different two colours look: CIEDE2000 / 100"),
    _of("colours", "lighter(c: color, by: number): color", "raised in lightness (CIE L*) by a share of the scale", 2.0),
    _of("colours", "shifted(c: color, by: angle): color", "turned in hue, lightness kept", 2.0),
    _of("words", "letter(n: int): text", "A for 0, B for 1, up to Z for 25"),
    _of("words", "digits(n: number): text", "the number in figures"),
    _of("words", "letters_of(t: text): text[t]", "the letters of a word"),
)
