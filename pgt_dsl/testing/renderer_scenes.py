"""Display lists of real scenes: every kind of the language over every background, from specs compiled in place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.backgrounds import BUILT_IN, background_pixels
from pgt_dsl.paint.display import DisplayList
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.scene.scene import Scene
from pgt_dsl.source import Source
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.parse import parse

Bytes = npt.NDArray[np.uint8]

# What kinds need that cannot stand by themselves; the first that makes a task is taken. Of the other kinds, nothing.
_NEEDS = (
    "{}",
    "{ at = (50vw, 50vh), width = 40vmin, height = 30vmin }",
    "{ at = (50vw, 50vh), size = 80vmin, hour = 10, minute = 9 }",
    "{ at = (50vw, 50vh), size = 80vmin, value = 37, top = 100, steps = 5 }",
    "{ at = (50vw, 50vh), size = 60vmin, face = 5 }",
    "{ from = (12vw, 40vh), to = (88vw, 60vh), units = 5 }",
    '{ values = [3, 7, 5], names = ["A", "B", "C"], area = frame, color = blue }',
    '{ rows = 2, cols = 2, cells = ["", "May", "Ann", "12"], area = frame }',
    "{ across = 5, up = 4, area = frame }",
    "{ values = [2, 7, 4, 9], area = frame, color = blue }",
    '{ at = (25vw, 30vh), colors = [red, blue], names = ["Ann", "Ben"] }',
    "{ across = 0, away = 2, size = 0.6 }",
    "{ across = -0.4, away = 2, size = 0.7, sun = 40deg }",
    "{ at = (50vw, 50vh), rows = 3, cols = 3, shut = [], gates = [] }",
    "{ foot = (50vw, 70vh) }",
    "{ points = [(20vw, 20vh), (80vw, 30vh), (60vw, 80vh), (25vw, 70vh)] }",
    "{ at = (50vw, 50vh) }",
)
# Beside them, other looks of kinds that know them.
_LOOKS = (
    "{ outline = black, stroke = 1.5px, opacity = 60%, turn = 17deg }",
    '{ fill = none, outline = red, stroke = 3px, label = "A" }',
)
_FRAME = "shape frame: rect { at = (50vw, 45vh), width = 76vmin, height = 62vmin, fill = none, scenery = true }"


def scene_lists(size: int, plugins: Registry | None = None) -> Iterator[tuple[str, DisplayList, Bytes]]:
    """For each kind that is painted: a name, the display list of its pictures, and their backgrounds (uint8[B, H, W,
    3]), one picture for each look and background. ``size``: px of the short side.

    Kinds of plugins that need fields of their own to be set are left out. Raises ``PgtError`` for a kind of pgt-dsl
    itself that makes no task.
    """
    offered = plugins or registry()
    grounds = _grounds(size, offered)
    for kind, module in _kinds(offered):
        needed = next(filter(None, (_scenes(kind, module, block, size, offered) for block in _NEEDS)), None)
        if needed is None:
            if module or offered.owner("kinds", kind) == "pgt-dsl":
                raise PgtError(f"no spec of the suite shows the kind `{kind}`")
            continue
        scenes = [*needed, *(s for block in _LOOKS for s in _scenes(kind, module, block, size, offered))]
        for name, ground in grounds.items():
            shown = display_list(scenes, offered.kinds)
            canvas = np.broadcast_to(ground, (len(scenes), *ground.shape)).copy()
            yield f"kind {kind} over {name}", shown, canvas


def _kinds(offered: Registry) -> list[tuple[str, str]]:
    """Kinds that show something, with the module that they come from or ""."""
    found = [(name, "") for name, kind in offered.kinds.items() if kind.paint != "none"]
    for module in offered.modules:
        items = parse(Source(module, offered.module_text(module))).items
        found += [(item.name, module) for item in items if isinstance(item, tree.Kind)]
    return found


def _grounds(size: int, offered: Registry) -> dict[str, Bytes]:
    """A picture of each background, uint8[H, W, 3]."""
    extra = {name: load_ref(b.paint) for name, b in offered.backgrounds.items() if name not in BUILT_IN}
    found = {}
    for name in offered.backgrounds:
        pipeline = _pipeline(f"background behind: {name}", size, offered)
        if pipeline is not None:
            scene = pipeline.scenes([0])[0]
            found[name] = background_pixels([scene.background], scene.width, scene.height, pipeline.photos, extra)[0]
    return found


def _scenes(kind: str, module: str, block: str, size: int, offered: Registry) -> list[Scene]:
    """One scene with a shape of the kind, or none when the block does not fit it."""
    lines = [f'use "{module}"'] if module else []
    lines += [_FRAME] if "frame" in block else []
    pipeline = _pipeline("\n".join([*lines, f"shape it: {kind} {block}"]), size, offered)
    try:
        return [] if pipeline is None else pipeline.scenes([0])
    except PgtError:  # no room for it
        return []


def _pipeline(lines: str, size: int, offered: Registry) -> Pipeline | None:
    """The stages of a task with these declarations, or None when they make no task."""
    text = f'task "conformance/scene"\n{lines}\nask "How wide is it?" answer canvas.width within 1px\n'
    try:
        return load(text, offered).pipeline(0, size)
    except PgtError:
        return None
