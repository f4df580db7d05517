"""A few kinds with outlines of their own, so that painting is tested without the language and its built-in kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.extension import FieldSpec, Kind

HERE = "tests.paint.fake_kinds"
Fields = Mapping[str, Any]


def disc(fields: Fields) -> Outline:
    radius = fields["radius"]
    n = len(radius)
    return Outline(np.zeros((n, 1, 1), complex), np.ones((n, 1), int), np.zeros((n, 1), bool), radius[:, None])


def _polygon(corners: Any, turn: Any) -> Outline:
    n, v = corners.shape
    turned = corners * np.exp(1j * np.radians(turn))[:, None]
    return Outline(turned[:, None, :], np.full((n, 1), v), np.ones((n, 1), bool), np.zeros((n, 1)))


def rect(fields: Fields) -> Outline:
    unit = np.array([-1 - 1j, 1 - 1j, 1 + 1j, -1 + 1j]) / 2
    corners = unit.real * fields["width"][:, None] + 1j * unit.imag * fields["height"][:, None]
    return _polygon(corners, fields["turn"])


def star(fields: Fields) -> Outline:
    k = np.arange(10)
    unit = np.where(k % 2, 0.382, 1.0) * np.exp(1j * np.radians(36 * k - 90)) / 2
    return _polygon(unit * fields["size"][:, None], fields["turn"])


def stroke_line(fields: Fields) -> Outline:
    ends = np.stack((fields["from"], fields["to"]), -1) - fields["at"][:, None]
    n = len(ends)
    return Outline(ends[:, None], np.full((n, 1), 2), np.zeros((n, 1), bool), fields["stroke"][:, None] / 2)


def path(fields: Fields) -> Outline:
    points, mask = fields["points"], fields["points.mask"]
    count = mask.sum(1)
    last = points[np.arange(len(points)), count - 1]
    verts = np.where(mask, points, last[:, None]) - fields["at"][:, None]
    return Outline(verts[:, None], count[:, None], np.zeros((len(points), 1), bool), fields["stroke"][:, None] / 2)


def arrow(fields: Fields) -> Outline:
    start, tip = fields["from"] - fields["at"], fields["to"] - fields["at"]
    ahead = (tip - start) / np.abs(tip - start)
    head = 5 * fields["stroke"]
    base = tip - ahead * head
    n = len(tip)
    shaft = np.stack((start, base, base), -1)
    cone = np.stack((tip, base + ahead * 0.5j * head, base - ahead * 0.5j * head), -1)
    radius = np.stack((fields["stroke"] / 2, np.zeros(n)), -1)
    return Outline(np.stack((shaft, cone), 1), np.tile([2, 3], (n, 1)), np.tile([False, True], (n, 1)), radius)


def nothing(fields: Fields) -> Outline:
    n = len(fields["at"])
    return Outline(np.zeros((n, 1, 1), complex), np.zeros((n, 1), int), np.zeros((n, 1), bool), np.zeros((n, 1)))


def _kind(name: str, outline: str, fields: dict[str, str], paint: Any = "fill") -> Kind:
    specs = tuple(FieldSpec(field, kind) for field, kind in fields.items())
    return Kind(name, name, specs, f"{HERE}:{outline}", f"{HERE}:{outline}", paint=paint)


KINDS = {
    kind.name: kind
    for kind in (
        _kind("circle", "disc", {"radius": "length"}),
        _kind("rect", "rect", {"width": "length", "height": "length"}),
        _kind("star", "star", {"size": "length"}),
        _kind("line", "stroke_line", {"from": "point", "to": "point"}),
        _kind("arrow", "arrow", {"from": "point", "to": "point"}),
        _kind("path", "path", {"points": "point[]"}),
        _kind("text", "nothing", {"text": "text", "size": "length"}, "text"),
        _kind("box", "rect", {"width": "length", "height": "length"}),
        _kind("panel", "rect", {"width": "length", "height": "length", "cut": "bool"}),
    )
}
