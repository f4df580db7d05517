"""A series as a recipe: one task once a level, with equal numbers of samples, in which a let or pick is set to it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.dataset.series import UNITS_OF, Series, by_margin, check_series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Node, NodeId, Program, Var

MOST = 64  # levels
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(%|[a-z]*)\s*")
Item = tuple[float, str]  # a number and its unit


@dataclass(frozen=True)
class Ladder:
    """The levels of a series: numbers in ``series.unit``, exactly as written; none along margins."""

    series: Series
    levels: tuple[float, ...]

    def text(self, level: float) -> str:
        """A level in the language, as in ``2.69vmin``."""
        return np.format_float_positional(level, trim="-") + self.series.unit


def ladder(
    program: Program, along: str, levels: int | str, axis: str | None = None, rising: bool | None = None
) -> Ladder:  # fmt: skip
    """Levels along a let or a pick.

    levels: how many, over all of its range, at equal ratios ("log2") or differences ("linear") to three digits; or the
    levels themselves, as in ``"2vmin, 3vmin, 5vmin"``. Along "margin" there are none: answers are as clear as they
    come. axis: None for ratios of lengths and numbers above 0, and for
    differences of whole numbers and angles. Raises ``PgtError`` when there is no such let or pick, when it is no
    number, or when its spec does not say its range in constants and no levels are given.
    """
    margins = Series.model_validate({"along": along, "axis": axis or "log2", "rising": rising is None or rising})
    if by_margin(margins, program):
        check_series(margins, [program])
        return Ladder(margins, ())
    base = _type_of(program, along)
    if isinstance(levels, str):
        given = [_number(text) for text in levels.split(",")]
        unit = _one_unit(given, base, along)
        values = sorted({value for value, _ in given})
    else:
        values, unit = _range(program, along)
    told = axis or ("log2" if base in ("length", "number") and values[0] > 0 else "linear")
    if told == "log2" and values[0] <= 0:
        raise PgtError(f"`{along}` goes down to {values[0]:g}, which has no place on an axis of ratios: --axis linear")
    if not isinstance(levels, str):
        values = _steps(values, levels, told, base, along)
    if len(values) < 2:
        raise PgtError(f"a series has at least 2 levels; of `{along}` there is {len(values)}")
    if len(values) > MOST:
        raise PgtError(f"a series has at most {MOST} levels, not {len(values)}")
    series = Series.model_validate({"along": along, "unit": unit, "axis": told, "rising": rising})
    return Ladder(series, tuple(values))


def recipe_text(
    found: Ladder, task: str, specs: str, count: int, seed: int = 0, styles: str = "short", size: int | None = None
) -> str:  # fmt: skip
    """The recipe of a series: ``count`` samples in all or a few more, so that every level has as many.

    task: the name in the spec; specs: its file, as the recipe names it; styles: as of ``pgt build``.
    """
    from pgt_dsl.dataset.record import parse_styles

    series, each = found.series, math.ceil(count / max(len(found.levels), 1))
    weights = ", ".join(f"{name} = {weight:g}" for name, weight in parse_styles(styles).items())
    told = f"{len(found.levels)} levels with {each} samples each, all else alike"
    told = told if found.levels else f"{each} samples, as clear as they come"
    stem = re.sub(r"[^A-Za-z0-9]+", "_", series.along)
    lines = [
        f"# {task} along {series.along}: {told}.",
        "# Made by `pgt series`; `pgt build` makes the data set, `pgt probe` asks a model and fits the curve.",
        f"seed = {seed}",
        *([] if size is None else [f"size = {size}"]),
        f"styles = {{ {weights} }}",
        "",
        "[series]",
        f'along = "{series.along}"',
        f'unit = "{series.unit}"',
        f'axis = "{series.axis}"',
        *([] if series.rising is None else [f"rising = {str(series.rising).lower()}"]),
    ]
    if not found.levels:
        lines += ["", "[[task]]", f'specs = "{specs}"', f"samples = {each}"]
    for k, level in enumerate(found.levels, 1):
        lines += [
            "",
            "[[task]]",
            f'specs = "{specs}"',
            f'name = "{task}/{stem}_{k:02d}"',
            f"samples = {each}",
            f'set = {{ {series.along} = ["{found.text(level)}"] }}',
        ]
    return "\n".join(lines) + "\n"


def _var(program: Program, along: str) -> Var | None:
    return next((var for var in program.vars if var.name == along and var.role in ("let", "pick")), None)


def _type_of(program: Program, along: str) -> str:
    """The base type of a let or pick that levels can be of."""
    var = _var(program, along)
    if var is None and along not in program.names:
        there = [*program.names, *(v.name for v in program.vars if v.role in ("let", "pick"))]
        lets = ", ".join(f"`{name}`" for name in dict.fromkeys(there)) or "none"
        raise PgtError(f"`{program.name}` has no let or pick `{along}`; there are: {lets}")
    type = var.type if var is not None else program.nodes[program.names[along]].type
    if type.rank or type.base not in UNITS_OF:
        raise PgtError(f"`{along}` is a {type}; a series goes along a length, a number, a whole number or an angle")
    return type.base


def _range(program: Program, along: str) -> tuple[list[float], str]:
    """All whole numbers that it takes, or its two ends, and their unit."""
    var = _var(program, along)
    ask = f'; name the levels, as in --levels "{_example(_type_of(program, along))}"'
    if var is None:
        raise PgtError(f"`{along}` is computed and has no range of its own{ask}")
    pick = next((pick for pick in program.picks if pick.var == var.id), None)
    if pick is not None and pick.what == "bins":
        raise PgtError(f"`{along}` is picked in bins, so the samples of the spec are a series as they are: build a "
                       f'recipe of it with `[series]` and `along = "{along}"` below that')  # fmt: skip
    if pick is not None:
        items = _list(program, pick.values)
    elif var.law.name == "choice":
        items = _list(program, var.law.args[0])
    elif var.law.name in ("uniform", "integers", "log_uniform"):
        ends = [_item(program, node) for node in var.law.args[:2]]
        items = [end for end in ends if end is not None] if None not in ends else None
        if items and var.law.name == "integers":
            items = [(float(v), "") for v in range(int(items[0][0]), int(items[1][0]) + 1)]
    else:
        items = None
    if not items:
        raise PgtError(f"the range of `{along}` depends on the scene{ask}")
    unit = _one_unit(items, var.type.base, along)
    return sorted({value for value, _ in items}), unit


def _steps(values: Sequence[float], many: int, axis: str, base: str, along: str) -> list[float]:
    """``many`` levels from the least to the greatest; whole numbers are some of those that there are."""
    if many < 2:
        raise PgtError(f"a series has at least 2 levels, not {many}")
    low, high = values[0], values[-1]
    steps = np.geomspace(low, high, many) if axis == "log2" else np.linspace(low, high, many)
    if base == "int" or len(values) > 2:  # those that it takes
        there = np.asarray(values)
        return sorted({float(there[np.abs(there - step).argmin()]) for step in steps})
    found = [float(f"{step:.3g}") for step in steps]
    return sorted({low, *(step for step in found[1:-1] if low < step < high), high})


def _one_unit(items: Sequence[Item], base: str, along: str) -> str:
    units = sorted({unit for _, unit in items})
    allowed = UNITS_OF[base]
    if base == "angle" and units == [""]:  # constants of a program are in degrees
        return "deg"
    if len(units) > 1 or units[0] not in allowed:
        told = "one unit" if len(units) > 1 else f"no unit `{units[0]}`" if units[0] else "a unit"
        like = " or ".join(unit for unit in allowed if unit) or "a plain number"
        raise PgtError(f'the levels of `{along}`, a {base}, have {told}: {like}, as in --levels "{_example(base)}"')
    return units[0]


def _example(base: str) -> str:
    return {"length": "2vmin, 4vmin, 8vmin", "angle": "5deg, 10deg, 20deg", "int": "2, 4, 8"}.get(base, "0.1, 0.2, 0.4")


def _number(text: str) -> Item:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise PgtError(f"`{text.strip()}` is no level: a number with its unit, as in `2.5vmin`")
    return float(match[1]), match[2]


def _item(program: Program, node: NodeId) -> Item | None:
    """The constant that a node is."""
    record = program.nodes[node]
    if record.op == "neg":
        inner = _item(program, record.args[0])
        return None if inner is None else (-inner[0], inner[1])
    if record.op != "const" or record.type.rank:
        return None
    return float(record.attrs["value"]), str(record.attrs.get("unit", ""))


def _list(program: Program, node: NodeId) -> list[Item] | None:
    """The constants of a list; None where they depend on the scene."""
    record: Node = program.nodes[node]
    if record.op == "const" and record.type.rank == 1:
        return [(float(value), str(record.attrs.get("unit", ""))) for value in record.attrs["value"]]
    if record.op not in ("list", "range"):
        return None
    parts = [_item(program, arg) for arg in record.args]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    if record.op == "list":
        return found
    return [(float(value), "") for value in range(int(found[0][0]), int(found[1][0]) + 1)]
