"""Objects as they are read, in compact columns, until all are known and can be put in the order of their photos."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pgt_dsl.photos.objects import Objects, ranges

Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.complex128]
Frame = tuple[float, float, float, float, float]
NO_FRAME: Frame = (0.0, 0.0, 0.0, 0.0, 0.0)
_GONE = -1


class Thing(NamedTuple):
    """One object in px of the upright photo: its box (x0, y0, x1, y1), and its outline as polygons (the largest first)
    or as the runs of a mask, which lies on the photo as ``frame`` says (``Objects.frames``)."""

    box: tuple[float, float, float, float]
    crowd: bool
    cut: bool
    parts: tuple[Points, ...] = ()
    runs: Ints = np.zeros(0, np.int64)
    frame: Frame = NO_FRAME


@dataclass
class Gathered:
    """Columns that grow by an object at a time."""

    photo: array[int] = field(default_factory=lambda: array("q"))
    place: array[int] = field(default_factory=lambda: array("q"))
    code: array[int] = field(default_factory=lambda: array("q"))
    boxes: array[float] = field(default_factory=lambda: array("d"))
    flags: array[int] = field(default_factory=lambda: array("b"))  # crowd, cut
    corners: array[float] = field(default_factory=lambda: array("f"))  # x, y, x, y, ...
    corner_counts: array[int] = field(default_factory=lambda: array("q"))  # a number for each polygon
    part_counts: array[int] = field(default_factory=lambda: array("q"))
    runs: array[int] = field(default_factory=lambda: array("i"))
    run_counts: array[int] = field(default_factory=lambda: array("q"))
    frames: array[float] = field(default_factory=lambda: array("d"))
    names: list[str] = field(default_factory=list)
    _raw: dict[Any, int] = field(default_factory=dict)  # ids of categories of the file that is read, and their codes

    @property
    def count(self) -> int:
        """How many objects there are so far."""
        return len(self.photo)

    def add(self, photo: int, place: int, category: Any, thing: Thing) -> None:
        """Add an object of a photo; ``place``: where in its file it stands, ``category``: the id that the file uses."""
        code = self._raw.setdefault(category, len(self._raw))
        self.photo.append(photo)
        self.place.append(place)
        self.code.append(code)
        self.boxes.extend(thing.box)
        self.flags.extend((thing.crowd, thing.cut))
        self.part_counts.append(len(thing.parts))
        for part in thing.parts:
            self.corner_counts.append(len(part))
            self.corners.frombytes(part.astype(np.complex64).tobytes())
        self.run_counts.append(len(thing.runs))
        self.runs.frombytes(thing.runs.astype(np.int32).tobytes())
        self.frames.extend(thing.frame)

    def name_categories(self, first: int, names: Mapping[Any, str]) -> list[tuple[int, Any]]:
        """Give the objects from ``first`` on the categories of their file; returns the places of those that it does
        not know, with their ids; they are gone."""
        number = {name: k for k, name in enumerate(self.names)}
        table: list[int] = []
        for raw in self._raw:
            name = names.get(raw)
            if name is not None and name not in number:
                number[name] = len(self.names)
                self.names.append(name)
            table.append(_GONE if name is None else number[name])
        unknown = []
        ids = list(self._raw)
        for k in range(first, self.count):
            raw_code = self.code[k]
            self.code[k] = table[raw_code]
            if table[raw_code] == _GONE:
                unknown.append((self.place[k], ids[raw_code]))
                self.photo[k] = _GONE
        self._raw.clear()
        return unknown

    def forget(self, first: int) -> None:
        """Take back the objects from ``first`` on: their file is of no use."""
        for k in range(first, self.count):
            self.photo[k] = _GONE
        self._raw.clear()

    def objects(self, photos: int) -> Objects:
        """All objects in the order of their photos."""
        photo = np.frombuffer(self.photo, np.int64) if self.photo else np.zeros(0, np.int64)
        order = np.argsort(photo, kind="stable")
        order = order[photo[order] >= 0]
        start = np.concatenate(([0], np.cumsum(np.bincount(photo[order], minlength=photos))))
        flags = _array(self.flags, np.int8).reshape(-1, 2)[order].astype(bool)
        part_start, parts = _reordered(_starts(self.part_counts), order)
        corner_start, corners = _reordered(_starts(self.corner_counts), parts)
        run_start, runs = _reordered(_starts(self.run_counts), order)
        return Objects(
            start, _array(self.boxes, np.float64).reshape(-1, 4)[order], tuple(self.names),
            _array(self.code, np.int64)[order].astype(np.int32), flags[:, 0], flags[:, 1], part_start, corner_start,
            _array(self.corners, np.float32).reshape(-1, 2)[corners], run_start, _array(self.runs, np.int32)[runs],
            _array(self.frames, np.float64).reshape(-1, 5)[order],
        )  # fmt: skip


def _array(values: Any, kind: Any) -> npt.NDArray[Any]:
    return np.frombuffer(values, kind) if len(values) else np.zeros(0, kind)


def _starts(counts: Any) -> Ints:
    return np.concatenate(([0], np.cumsum(_array(counts, np.int64))))


def _reordered(start: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Where the pieces begin when they are put in another order, and which items follow one another then."""
    return np.concatenate(([0], np.cumsum(np.diff(start)[order]))).astype(np.int64), ranges(start, order)
