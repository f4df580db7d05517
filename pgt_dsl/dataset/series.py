"""A series: a data set in which one let or pick of a task takes some values, its levels, and all else is alike.

[series]
along = "gap"        # the let or pick; "margin": by how many of its margins the answer is clear
unit = "vmin"        # of its levels; lengths in metadata are px
axis = "log2"        # where ratios count, or "linear"
rising = true        # whether it gets easier with the level; leave it out when that is to be seen

The levels themselves stand in the tasks, by `set = { gap = ["2vmin"] }`: a draw from one value, so that the metadata of
every sample have it among the draws of the scene, where `pgt verify` makes it again like all else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Program

UNITS_OF: Mapping[str, tuple[str, ...]] = {
    "length": ("vmin", "vw", "vh", "px"), "int": ("",), "number": ("", "%"), "angle": ("deg",),
}  # fmt: skip
"""The units of levels by the type of what is drawn, the usual one first."""
MARGIN = "margin"


class Series(BaseModel):
    """What the levels of a data set are: ``[series]`` of a recipe, and ``series`` in the manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    along: Annotated[str, Field(min_length=1)]
    unit: Literal["", "px", "vmin", "vw", "vh", "deg", "%"] = ""
    axis: Literal["log2", "linear"] = "linear"
    rising: bool | None = None

    def level(self, metadata: Mapping[str, Any], ask: int = 0) -> float:
        """The level of a sample (and of its question ``ask``), from its metadata, in the series' unit, to 6 digits:
        computed lengths differ in the last ones. Raises ``PgtError`` when it has none."""
        try:
            scene = metadata["scene"]
            value = scene["draws"].get(self.along, scene["stratum"].get(self.along))
            if value is None and self.along == MARGIN:
                value = scene["asks"][ask]["margin"]
            wide, high = scene["width"], scene["height"]
            part = {"vmin": min(wide, high) / 100, "vw": wide / 100, "vh": high / 100, "%": 0.01}.get(self.unit, 1.0)
            level = math.nan if isinstance(value, bool) else float(f"{value / part:.6g}")
        except (KeyError, IndexError, TypeError, AttributeError, ZeroDivisionError, OverflowError):
            level = math.nan
        if not math.isfinite(level) or (self.axis == "log2" and level <= 0):
            wanted = "number above 0" if self.axis == "log2" else "number"
            told = f"its samples have no level, since `{self.along}` is no {wanted} in them"
            raise PgtError(f"`{metadata.get('task', 'a sample')}`: {told}; look at `[series]` of the recipe")
        return level


def by_margin(series: Series, program: Program) -> bool:
    """Whether a series of a program goes along the margin of its answers; a let of that name comes first."""
    named = series.along in program.names or any(var.name == series.along for var in program.vars)
    return series.along == MARGIN and not named


def check_series(series: Series, programs: Sequence[Program]) -> None:
    """Raises ``PgtError`` when the samples of a program would not say their level."""
    for program in programs:
        if by_margin(series, program):
            if not all(ask.margins.absolute or ask.margins.relative is not None for ask in program.asks):
                raise PgtError(
                    f"`{program.name}` has a question that does not say what is `clear`, so it has no margin"
                )
            if series.unit:
                raise PgtError(f'margins have no unit, and the series says "{series.unit}": leave it out')
            continue
        var = next((var for var in program.vars if var.name == series.along and not var.axes), None)
        if var is None:
            helps = ", as a list, so that its samples say it" if series.along in program.names else ""
            raise PgtError(
                f"the series goes along `{series.along}`, which `{program.name}` does not draw: give each task its "
                f'level by `set = {{ {series.along} = ["..."] }}`{helps}'
            )
        if var.type.rank or var.type.base not in UNITS_OF:
            raise PgtError(f"`{series.along}` of `{program.name}` is a {var.type}, and levels are numbers or lengths")
        if series.unit not in UNITS_OF[var.type.base]:
            told = " or ".join(f'"{unit}"' for unit in UNITS_OF[var.type.base])
            raise PgtError(f"`{series.along}` of `{program.name}` is of the type {var.type}: its unit is {told}")
