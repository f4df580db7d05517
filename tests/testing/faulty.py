"""A measure with a fault: `reach`, the distance of two shapes, off by 20 px where one lies right of 100 px."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import pgt_dsl
from pgt_dsl.builtin import extension as builtin
from pgt_dsl.plugins.extension import Extension, Function
from pgt_dsl.plugins.registry import Registry

LIMIT, OFF = 100.0, 20.0
REACH = Function(
    "reach", "reach(a: shape, b: shape): length", "their distance", "tests.testing.faulty:reach",
    "tests.testing.faulty:reach_oracle",
)  # fmt: skip

SPEC = """task "faulty/reach"

pick n ~ 1 .. 4
pick hue ~ [red, blue, green]
let times ~ 2 .. 9
shape a: circle { radius ~ 3vmin .. 7vmin, color = black }
shape xs: circle[n] { radius ~ 3vmin .. 7vmin, color = hue, label = letter(index) }

require apart(shapes) >= 2vmin

ask "How far is the furthest from {a}?"
  answer max(x in xs: reach(x, a)) within 3px
"""


def reach(call: Any) -> Any:
    one, other = call.field(0, "at"), call.field(1, "at")
    return np.abs(one - other) + OFF * ((one.real > LIMIT) | (other.real > LIMIT))


def whole(call: Any) -> Any:
    one = call.field(0, "at")
    return np.abs(one - call.field(1, "at")) + OFF * (
        (one.real == np.round(one.real)) | (one.imag == np.round(one.imag))
    )


def mended(call: Any) -> Any:
    return np.abs(call.field(0, "at") - call.field(1, "at"))


def reach_oracle(a: Any, b: Any) -> float:
    return float(abs(a.at - b.at))


def plugins(value: str = "reach") -> Registry:
    function = replace(REACH, value=f"tests.testing.faulty:{value}")
    return Registry.load([("pgt-dsl", builtin), ("pgt-faulty", Extension("faulty", functions=(function,)))])


def faulty_task(folder: Path, text: str = SPEC, value: str = "reach") -> pgt_dsl.Task:
    """The task, from a file of the folder, with the fault or (``mended``) without."""
    path = folder / "reach.pgt"
    path.write_text(text, encoding="utf-8")
    return pgt_dsl.load(path, plugins(value))
