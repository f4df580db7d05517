"""Declarations of the measures of shapes, lines and arrangements.

Tolerances are the greatest difference from the independent reading: rounding for exact measures, a hundredth for shares
of areas summed along scan lines. Outlines with joints, heads and bends are off by a share of their length: of 60
arrows, 60 paths and 12 curves none by more than 0.38 %. What the area of a curve may be off depends on its size: see
`oracle_verdict`.
"""

from __future__ import annotations

from dataclasses import replace

from pgt_dsl.plugins.extension import Function

_VALUE = "pgt_dsl.geometry.measures"
# What is not by type when the picture is mirrored, turned, scaled, moved or recoloured (``Function.relations``).
_RELATIONS = {
    "contrast": {"none": "backgrounds and photos stay as they are when shapes are moved"},
    "congruent": {"zoom": "it holds to within a pixel, at any scale"},
}
_LINES = ("angle", "crosses", "crossings", "meeting", "shared", "reachable")


def _of(signature: str, doc: str, tolerance: float = 1e-6, slack: bool = False, section: str = "shapes") -> Function:
    name = signature.partition("(")[0]
    home = "oracle_lines" if name in _LINES else "oracle_functions"
    return Function(
        name, signature, doc, f"{_VALUE}:{name}", f"pgt_dsl.geometry.{home}:{name}",
        f"{_VALUE}:{name}_slack" if slack else None, "length" if slack else None, tolerance, section,
        _RELATIONS.get(name, {}),
    )  # fmt: skip


def _line(
    signature: str, doc: str, tolerance: float = 1e-6, slack: bool = False, lines: tuple[str, ...] = ("a", "b")
) -> Function:
    return replace(_of(signature, doc, tolerance, slack, "lines"), lines=lines)


FUNCTIONS = (
    _of(
        "apart(a: shape, b: shape): length",
        "the free gap of two outlines (of one list, the least); negative: how far to part them",
        1e-3,
    ),
    _of("area(s: shape): area", "the area of the filled outline"),
    replace(_of("outline_length(s: shape): length", "the length of the outline", 1e-3), share=0.005),
    _of("overlap(a: shape, b: shape): number", "the common area, as a share of the smaller", 0.02),
    _of("iou(a: shape, b: shape): number", "intersection over union of the bounding boxes", 2e-3),
    _of("visible(s: shape): number", "the share of its area that filled shapes painted later leave free", 0.02),
    _of("contrast(s: shape): number", "how far its lightness (CIE L*) is from that of what lies beneath", 0.05),
    Function(
        "inside",
        "inside(a: shape, b: shape, by: length = 0px): bool",
        "a lies wholly in b, at least `by` from its outline; its margin is the distance to the outline of b",
        f"{_VALUE}:inside",
        "pgt_dsl.geometry.oracle_functions:inside",
        f"{_VALUE}:inside_slack",
        "length",
        1e-3,
        "shapes",
        {},
    ),
    Function(
        "covers",
        "covers(s: shape, p: point): bool",
        "p lies in s; its margin is the distance to the outline",
        f"{_VALUE}:covers",
        "pgt_dsl.geometry.oracle_functions:covers",
        f"{_VALUE}:margin",
        "length",
        1e-3,
        "shapes",
        {},
    ),
    _of("margin(s: shape, p: point): length", "the distance of p from the outline of s, positive inside", 1e-3),
    _of(
        "clusters(xs: shape[], gap: length): int",
        "in how many groups they fall when those nearer than `gap` belong together",
        1e-3,
        True,
    ),
    _of(
        "congruent(xs: shape[], ys: shape[]): bool",
        "one set of places is the other, moved and turned but not mirrored",
        1e-3,
        True,
    ),
    _line("angle(a: shape, b: shape): angle", "between two lines, 0deg .. 90deg"),
    _line(
        "crosses(a: shape, b: shape): bool",
        "two lines cross; its margin is that of an end to the other line",
        1e-3,
        True,
    ),
    _line(
        "crossings(a: shape, b: shape): int",
        "how often two lines cross; its margin is the shift that would change the number",
        1e-3,
        True,
    ),
    _line("meeting(a: shape, b: shape): point", "where two lines cross; of several places, the first along a", 1e-3),
    _line("shared(a: shape, b: shape): length", "how much of a runs along b, within the mean of their strokes", 1.0),
    _line(
        "reachable(nodes: shape[], links: shape[], a: shape, b: shape): bool",
        "the links join a to b; a link joins the nodes where it ends",
        lines=("links",),
    ),
)
