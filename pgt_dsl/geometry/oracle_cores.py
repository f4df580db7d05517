"""Of what the oracle's outlines are made: points, polylines, filled polygons and ellipses, each with its exact box.

Shapely's geometry of one is made only when something else than its corners or its box is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, overload

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
"""``(x0, y0, x1, y1)`` in px."""

OVAL_CORNERS = 256  # of an ellipse as a polygon: 1 part in 13,000

T = TypeVar("T")


class Lazy(Generic[T]):
    """A value of an object that is computed when first asked for (``cached_property`` without its lock)."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Lazy[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Lazy[T]:
        if instance is None:
            return self
        found = instance.__dict__[self._name] = self._compute(instance)
        return found


class Core:
    """A point, polyline or filled polygon by its corners (absolute px). Its box, and the distance of two points, come
    from the corners; shapely's geometry of it is made when something else is asked."""

    def __init__(self, corners: Sequence[complex], closed: bool = False) -> None:
        self.corners, self.closed = corners, closed
        self._geometry: BaseGeometry | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it has no corner."""
        return not self.corners

    @Lazy
    def bounds(self) -> Box:
        """The upright box of the corners."""
        if len(self.corners) == 1:
            (only,) = self.corners
            return only.real, only.imag, only.real, only.imag
        xs, ys = [z.real for z in self.corners], [z.imag for z in self.corners]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def is_shaped(self) -> bool:
        """Whether ``geometry`` has been made."""
        return self._geometry is not None

    @property
    def geometry(self) -> BaseGeometry:
        """In shapely."""
        if self._geometry is None:
            self._geometry = self._made()
        return self._geometry

    @geometry.setter
    def geometry(self, made: BaseGeometry) -> None:
        self._geometry = made

    def _made(self) -> BaseGeometry:
        places = [(z.real, z.imag) for z in self.corners]
        return Point(places[0]) if len(places) == 1 else Polygon(places) if self.closed else LineString(places)


class Oval(Core):
    """A filled ellipse of half axes ``a`` and ``b`` about ``at``, turned by a unit vector; its box is exact.

    Half its width is the greatest real part of ``turn * (a cos t + i b sin t)``, a wave of amplitude
    ``sqrt((a cos turn)^2 + (b sin turn)^2)``; half its height likewise. (It is the support function of a disc's linear
    image, |A^T u|: Boyd and Vandenberghe, Convex Optimization, 3.1.9 and exercise 2.26.) Its corners, for all else,
    are ``OVAL_CORNERS`` on it.
    """

    def __init__(self, at: complex, a: float, b: float, turn: complex) -> None:
        self.at, self.a, self.b, self.turn = at, abs(a), abs(b), turn
        angles = np.arange(OVAL_CORNERS) * (2 * math.pi / OVAL_CORNERS)
        super().__init__((at + (np.cos(angles) * a + 1j * np.sin(angles) * b) * turn).tolist(), closed=True)

    @Lazy
    def half(self) -> tuple[float, float]:
        """Half the width and half the height of its box."""
        c, s = self.turn.real, self.turn.imag
        return math.hypot(self.a * c, self.b * s), math.hypot(self.a * s, self.b * c)

    @Lazy
    def bounds(self) -> Box:
        """The upright box of the ellipse itself."""
        x, y = self.half
        return self.at.real - x, self.at.imag - y, self.at.real + x, self.at.imag + y


def shaped(core: Core | BaseGeometry) -> BaseGeometry:
    """A core in shapely."""
    return core.geometry if isinstance(core, Core) else core
