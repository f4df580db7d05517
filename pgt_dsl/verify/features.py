"""What statistics see of a scene: fingerprints for the same and for nearly the same, and where its shapes stand."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from pgt_dsl.dataset.record import canonical_json
from pgt_dsl.scene.scene import Scene, SceneShape

CELL = 0.04  # of the short side: shapes whose boxes lie in the same cells are nearly the same
COLOR_STEP = 32  # levels of 255, as cells of colours

Where = dict[str, tuple[float, float, float]]
"""By the name of a declared shape: its middle, in short sides, and how far it is to the nearest other shape."""


def fingerprints(scene: Scene) -> tuple[int, int]:
    """Two hashes of 64 bits of what is to be seen: of everything (but textures), and of what is left of it when boxes
    are rounded to cells of ``CELL`` and colours to ``COLOR_STEP``."""
    shapes = [shape for shape in scene.shapes if shape.painted]
    ground = [scene.width, scene.height, scene.background.kind, scene.background.fields, scene.background.photo]
    exact = [[s.group, list(s.index), s.kind, dict(s.fields), list(s.box)] for s in shapes]
    short = min(scene.width, scene.height) * CELL
    rough = [[s.group, s.kind, [round(v / short) for v in s.box], _rough(s)] for s in shapes]
    return _hash([*ground, exact]), _hash([scene.background.photo, rough])


def _rough(shape: SceneShape) -> list[Any]:
    """The fields that are no measures."""
    kept: list[Any] = []
    for name, value in sorted(shape.fields.items()):
        if isinstance(value, str) and len(value) == 7 and value.startswith("#"):
            kept.append([name, [int(value[k : k + 2], 16) // COLOR_STEP for k in (1, 3, 5)]])
        elif isinstance(value, str | bool | int) and name not in ("order", "layer"):
            kept.append([name, value])
    return kept


def _hash(value: Any) -> int:
    return int.from_bytes(hashlib.blake2b(canonical_json(value).encode(), digest_size=8).digest(), "big")


def places(scene: Scene) -> Where:
    """Where one shape of each declaration stands. Of several it is one chosen by the scene's index, so that values of
    different scenes are independent."""
    short = min(scene.width, scene.height)
    seen = [s for s in scene.shapes if s.entity and s.painted]
    middles = [((s.box[0] + s.box[2]) / 2 / short, (s.box[1] + s.box[3]) / 2 / short) for s in seen]
    groups: dict[str, list[int]] = {}
    for k, shape in enumerate(seen):
        groups.setdefault(shape.group, []).append(k)
    found: Where = {}
    for name, members in groups.items():
        key = f"{scene.seed}/{scene.index}/{name}".encode()
        k = members[int.from_bytes(hashlib.blake2b(key, digest_size=4).digest(), "big") % len(members)]
        x, y = middles[k]
        others = (math.hypot(x - a, y - b) for n, (a, b) in enumerate(middles) if n != k)
        found[name] = x, y, min(others, default=math.nan)
    return found
