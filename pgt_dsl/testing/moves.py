"""Changes of a picture whose effect is known: mirrors, turns, a scale, a shift, a permutation of the named colours.

A place p becomes ``a p + b``, or ``a conj(p) + b`` in a mirror (y points down). *Responses* say what a value becomes:

===========  ============================================================================================
same         it stays as it is
length       times the scale; ``area``: times its square; ``side``: a length whose sign a mirror turns
place        as places do; ``step``: the difference of two places
heading      a direction, in degrees; ``turn``: a turn from one direction to another, whose sign a mirror turns
spin         the turn of an outline that is the same to the left and right of the axis that points up at turn 0
color        as the named colours are exchanged
mirrored     a truth that a mirror turns
x:F, y:F     a coordinate of a place, whose other coordinate is the function F of the same arguments
swap:F       a side of an upright box, which a quarter turn exchanges with the field F
===========  ============================================================================================

What is not declared answers by its type (``BY_TYPE``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.program.datatypes import Type

Array = npt.NDArray[Any]
FAMILIES = ("mirror", "turn", "zoom", "shift", "recolor")
RESPONSES = ("same", "length", "area", "side", "place", "step", "heading", "turn", "spin", "color", "mirrored")
PAIRED = ("x", "y", "swap")
BY_TYPE = {"length": "length", "area": "area", "point": "place", "color": "color"}


@dataclass(frozen=True, slots=True)
class Move:
    """One change of one picture. ``family`` is the kind of change; ``a``, ``b`` and ``flip`` say where places go."""

    name: str
    family: str
    a: complex = 1.0
    b: complex = 0.0
    flip: bool = False
    recolor: bool = False


def moves(width: float, height: float) -> tuple[Move, ...]:
    """The changes of a picture of ``width`` x ``height`` px."""
    middle = complex(width, height) / 2
    return (
        Move("mirrored left to right", "mirror", -1, width, flip=True),
        Move("mirrored top to bottom", "mirror", 1, 1j * height, flip=True),
        Move("turned by 90deg", "turn", 1j, middle - 1j * middle),
        Move("turned by 180deg", "turn", -1, 2 * middle),
        Move("scaled to 160%", "zoom", 1.6),
        Move("moved", "shift", 1, complex(0.11 * width, -0.07 * height)),
        Move("recoloured", "recolor", recolor=True),
    )


class Moves:
    """A change for each row of a batch. ``colors`` are the named colours (0xRRGGBB), exchanged in a circle."""

    def __init__(self, chosen: Sequence[Move], colors: Sequence[int]) -> None:
        self.chosen = tuple(chosen)
        self.a = np.asarray([move.a for move in chosen], np.complex128)
        self.b = np.asarray([move.b for move in chosen], np.complex128)
        self.flip = np.asarray([move.flip for move in chosen], np.bool_)
        self.recolor = np.asarray([move.recolor for move in chosen], np.bool_)
        ring = np.asarray(sorted(set(colors)), np.int64)
        self.ring = ring, np.roll(ring, -1)

    def __len__(self) -> int:
        return len(self.chosen)

    def of_family(self, family: str) -> npt.NDArray[np.bool_]:
        """The rows that undergo a kind of change: bool[B]."""
        return np.asarray([move.family == family for move in self.chosen], np.bool_)

    def take(self, rows: npt.NDArray[np.int64]) -> Moves:
        """The changes of some rows."""
        return Moves([self.chosen[k] for k in rows], self.ring[0].tolist())

    def apply(self, data: Array, response: str, other: Array | None = None, back: bool = False) -> Array:
        """What values become, ``[B or 1, ...]``; ``back``: what has become them. ``other`` are the values of the
        partner of a paired response, which only goes forwards. Raises ``ValueError`` for an unknown response."""
        dims = data.ndim - 1
        a, b, flip = (part.reshape(-1, *(1,) * dims) for part in (self.a, self.b, self.flip))
        scale, sign = np.abs(a), np.where(flip, -1, 1)
        kind = response.partition(":")[0]
        if kind == "same":
            return data
        if kind in ("length", "area", "side"):
            factor = scale * scale if kind == "area" else scale * sign if kind == "side" else scale
            return np.asarray(data / factor if back else data * factor)
        if kind in ("place", "step"):
            shift = b if kind == "place" else 0.0
            if back:
                found = (data - shift) / a
                return np.where(flip, np.conj(found), found)
            with np.errstate(invalid="ignore"):  # items that are not there may hold anything
                return np.asarray(a * np.where(flip, np.conj(data), data) + shift)
        if kind in ("heading", "turn", "spin"):
            first = 0.0 if kind == "turn" else np.round(np.degrees(np.angle(a)), 9)
            first = first + np.where(flip, 180.0, 0.0) if kind == "spin" else first
            return np.asarray(sign * (data - first) if back else sign * data + first)
        if kind == "color":
            ring = self.ring[::-1] if back else self.ring
            recolor = self.recolor.reshape(-1, *(1,) * dims)
            place = np.minimum(np.searchsorted(self.ring[0], data), len(self.ring[0]) - 1)
            if back:
                order = np.argsort(ring[0])
                place = order[np.minimum(np.searchsorted(ring[0][order], data), len(order) - 1)]
            return np.where(recolor & (ring[0][place] == data), ring[1][place], data)
        if kind == "mirrored":
            return np.asarray(data ^ flip)
        if kind in PAIRED and other is not None and not back:
            if kind == "swap":
                quarter = np.abs(a.imag) > np.abs(a.real)
                return np.asarray(scale * np.where(quarter, other, data))
            x, y = (data, other) if kind == "x" else (other, data)
            spot = self.apply(x + 1j * y, "place")
            return np.asarray(spot.real if kind == "x" else spot.imag)
        raise ValueError(f"no response {response!r}")

    def boxes(self, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What upright boxes (left, top, right, bottom) ``[B or 1, n, 4]`` become when places go where they go."""
        one = self.apply(boxes[..., 0] + 1j * boxes[..., 1], "place")
        two = self.apply(boxes[..., 2] + 1j * boxes[..., 3], "place")
        low = np.minimum(one.real, two.real), np.minimum(one.imag, two.imag)
        return np.stack([*low, np.maximum(one.real, two.real), np.maximum(one.imag, two.imag)], axis=-1)


def response(declared: Mapping[str, str], name: str, type: Type) -> str:
    """How a field, parameter or result answers."""
    return declared.get(name) or BY_TYPE.get(type.base, "same")


def fault_of(declared: Mapping[str, str]) -> str:
    """What is wrong with declared relations, "" for nothing: a response that there is not."""
    for key, text in declared.items():
        if key not in (*FAMILIES, "none") and text.partition(":")[0] not in (*RESPONSES, *PAIRED):
            return f"`{key}` answers by {text!r}, and there are {', '.join((*RESPONSES, *PAIRED))}"
    return ""
