"""Declarations of what can be measured on a photo itself: how far away things are, and how textured it is."""

from __future__ import annotations

from pgt_dsl.plugins.extension import Function

SECTION = "photos"
_WHY = {"none": "photos stay as they are when shapes are moved"}


def _of(signature: str, doc: str, tolerance: float) -> Function:
    name = signature.partition("(")[0]
    return Function(
        name, signature, doc, f"pgt_dsl.program.photo_functions:{name}", f"pgt_dsl.geometry.oracle_photos:{name}",
        None, None, tolerance, SECTION, _WHY,
    )  # fmt: skip


FUNCTIONS = (
    _of("depth(p: point): number", "how far from the camera the photo is at p; of a shape, `depth_of` it", 1e-4),
    _of(
        "depth_of(s: shape, share: number = 50%): number",
        "how far away the photo is within the outline: the depth that this share of it is nearer than",
        1e-4,
    ),
    _of(
        "depth_spread(p: point, radius: length = 1vmin): number",
        "by what share the farthest place so near to p is farther than the nearest; 0% where all is flat",
        1e-4,
    ),
    _of("texture(s: shape): number", "how much the photo's lightness (CIE L*) varies within the box of s: its standard "
        "deviation", 0.02),
)  # fmt: skip
