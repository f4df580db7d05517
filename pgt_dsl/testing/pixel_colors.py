"""Whether shapes are painted in their colours: what the picture shows under the id of a shape that is filled.

Only the inside counts, pixels whose neighbours have the same id: at edges colours mix. Labels may lie on a shape, so a
part of the inside is enough. Translucent shapes and texts are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pgt_dsl.scene.scene import SceneShape
from pgt_dsl.testing.subject import Fault, Subject

LEAST = 16  # pixels of the inside of a shape, fewer of which tell nothing
SHARE = 0.25  # of the inside that is painted in the shape's own colours at least


def colors_are_painted(subject: Subject) -> list[Fault]:
    """Every filled shape that is seen shows its fill (or, where it has one, its outline's colour)."""
    ids, pixels, scene = subject.ids, subject.pixels.astype(np.uint32), subject.scene
    codes = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    inner = _inner(ids)
    found = []
    for shape in _filled(subject):
        inside = codes[inner & (ids == shape.id)]
        own = {str(shape.fields.get(name)) for name in ("fill", "outline")} - {"none", "None"}
        known = np.isin(inside, [int(color[1:], 16) for color in own])
        if len(inside) >= LEAST and known.sum() < SHARE * len(inside):
            values, counts = np.unique(inside, return_counts=True)
            told = f"sample {scene.index} of {scene.task} (seed {scene.seed}): shape {shape.slot} of `{shape.group}`"
            most = f"#{values[counts.argmax()]:06x}"
            found.append(Fault("picture", f"{told} is to be {' and '.join(sorted(own))}, and is painted {most}"))
    return found


def _filled(subject: Subject) -> Iterator[SceneShape]:
    for shape in subject.scene.shapes:
        kind = subject.pipeline.registry.kinds.get(shape.kind)
        fill, opacity = shape.fields.get("fill"), shape.fields.get("opacity", 1.0)
        plain = kind is not None and kind.paint == "fill" and opacity == 1.0
        if plain and shape.painted and shape.id and isinstance(fill, str) and fill.startswith("#"):
            yield shape


def _inner(ids: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
    """The pixels whose four neighbours have the same id; none at the picture's border."""
    inner = np.zeros(ids.shape, np.bool_)
    middle = ids[1:-1, 1:-1]
    beside = (ids[:-2, 1:-1], ids[2:, 1:-1], ids[1:-1, :-2], ids[1:-1, 2:])
    inner[1:-1, 1:-1] = np.logical_and.reduce([middle == other for other in beside])
    return inner
