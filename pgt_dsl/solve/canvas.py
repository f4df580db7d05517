"""The size of the canvas in px, from what a program says of its shape."""

from __future__ import annotations

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Program

SIZE = 336  # px of the short side where none is given, as `pgt build` has it


def canvas_size(program: Program, size: int) -> tuple[float, float]:
    """Width and height of the canvas in whole px; ``size`` is the short side for a canvas given as a ratio."""
    what, width, height = program.canvas
    if what == "px":
        return float(round(width)), float(round(height))
    if width <= 0 or height <= 0:
        raise PgtError("a canvas has a width and a height")
    scale = size / min(width, height)
    return float(round(width * scale)), float(round(height * scale))
